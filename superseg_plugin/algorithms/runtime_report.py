# SPDX-License-Identifier: GPL-2.0-or-later
"""Say what is installed and what computes."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm

from ..runtime.diagnosis import runtime_report
from ..settings import facts
from .base import SuperSegAlgorithm


class RuntimeReportAlgorithm(SuperSegAlgorithm):
    """The Processing face of the diagnosis."""

    ID = "runtimereport"
    TITLE = "Report on the runtime"
    GROUP = "Set-up"
    TAGS = ("runtime", "diagnosis", "report", "versions", "device", "gpu", "bug report")
    SUMMARY = "Reports which Python, libraries and device SuperSeg computes with."
    HELP = """
<p>Reports where the runtime of SuperSeg is, which versions of its libraries it has, on which device
it computes, and how the last installation failed, if it did. <b>Copy the text into a bug
report:</b> your home folder, your name and credentials are struck out.</p>
<p>Where the runtime is missing, the report says what was looked for and how to get it.</p>
"""

    TEXT = "TEXT"

    def flags(self):
        # Not hidden from the modeler: what is hidden there is also left out of qgis_process list.
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
