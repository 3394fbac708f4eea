# SPDX-License-Identifier: GPL-2.0-or-later
"""The base class of all algorithms: identity, progress and errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import ClassVar

from qgis.core import QgsApplication, QgsProcessingAlgorithm, QgsProcessingException
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QUrl
from qgis.PyQt.QtGui import QIcon
from qgis.utils import iface

from ..credentials import hide_credentials
from ..errors import Cancelled, SuperSegError
from ..resources import RUNTIME_LINK, icon_path, resource
from ..settings import chosen_python, stored_cluster, stored_cluster_paths
from ..worker.client import WorkerProcess
from ..worker.cluster_address import THIS_COMPUTER, choose_cluster
from ..worker.interpreter import find_interpreter, interpreter_missing_reason
from .declarations import Declarations
from .destinations import check_destinations
from .presentation import make_dialog
from .request import Request
from .running import FeedbackProgress, unexpected_error
from .value_errors import value_error

translate = QCoreApplication.translate

# Tags of HELP, and what they are in the dialogs of QGIS and on the help pages.
IN_DIALOGS = {
    "<p>": '<div style="margin-bottom: 8px">',
    "</p>": "</div>",
    "<b>": "<strong>",
    "</b>": "</strong>",
}


class SuperSegAlgorithm(Declarations, QgsProcessingAlgorithm):
    """An algorithm: it declares and reads its parameters, and calls one function of the pipeline.

    Subclasses define the texts, and implement:
        `initAlgorithm`: declares the parameters.
        `read_request(request)`: reads inputs and options, in the main thread; may use layers.
        `read_outputs(request)`: reads the outputs; may run in another thread.
        `compute(progress, context)`: returns the outputs by name; may run in another thread.
    """

    ID = ""
    TITLE = ""
    GROUP = ""
    # Name of the icon; that of the algorithm if empty.
    ICON = ""
    TAGS = ()
    SUMMARY = ""
    HELP = ""
    NEEDS_WORKER = False
    # The last line of the log of a run that the user has cancelled.
    CANCELLED = "Cancelled; nothing was written."
    # What each raster output consists of: a `Content`, or IMAGE.
    CONTENTS: ClassVar[dict] = {}

    def name(self):
        return self.ID

    def displayName(self):
        return translate("SuperSeg", self.TITLE)

    def group(self):
        return translate("SuperSeg", self.GROUP)

    def groupId(self):
        # The id of a model's group is its title; the models belong to the same group.
        return self.GROUP

    def tags(self):
        # Users search in their own language and in English.
        own = (translate("SuperSeg", tag) for tag in self.TAGS)
        return list(dict.fromkeys([*self.TAGS, *own]))

    def shortDescription(self):
        return translate("SuperSeg", self.SUMMARY)

    def shortHelpString(self):
        # QGIS 3.22 makes a new paragraph of every line break.
        text = translate("SuperSeg", " ".join(self.HELP.split()))
        # The dialogs of Processing give <p> and <b> dark colors, also in dark themes. The empty
        # paragraph ends the one that QGIS 3.22 puts around the text.
        for tag, replacement in IN_DIALOGS.items():
            text = text.replace(tag, replacement)
        return f"<p></p>{text}"

    def helpUrl(self):
        # The page in the language of QGIS, if there is one.
        page = resource(f"help/{QLocale(QgsApplication.locale()).name()}/{self.ID}.html")
        if not page.is_file():
            page = resource(f"help/{self.ID}.html")
        return QUrl.fromLocalFile(str(page)).toString()

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path(self.ICON or self.ID)

    def createInstance(self):
        return type(self)()

    def createCustomParametersWidget(self, parent=None):
        return make_dialog(self)

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
            try:
                check_destinations(self, parameters, context)
            except SuperSegError as error:
                return False, hide_credentials(str(error))
            return True, ""
        return False, value_error(self, parameters, context) or message

    def prepareAlgorithm(self, parameters, context, feedback):
        self._error = ""
        self._cluster = THIS_COMPUTER
        try:
            # processing.run does not ask canExecute.
            reason = self._missing()
            if reason:
                raise SuperSegError(reason)
            # A model does not ask checkParameterValues.
            for remark in check_destinations(self, parameters, context):
                feedback.pushWarning(remark)
            self._python = chosen_python()
            request = Request(self, parameters, context)
            if self.parameterDefinition("CLUSTER") is not None:
                self._cluster = choose_cluster(
                    request.text("CLUSTER") or "",
                    stored_cluster(),
                    stored_paths=stored_cluster_paths(),
                )
            self.read_request(request)
            self._inputs = request.inputs
        except SuperSegError as error:
            # processing.run loses the text of an error raised here, so that processAlgorithm
            # raises it.
            self._error = str(error)
        except Exception as error:  # the user sees a sentence, the log the traceback
            self._error = unexpected_error(error, "Reading the parameters", feedback)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        results, error = self._run(parameters, context, feedback)
        if not error:
            return results
        # QGIS never releases an exception that is raised here, nor what the frames of its
        # traceback hold: layers, which crash QGIS when it quits, and arrays of the run.
        del self, parameters, context, feedback, results
        raise QgsProcessingException(error)

    def _run(self, parameters, context, feedback):
        """Return the outputs by name, and the error message, empty without an error."""
        if self._error:
            return {}, hide_credentials(self._error)
        progress = FeedbackProgress(feedback)
        try:
            # The context of this thread keeps the layers to load; QGIS drops those of
            # prepareAlgorithm if this runs in another thread.
            self.read_outputs(Request(self, parameters, context, self._inputs))
            return self.compute(progress, context), ""
        except Cancelled:
            # Processing itself only says that the run has failed.
            feedback.pushInfo(translate("SuperSeg", self.CANCELLED))
            return {}, ""
        except SuperSegError as error:
            return {}, hide_credentials(str(error))
        except Exception as error:  # the user sees a sentence, the log the traceback
            sentence = unexpected_error(error, progress.activity or self.TITLE, feedback)
            return {}, hide_credentials(sentence)

    @contextmanager
    def worker(self, progress, device="auto"):
        """A worker process, for a `with` statement; the log tells what a cluster has done."""
        with WorkerProcess(find_interpreter(self._python), device, self._cluster) as worker:
            yield worker
            if worker.cluster_summary:
                progress.log(worker.cluster_summary)

    def read_request(self, request):
        """Read the parameters; raise SuperSegError for those that cannot be used."""

    def read_outputs(self, request):
        """Read the paths of the outputs; may run in another thread, without access to layers."""
