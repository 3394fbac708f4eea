# SPDX-License-Identifier: GPL-2.0-or-later
"""Computing in the background: one worker stays ready, and only the latest request is computed."""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import replace

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..errors import Cancelled, SuperSegError
from ..pipeline.labelling import LiveTeacher
from ..pipeline.steps.preview import Previewer
from ..progress import Progress
from ..settings import chosen_python
from ..worker.client import WorkerProcess
from ..worker.interface import WorkerError
from ..worker.interpreter import find_interpreter

# The worker ends after so long without a request, and its memory is free again.
IDLE_SECONDS = 300


class LatestRunner(QObject):
    """Computes the latest request in a thread of its own.

    Subclasses define `FAILED`, a message with a place for the reason; `MAKES`, the class of the
    object that computes with a worker, which its `close` ends; and `computed(made, wanted,
    progress)`, which returns the result of a request, in the thread: `made` is that object,
    `wanted` the tuple of what was requested, `progress` the `Progress` of the request.

    Signals:
        done: the result, and the seconds since its request.
        failed: an error message.
        busy: whether a request is being computed.
    """

    done = pyqtSignal(object, float)
    failed = pyqtSignal(str)
    busy = pyqtSignal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._changed = threading.Condition()
        self._number = 0
        self._request = None
        self._thread = None

    def request(self, *wanted):
        """Request a result; earlier requests are dropped."""
        with self._changed:
            self._number += 1
            self._request = (self._number, time.monotonic(), wanted)
            if self._thread is None:
                python = chosen_python()
                self._thread = threading.Thread(target=self._run, args=(python,), daemon=True)
                self._thread.start()
            self._changed.notify()

    def drop(self):
        """Drop the current request."""
        with self._changed:
            self._number += 1
            self._request = None

    def stop(self):
        """Drop the current request, and end the worker."""
        with self._changed:
            self._number += 1
            self._request = None
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join(2.0)

    def superseded(self, number):
        """Return whether a request was dropped."""
        return number != self._number

    def _run(self, python):
        thread = threading.current_thread()
        try:
            # A worker that has ended, for lack of memory or because it was killed, is replaced.
            while self._serve(thread, python):
                pass
        except (SuperSegError, OSError) as error:
            self._fail(thread, str(error))
            self.busy.emit(False)
        finally:
            with self._changed:
                if self._thread is thread:
                    self._thread = None

    def _serve(self, thread, python):
        """Compute requests as long as one worker is usable; return whether another is needed."""
        with WorkerProcess(find_interpreter(python)) as worker:
            made = self.MAKES(worker)
            try:
                while worker.usable:
                    if not self._compute_next(thread, worker, made):
                        return False
            finally:
                made.close()
        return True

    def _compute_next(self, thread, worker, made):
        """Wait for a request and compute it; return False if the thread is to end."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._request or self._thread is not thread, IDLE_SECONDS
            )
            if self._thread is not thread or self._request is None:
                return False
            if not worker.usable:
                # It has ended while it was idle: the request is for the next one.
                return True
            number, since, wanted = self._request
            self._request = None
        self.busy.emit(True)
        try:
            result = self.computed(made, wanted, _RequestProgress(self, number))
        except Cancelled:
            return True
        except SuperSegError as error:
            self._fail(thread, str(error))
        except Exception as error:  # the next request may succeed
            cause = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            QgsMessageLog.logMessage(cause, "SuperSeg", Qgis.MessageLevel.Warning, False)
            last = cause.strip().splitlines()[-1]
            self._fail(thread, self.FAILED.format(last))
        else:
            if not self.superseded(number):
                self.done.emit(result, time.monotonic() - since)
        self.busy.emit(self._request is not None)
        return True

    def _fail(self, thread, text):
        if self._thread is thread:
            self.failed.emit(text)


class _RequestProgress(Progress):
    """The progress of one request: it is not shown, and cancelled when the request is dropped."""

    def __init__(self, runner, number):
        self._runner = runner
        self._number = number

    def cancelled(self):
        """Return whether the request was dropped."""
        return self._runner.superseded(self._number)


class PreviewRunner(LatestRunner):
    """Computes previews.

    A request is a `MapView`, `PreviewOptions`, what fetches the image or None, and the
    `PreviewOptions` to compare with or None; the last two may be missing.
    """

    FAILED = "The preview has failed ({}); try other settings or another place."
    MAKES = Previewer

    def computed(self, made, wanted, progress):
        view, options, fetch, other = (*wanted, None, None)[:4]
        # It was computed before, unless the map has moved.
        beside = None if other is None else made.preview(view, other, progress, fetch)
        return replace(made.preview(view, options, progress, fetch), beside=beside)


class TeachRunner(LatestRunner):
    """Names superpixels from examples; a request is a session and a `Lesson`.

    The result is the session, the lesson and its `Named`.
    """

    FAILED = "Learning from the examples has failed ({}); undo the last one, or try again."
    MAKES = LiveTeacher

    def computed(self, made, wanted, progress):
        session, lesson = wanted
        return session, lesson, made.learn(lesson, progress)
