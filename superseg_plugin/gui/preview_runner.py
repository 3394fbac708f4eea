# SPDX-License-Identifier: GPL-2.0-or-later
"""Previews in the background: one worker stays ready, and only the latest request is computed."""

from __future__ import annotations

import threading
import time
import traceback

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..errors import Cancelled, SuperSegError
from ..pipeline.preview import Previewer
from ..progress import Progress
from ..settings import chosen_python
from ..worker.client import Worker, WorkerError
from ..worker.interpreter import find_interpreter

# The worker ends after so long without a request, and its memory is free again.
IDLE_SECONDS = 300


class PreviewRunner(QObject):
    """Computes previews in a thread of its own.

    Signals:
        done: a `Preview`, and the seconds since its request.
        failed: an error message.
        busy: whether a preview is being computed.
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

    def request(self, view, options, fetch=None):
        """Request a preview; earlier requests are dropped.

        Args:
            view: a `MapView`.
            options: `PreviewOptions`.
            fetch: see `Previewer.preview`.
        """
        with self._changed:
            self._number += 1
            self._request = (self._number, time.monotonic(), view, options, fetch)
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
        with Worker(find_interpreter(python)) as worker:
            previewer = Previewer(worker)
            try:
                while worker.usable:
                    if not self._compute_next(thread, worker, previewer):
                        return False
            finally:
                previewer.close()
        return True

    def _compute_next(self, thread, worker, previewer):
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
            number, since, view, options, fetch = self._request
            self._request = None
        self.busy.emit(True)
        try:
            preview = previewer.preview(view, options, _PreviewProgress(self, number), fetch)
        except Cancelled:
            return True
        except SuperSegError as error:
            self._fail(thread, str(error))
        except Exception as error:  # the next request may succeed
            cause = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            QgsMessageLog.logMessage(cause, "SuperSeg", Qgis.MessageLevel.Warning, False)
            last = cause.strip().splitlines()[-1]
            self._fail(
                thread, f"The preview has failed ({last}); try other settings or another place."
            )
        else:
            if not self.superseded(number):
                self.done.emit(preview, time.monotonic() - since)
        self.busy.emit(self._request is not None)
        return True

    def _fail(self, thread, text):
        if self._thread is thread:
            self.failed.emit(text)


class _PreviewProgress(Progress):
    """The progress of one request: it is not shown, and cancelled when the request is dropped."""

    def __init__(self, runner, number):
        self._runner = runner
        self._number = number

    def cancelled(self):
        """Return whether the request was dropped."""
        return self._runner.superseded(self._number)
