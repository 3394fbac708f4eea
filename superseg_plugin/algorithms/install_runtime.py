# SPDX-License-Identifier: GPL-2.0-or-later
"""Install what computes superpixels and networks."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm, QgsProcessingParameterFile

from ..worker.environment import install_environment
from .base import SuperSegAlgorithm

BACKENDS = ("auto", "cpu", "cuda")


class InstallRuntimeAlgorithm(SuperSegAlgorithm):
    """The Processing face of the installation."""

    ID = "installruntime"
    TITLE = "Install the runtime"
    GROUP = "Set-up"
    TAGS = ("install", "setup", "runtime", "pytorch", "torch", "dependencies", "offline")
    SUMMARY = "Installs the programs that superpixels and networks are computed with."
    HELP = """
<p>Superpixels and networks are computed by PyTorch and other libraries in a <b>process of its
own</b>, so that they can neither disturb nor crash QGIS. This installs them into a folder of your
user account; QGIS, its Python and other plugins stay as they are. Every QGIS version on this
computer then uses the same installation.</p>
<p>It takes some minutes and about 1 GB for <i>cpu</i>, several GB for <i>cuda</i>. If it fails or
is cancelled, nothing is left behind.</p>
<p><b>Without internet</b>, give a folder with the wheel files as source.</p>
<p>If you have a Python environment with PyTorch already, set the environment variable
SUPERSEG_PYTHON to its interpreter instead.</p>
"""

    BACKEND = "BACKEND"
    SOURCE = "SOURCE"
    TEXT = "TEXT"

    def flags(self):
        flag = QgsProcessingAlgorithm.Flag
        return (super().flags() | flag.FlagHideFromModeler) & ~flag.FlagSupportsBatch

    def initAlgorithm(self, configuration=None):
        self.add_choice(
            self.BACKEND,
            "Backend",
            "auto looks for an NVIDIA graphics processor; cpu is smaller and runs everywhere; "
            "cuda needs an NVIDIA graphics processor.",
            BACKENDS,
        )
        folder = QgsProcessingParameterFile(
            self.SOURCE,
            "Folder of wheel files",
            behavior=QgsProcessingParameterFile.Behavior.Folder,
            optional=True,
        )
        self.add(
            folder,
            "Install from the wheel files in this folder, without internet. The Python package "
            "index if left empty.",
            advanced=True,
        )
        self.add_text_output(self.TEXT, "Result")

    def read_request(self, request):
        self.backend = request.choice(self.BACKEND)
        self.source = request.text(self.SOURCE)

    def compute(self, progress, context):
        folder = install_environment(self.backend, self.source, progress)
        text = f"Installed in {folder}"
        progress.log(text)
        return {self.TEXT: text}
