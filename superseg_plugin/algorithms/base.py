# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: identity, progress and errors."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon
from qgis.utils import iface

from ..errors import Cancelled, SuperSegError
from ..resources import RUNTIME_LINK, icon_path, resource
from ..settings import chosen_python
from ..worker.client import Worker
from ..worker.interpreter import find_interpreter, interpreter_missing_reason
from .declarations import Declarations
from .request import Request
from .running import FeedbackProgress, unforeseen
from .sentences import refusal

translate = QCoreApplication.translate


class SuperSegAlgorithm(Declarations, QgsProcessingAlgorithm):
    """An algorithm states who it is, declares its parameters, reads them, and makes one call.

    Subclasses fill in the texts, declare parameters in `initAlgorithm`, read inputs and options in
    `read_request` (main thread, may touch layers) and outputs in `read_outputs`, and work in
    `compute(progress, context)`, which returns the outputs by name (both in the background, with
    plain data only).
    """

    ID = ""
    TITLE = ""
    GROUP = ""
    TAGS = ()
    SUMMARY = ""
    HELP = ""
    NEEDS_WORKER = False

    def name(self):
        return self.ID

    def displayName(self):
        return translate("SuperSeg", self.TITLE)

    def group(self):
        return translate("SuperSeg", self.GROUP)

    def groupId(self):
        # A model's group has no id but its title; one of the same title is to be the same group.
        return self.GROUP

    def tags(self):
        # People search in their own language and in that of the literature.
        own = (translate("SuperSeg", tag) for tag in self.TAGS)
        return list(dict.fromkeys([*self.TAGS, *own]))

    def shortDescription(self):
        return translate("SuperSeg", self.SUMMARY)

    def shortHelpString(self):
        # QGIS 3.22 takes every line break in the source for a new paragraph.
        return translate("SuperSeg", " ".join(self.HELP.split()))

    def helpUrl(self):
        return QUrl.fromLocalFile(str(resource(f"help/{self.ID}.html"))).toString()

    def icon(self):
        return QIcon(icon_path())

    def svgIconPath(self):
        return icon_path()

    def createInstance(self):
        return type(self)()

    def createCustomParametersWidget(self, parent=None):
        # Windows are made elsewhere; without one of its own it gets that of Processing.
        make = getattr(self.provider(), "dialogs", {}).get(self.ID)
        return make(self) if make else None

    # Running

    def canExecute(self):
        reason = self._missing()
        if reason and iface is not None:
            reason += f' <p><a href="{RUNTIME_LINK}">Set up the runtime…</a></p>'
        return not reason, reason

    def _missing(self):
        return interpreter_missing_reason(chosen_python()) if self.NEEDS_WORKER else ""

    def checkParameterValues(self, parameters, context):
        fine, message = super().checkParameterValues(parameters, context)
        if fine:
            return True, ""
        return False, refusal(self, parameters, context) or message

    def prepareAlgorithm(self, parameters, context, feedback):
        self._refusal = ""
        try:
            # processing.run does not ask canExecute.
            reason = self._missing()
            if reason:
                raise SuperSegError(reason)
            self._python = chosen_python()
            request = Request(self, parameters, context)
            self.read_request(request)
            self._inputs = request.inputs
        except SuperSegError as error:
            # processing.run loses the text of what is raised here and keeps what processAlgorithm
            # raises, so the refusal waits until then.
            self._refusal = str(error)
        except Exception as error:  # a traceback helps nobody but us
            self._refusal = unforeseen(error, "Reading the parameters", feedback)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        if self._refusal:
            raise QgsProcessingException(self._refusal)
        progress = FeedbackProgress(feedback)
        try:
            # Layers to load are kept by the context of the thread that names them: QGIS forgets
            # those named in prepareAlgorithm when the run is in the background.
            self.read_outputs(Request(self, parameters, context, self._inputs))
            return self.compute(progress, context)
        except Cancelled:
            return {}
        except SuperSegError as error:
            raise QgsProcessingException(str(error)) from error
        except Exception as error:  # a traceback helps nobody but us
            sentence = unforeseen(error, progress.activity or self.TITLE, feedback)
            raise QgsProcessingException(sentence) from error

    def worker(self, device="auto"):
        """Return a worker process, to be opened with `with`."""
        return Worker(find_interpreter(self._python), device=device)

    def read_request(self, request):
        """Turn parameters into plain data. Raises SuperSegError for what cannot be done."""

    def read_outputs(self, request):
        """Find out where results go. May run in the background: layers are out of reach."""
