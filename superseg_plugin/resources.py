# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths of the files shipped with the code.

They are inside the package when it is installed, and one level up in a checkout.
"""

from __future__ import annotations

from configparser import ConfigParser
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
MODELS = PACKAGE / "models"
# Opens the runtime window.
RUNTIME_LINK = "superseg:runtime"


def resource(name: str) -> Path:
    """Return the path of a file that is shipped with the plugin, such as `icons/superseg.svg`."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


def icon_path(name: str = "superseg") -> str:
    """Return the path of an icon, by default the plugin's."""
    return str(resource(f"icons/{name}.svg"))


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version that metadata.txt states, or an empty text where there is none."""
    metadata = ConfigParser(interpolation=None)
    metadata.read(resource("metadata.txt"), encoding="utf-8")
    return metadata.get("general", "version", fallback="")
