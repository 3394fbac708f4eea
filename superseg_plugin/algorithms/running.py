# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress and failures of a run, as Processing shows them."""

from __future__ import annotations

import traceback

from ..worker.client import WorkerError


class FeedbackProgress:
    """A `Progress` that speaks to a QgsProcessingFeedback.

    Attributes:
        feedback: what it speaks to, for algorithms of QGIS that are a step of the run.
        activity: what was reported last to be done.
    """

    def __init__(self, feedback):
        self.feedback = feedback
        self._fraction = 0.0
        self.activity = ""

    def report(self, fraction, text=""):
        """Move the progress bar, never back, and show a new activity."""
        self._fraction = min(max(fraction, self._fraction), 1.0)
        self.feedback.setProgress(100.0 * self._fraction)
        if text and text != self.activity:
            self.activity = text
            self.feedback.setProgressText(text)

    def log(self, text):
        """Add a line to the log."""
        self.feedback.pushInfo(text)

    def cancelled(self):
        """Tell whether the user has pressed Cancel."""
        return self.feedback.isCanceled()


def unforeseen(error, activity, feedback):
    """Make a sentence of a failure that no step has one for.

    Args:
        error: the exception being handled; its traceback goes to the log.
        activity: what was being done.
        feedback: the QgsProcessingFeedback.
    """
    # Which step of how many, and the time left, are of no interest any more.
    activity = activity.split(" (")[0]
    # What happened in the worker comes with the traceback of there.
    feedback.pushDebugInfo(str(error) if isinstance(error, WorkerError) else traceback.format_exc())
    if isinstance(error, MemoryError):
        return (
            f"{activity}: QGIS has run out of memory; choose a smaller EXTENT or TILE_SIZE, or "
            "close other programs."
        )
    if isinstance(error, OSError) and error.strerror:
        name = f" at {error.filename}" if error.filename else ""
        return (
            f"{activity}: {error.strerror}{name}; check the free space on the disks of results and "
            "of temporary files, and the rights on their folders."
        )
    reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
    return (
        f"{activity} failed for a reason that SuperSeg did not foresee ({reason[0]}); please "
        "report it with the log and the output of superseg:runtimereport."
    )
