# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:installruntime."""

from __future__ import annotations

from qgis.core import QgsProcessingAlgorithm, QgsProcessingParameterFile

from ..runtime.builds import BACKENDS
from ..runtime.environment import install_environment, installation_commands
from ..settings import network
from . import groups
from .base import SuperSegAlgorithm


class InstallRuntimeAlgorithm(SuperSegAlgorithm):
    """Installs the runtime."""

    ID = "installruntime"
    TITLE = "Install the runtime"
    GROUP = groups.RUNTIME
    TAGS = ("install", "setup", "runtime", "pytorch", "torch", "dependencies", "offline")
    SUMMARY = "Installs the libraries that compute superpixels and networks."
    HELP = """
<p>Superpixels and networks are computed by PyTorch and other libraries in a <b>separate
process</b>, which cannot disturb or crash QGIS. This algorithm installs the libraries into a folder
of your user account; QGIS, its Python and other plugins are not changed. All QGIS versions on this
computer use the same installation.</p>
<p>The installation takes some minutes. <i>cpu</i> downloads 0.2 to 0.4 GB and needs 1.4 GB on disk;
<i>cuda</i> downloads 2 to 3 GB and needs 5 GB. If the installation fails or is cancelled, no files
are left, and an earlier installation is kept.</p>
<p>The <b>proxy</b> and the certificates set in QGIS (Settings &gt; Options &gt; Network and
Authentication) are used for the installation.</p>
<p><b>Without internet</b>, choose a folder or a zip file with the wheel files as source. The log
lists the commands for an installation in a terminal.</p>
<p>If you already have a Python environment with PyTorch, set the environment variable
SUPERSEG_PYTHON to its interpreter instead. The window <i>Plugins &gt; SuperSeg &gt; Runtime</i>
does the same and more.</p>
"""

    BACKEND = "BACKEND"
    SOURCE = "SOURCE"
    FOLDER = "FOLDER"
    TEXT = "TEXT"

    def flags(self):
        # An algorithm hidden from the modeler would be missing in `qgis_process list`, too.
        return super().flags() & ~QgsProcessingAlgorithm.Flag.FlagSupportsBatch

    def initAlgorithm(self, configuration=None):
        self.add_choice(
            self.BACKEND,
            "Backend",
            "auto: cuda if an NVIDIA graphics processor is found, otherwise cpu. cpu: smaller, "
            "for all computers. cuda: needs an NVIDIA graphics processor.",
            BACKENDS,
        )
        kind = QgsProcessingParameterFile.Behavior.Folder
        wheels = QgsProcessingParameterFile(
            self.SOURCE, "Folder of wheel files", behavior=kind, optional=True
        )
        self.add(
            wheels,
            "Install from the wheel files in this folder or zip file, without internet. If empty, "
            "from the Python package index.",
            advanced=True,
        )
        folder = QgsProcessingParameterFile(
            self.FOLDER, "Install into", behavior=kind, optional=True
        )
        self.add(
            folder,
            "Folder for the installation, for example on a larger disk. If empty, the folder of "
            "the current installation, or your data folder.",
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
        progress.log("Commands for an installation in a terminal:")
        for line in installation_commands(self.backend, self.source, **choice):
            progress.log(f"  {line}")
        folder = install_environment(self.backend, self.source, progress, **choice)
        text = f"Installed in {folder}"
        progress.log(text)
        return {self.TEXT: text}
