# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples that a user has given for a class layer."""

from __future__ import annotations

import numpy as np

from ..pipeline.labelling import Lesson


class Examples:
    """The examples of one class layer; some may be waiting for the answer to the last click.

    Attributes:
        names: name by row of the superpixel, in the order of the clicks.
        skipped: rows of superpixels that the user could not name.
        next: row of the superpixel whose name would tell most; None where it is not known.
    """

    def __init__(self, known):
        """Begin with the `examples` of a `ClassMap`."""
        self.names = dict(known)
        self.skipped = ()
        self.next = None
        self._shown = dict(known)

    def lesson(self, tables):
        """Return the `Lesson` and the names that its indices stand for."""
        names = list(dict.fromkeys(self.names.values()))
        rows = np.array(list(self.names), np.int64)
        indices = np.array([names.index(name) for name in self.names.values()], np.int64)
        return Lesson(tables, rows, indices, self.skipped), names

    @property
    def shown(self):
        """Whether the map was learned from the present examples."""
        return self._shown == self.names

    def follow(self, known):
        """Take the `examples` of the `ClassMap` that is shown now.

        Returns:
            Whether this has changed the examples: undo, redo or another edit has taken some back.
        """
        known = dict(known)
        if known == self._shown:
            return False
        self._shown = known
        if known == self.names:
            return False
        self.names, self.next = dict(known), None
        return True
