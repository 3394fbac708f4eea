# SPDX-License-Identifier: GPL-2.0-or-later
"""Install what computes superpixels and networks."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm, QgsProcessingParameterFile

from ..runtime.builds import BACKENDS
from ..runtime.environment import install_environment, installation_commands
from ..settings import network
from .base import SuperSegAlgorithm


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
<p>It takes some minutes. <i>cpu</i> downloads 0.2 to 0.4 GB and takes 1.3 GB on disk, <i>cuda</i>
2 to 3 GB and 5 GB. If it fails or is cancelled, nothing is left behind, and an older installation
stays as it was.</p>
<p>The <b>proxy</b> and the certificates that QGIS is set to (Settings &gt; Options &gt; Network and
Authentication) hold for the installation as well.</p>
<p><b>Without internet</b>, give a folder with the wheel files, or a zip file of them, as source.
The log has the command lines, for those who want to do it by hand.</p>
<p>If you have a Python environment with PyTorch already, set the environment variable
SUPERSEG_PYTHON to its interpreter instead. In the window of QGIS, <i>Plugins &gt; SuperSeg &gt;
Runtime</i> does the same and more.</p>
"""

    BACKEND = "BACKEND"
    SOURCE = "SOURCE"
    FOLDER = "FOLDER"
    TEXT = "TEXT"

    def flags(self):
        # Not hidden from the modeler: what is hidden there is also left out of qgis_process list.
        return super().flags() & ~QgsProcessingAlgorithm.Flag.FlagSupportsBatch

    def initAlgorithm(self, configuration=None):
        self.add_choice(
            self.BACKEND,
            "Backend",
            "auto looks for an NVIDIA graphics processor; cpu is smaller and runs everywhere; "
            "cuda needs an NVIDIA graphics processor.",
            BACKENDS,
        )
        kind = QgsProcessingParameterFile.Behavior.Folder
        wheels = QgsProcessingParameterFile(
            self.SOURCE, "Folder of wheel files", behavior=kind, optional=True
        )
        self.add(
            wheels,
            "Install from the wheel files in this folder or zip file, without internet. The Python "
            "package index if left empty.",
            advanced=True,
        )
        folder = QgsProcessingParameterFile(
            self.FOLDER, "Install into", behavior=kind, optional=True
        )
        self.add(
            folder,
            "Folder for the installation, on a larger disk for example. Where it is now, or your "
            "data folder, if left empty.",
            advanced=True,
        )
        self.add_text_output(self.TEXT, "Result")

    def read_request(self, request):
        self.backend = request.choice(self.BACKEND)
        self.source = request.text(self.SOURCE)
        self.folder = request.text(self.FOLDER)
        self.network = network()

    def compute(self, progress, context):
        choice = {"network": self.network, "folder": self.folder}
        progress.log("By hand, in a terminal, it would be:")
        for line in installation_commands(self.backend, self.source, **choice):
            progress.log(f"  {line}")
        folder = install_environment(self.backend, self.source, progress, **choice)
        text = f"Installed in {folder}"
        progress.log(text)
        return {self.TEXT: text}
