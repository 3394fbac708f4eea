# SPDX-License-Identifier: GPL-2.0-or-later
"""The two ways a run can end early."""

from __future__ import annotations


class SuperSegError(Exception):
    """A failure that a user can act on; the text names what was wrong and what to do."""


class ClusterError(SuperSegError):
    """The cluster of the run cannot be used any more, whatever is computed."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user stopped the run."""
