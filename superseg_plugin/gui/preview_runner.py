# SPDX-License-Identifier: GPL-2.0-or-later
"""Previews in the background: one worker kept warm, the latest wish first and only."""

from __future__ import annotations

import threading
import time
import traceback

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..errors import Cancelled, SuperSegError
from ..pipeline.preview import Previewer
from ..settings import chosen_python
from ..worker.client import Worker, WorkerError
from ..worker.interpreter import find_interpreter

# A worker that nobody has asked anything for so long gives its memory back.
IDLE_SECONDS = 300


class PreviewRunner(QObject):
    """Computes previews in a thread of its own.

    Signals:
        done: a `Preview`, and the seconds from the wish to it.
        failed: a sentence.
        busy: whether something is being computed.
    """

    done = pyqtSignal(object, float)
    failed = pyqtSignal(str)
    busy = pyqtSignal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._changed = threading.Condition()
        self._number = 0
        self._wish = None
        self._thread = None

    def ask(self, view, options, fetch=None):
        """Want a preview; what was wanted before is dropped.

        Args:
            view: a `MapView`.
            options: `PreviewOptions`.
            fetch: see `Previewer.preview`.
        """
        with self._changed:
            self._number += 1
            self._wish = (self._number, time.monotonic(), view, options, fetch)
            if self._thread is None:
                python = chosen_python()
                self._thread = threading.Thread(target=self._work, args=(python,), daemon=True)
                self._thread.start()
            self._changed.notify()

    def drop(self):
        """Want nothing for now."""
        with self._changed:
            self._number += 1
            self._wish = None

    def stop(self):
        """Want nothing any more, and let the worker go."""
        with self._changed:
            self._number += 1
            self._wish = None
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join(2.0)

    def superseded(self, number):
        """Tell whether something else has been wanted since."""
        return number != self._number

    def _work(self, python):
        me = threading.current_thread()
        try:
            with Worker(find_interpreter(python)) as worker:
                previewer = Previewer(worker)
                try:
                    while self._serve(me, previewer):
                        pass
                finally:
                    previewer.close()
        except (SuperSegError, OSError) as error:
            self._tell(me, str(error))
        finally:
            with self._changed:
                if self._thread is me:
                    self._thread = None

    def _serve(self, me, previewer):
        """Answer the next wish; False when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._wish or self._thread is not me, IDLE_SECONDS)
            if self._thread is not me or self._wish is None:
                return False
            number, since, view, options, fetch = self._wish
            self._wish = None
        self.busy.emit(True)
        try:
            found = previewer.preview(view, options, _Wish(self, number), fetch)
        except Cancelled:
            return True
        except SuperSegError as error:
            self._tell(me, str(error))
        except Exception as error:  # the next wish may fare better
            kept = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            QgsMessageLog.logMessage(kept, "SuperSeg", Qgis.MessageLevel.Warning, False)
            last = kept.strip().splitlines()[-1]
            self._tell(me, f"The preview has failed ({last}); try other settings or another place.")
        else:
            if not self.superseded(number):
                self.done.emit(found, time.monotonic() - since)
        self.busy.emit(self._wish is not None)
        return True

    def _tell(self, me, text):
        if self._thread is me:
            self.failed.emit(text)


class _Wish:
    """The progress of one wish: nobody looks at it, but it may be dropped."""

    def __init__(self, runner, number):
        self._runner = runner
        self._number = number

    def report(self, fraction, text=""):
        """Nobody looks."""

    def log(self, text):
        """Nobody looks."""

    def cancelled(self):
        """Tell whether something else has been wanted since."""
        return self._runner.superseded(self._number)
