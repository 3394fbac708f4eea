# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:runtimereport."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm

from ..runtime.diagnosis import runtime_report
from ..settings import facts
from . import groups
from .base import SuperSegAlgorithm


class RuntimeReportAlgorithm(SuperSegAlgorithm):
    """Reports the state of the runtime."""

    ID = "runtimereport"
    TITLE = "Report on the runtime"
    GROUP = groups.RUNTIME
    TAGS = ("runtime", "diagnosis", "report", "versions", "device", "gpu", "bug report")
    SUMMARY = "Reports the Python, the libraries and the device that SuperSeg uses."
    HELP = """
<p>Reports the folder of SuperSeg's runtime, the versions of its libraries, the device that it uses,
and the error of the last installation if that failed. <b>Copy the text into a bug report:</b> your
home folder, your name and credentials are removed from it.</p>
<p>If the runtime is missing, the report lists where it was searched for and how to install it.</p>
"""

    TEXT = "TEXT"

    def flags(self):
        # An algorithm hidden from the modeler would be missing in `qgis_process list`, too.
        return super().flags() & ~QgsProcessingAlgorithm.Flag.FlagSupportsBatch

    def initAlgorithm(self, configuration=None):
        self.add_text_output(self.TEXT, "Report")

    def read_request(self, request):
        self.facts = facts()

    def compute(self, progress, context):
        text = runtime_report(self._python, progress, self.facts)
        for line in text.splitlines():
            progress.log(line)
        return {self.TEXT: text}
