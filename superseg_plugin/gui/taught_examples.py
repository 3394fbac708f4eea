# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples that a user has given for a class layer."""

from __future__ import annotations

import numpy as np

from ..pipeline.labelling import Lesson


class Examples:
    """The examples of one class layer, and which of them each edit of the workbench is made of.

    Attributes:
        names: name by row of the superpixel, in the order of the clicks.
        skipped: rows of superpixels that the user could not name.
        next: row of the superpixel whose name would tell most; None where it is not known.
    """

    def __init__(self):
        self.names = {}
        self.skipped = ()
        self.next = None
        self._shown = {}
        self._before = []

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

    def keep(self, classes):
        """Remember that these classes of superpixels were learned from the present examples."""
        self._shown = dict(self.names)
        self._before.append((classes, self._shown))

    def follow(self, classes):
        """Take the examples of classes that undo or redo has restored.

        Returns:
            Whether the examples have changed.
        """
        known = {} if classes is None else None
        for kept, names in self._before:
            if kept is classes:
                known = names
        if known is None or known == self.names:
            return False
        self.names, self.next, self._shown = dict(known), None, known
        return True
