# SPDX-License-Identifier: GPL-2.0-or-later
"""Environment variables of the installers pip and uv."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ..worker.launch import OF_QGIS, without
from ..worker.processes import output_of
from ..worker.system import own_python, this_system
from .network import Network

# Variables of QGIS, and of an environment that QGIS was started from.
DROPPED = (*OF_QGIS, "VIRTUAL_ENV", "CONDA_", "__PYVENV")
# Options of pip that would install to another place than the environment.
DROPPED_OF_PIP = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
# Options of pip that name indexes, and the variables of uv for the same.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
}
PIP_SECONDS = 30


def installer_variables(
    own: Mapping[str, str], network: Network, scratch: Path, offline: bool
) -> dict[str, str]:
    """Variables to run an installer with.

    Args:
        own: variables of this process.
        network: proxy and certificates of QGIS; they take precedence over those of the process.
        scratch: folder for temporary files, on the disk of the environment, since the system's
            folder may be too small.
        offline: True to install from a folder only, whatever indexes are configured.
    """
    dropped = (*DROPPED, "PIP_", "UV_") if offline else (*DROPPED, *DROPPED_OF_PIP)
    kept = without(dropped, own)
    kept.update(TMPDIR=str(scratch), TEMP=str(scratch), TMP=str(scratch))
    kept.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0", UV_NO_PROGRESS="1")
    if offline:
        return {**kept, "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "UV_OFFLINE": "1"}
    kept.setdefault("PIP_DEFAULT_TIMEOUT", "60")
    kept.setdefault("UV_HTTP_TIMEOUT", "60")
    # The system's certificates, to which companies add their own.
    kept.setdefault("UV_NATIVE_TLS", "1")
    for name, text in _indexes_for_uv(kept).items():
        kept.setdefault(name, text)
    kept.update(network.proxy_variables())
    return kept


def _indexes_for_uv(variables: Mapping[str, str]) -> dict[str, str]:
    """The indexes that pip is configured with, as variables of uv, which does not read them."""
    if any(name in variables for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        return {}
    settings = _pip_settings(variables)
    found = {}
    for option, name in UV_NAMES.items():
        addresses = settings.get(option, "").split()
        if addresses:
            found[name] = ("," if option == "find-links" else " ").join(addresses)
    return found


def _pip_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """Options of pip that name indexes, from its configuration files and variables."""
    settings: dict[str, str] = {}
    command = [own_python(this_system()) or "", "-I", "-m", "pip", "config", "list"]
    # QGIS's Python may have no pip: then the variables remain.
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError, SyntaxError):
        listed = output_of(command, PIP_SECONDS, variables).splitlines()
        # The section of a command replaces the global one. If several files set an option, recent
        # versions of pip list them all, sorted by path: those of the system before the user's.
        for section in ("global.", "install."):
            for line in listed:
                option, _, value = line.partition("=")
                if option.startswith(section):
                    settings[option[len(section) :]] = ast.literal_eval(value)
    for option in UV_NAMES:
        variable = variables.get("PIP_" + option.upper().replace("-", "_"))
        if variable:
            settings[option] = variable
    return settings
