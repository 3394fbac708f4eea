# SPDX-License-Identifier: GPL-2.0-or-later
"""The environment variables that installers run with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from configparser import ConfigParser, Error
from pathlib import Path

from ..worker.launch import OF_QGIS, without
from .network import Network

# An environment that QGIS was started from goes, too.
DROPPED = (*OF_QGIS, "VIRTUAL_ENV", "CONDA_", "__PYVENV")
# Where pip would put things elsewhere than into the environment.
DROPPED_OF_PIP = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_HASHES")
# What pip is told about indexes, and how uv is told the same.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
}


def installer_variables(
    own: Mapping[str, str], network: Network, scratch: Path, offline: bool
) -> dict[str, str]:
    """Variables of an installer.

    Args:
        own: variables of this process.
        network: proxy and certificates of QGIS; they go before those of the process.
        scratch: folder for temporary files, on the disk where the environment goes: the system's
            may be small.
        offline: whether to install from a folder only, whatever indexes are configured.
    """
    dropped = (*DROPPED, "PIP_", "UV_") if offline else (*DROPPED, *DROPPED_OF_PIP)
    kept = without(dropped, own)
    kept.update(TMPDIR=str(scratch), TEMP=str(scratch), TMP=str(scratch))
    kept.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0", UV_NO_PROGRESS="1")
    if offline:
        return {**kept, "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", "UV_OFFLINE": "1"}
    kept.setdefault("PIP_DEFAULT_TIMEOUT", "60")
    kept.setdefault("UV_HTTP_TIMEOUT", "60")
    # The system's certificates too, which firms put theirs among.
    kept.setdefault("UV_NATIVE_TLS", "1")
    for name, text in _indexes_for_uv(kept).items():
        kept.setdefault(name, text)
    kept.update(network.proxy_variables())
    return kept


def _indexes_for_uv(variables: Mapping[str, str]) -> dict[str, str]:
    """Tell uv which indexes pip is configured with: it reads nothing of pip's."""
    if any(name in variables for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        return {}
    settings = _pip_settings(variables)
    found = {}
    for option, name in UV_NAMES.items():
        words = settings.get(option, "").split()
        if words:
            found[name] = ("," if option == "find-links" else " ").join(words)
    if found:
        # As pip does: the best version of all indexes, not that of the first.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return found


def _pip_settings(variables: Mapping[str, str]) -> dict[str, str]:
    chosen = variables.get("PIP_CONFIG_FILE")
    home = Path.home()
    files = [
        Path("/etc/pip.conf"),
        Path(variables.get("PROGRAMDATA", "/nowhere")) / "pip" / "pip.ini",
        Path("/Library/Application Support/pip/pip.conf"),
        home / ".pip" / "pip.conf",
        home / "pip" / "pip.ini",
        Path(variables.get("XDG_CONFIG_HOME", home / ".config")) / "pip" / "pip.conf",
        home / "Library" / "Application Support" / "pip" / "pip.conf",
        Path(variables.get("APPDATA", "/nowhere")) / "pip" / "pip.ini",
        *([Path(chosen)] if chosen else []),
    ]
    if chosen == os.devnull:
        files = []
    settings: dict[str, str] = {}
    for file in files:
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(file, encoding="utf-8")
        except (Error, OSError, UnicodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update(parser.items(section))
    for option in UV_NAMES:
        variable = variables.get("PIP_" + option.upper().replace("-", "_"))
        if variable:
            settings[option] = variable
    return settings
