# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine, and what runs whole scenes, as a zip that travels to the nodes of a cluster.

Its package is named by a hash of its contents, so that nodes that serve several versions of the
plugin keep them apart. All imports within it are relative, so that it works under any name.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1]
PREFIX = "superseg_engine_"
ROOMS = ("engine", "node", "pipeline", "raster", "worker")
QGIS = re.compile(r"^\s*(from|import) qgis\b", re.MULTILINE)
# The first date that a zip file can hold: the same contents give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)


class EngineArchive(NamedTuple):
    """The zip file and the name of the package in it."""

    name: str
    content: bytes


@functools.cache
def engine_archive() -> EngineArchive:
    """Pack the modules that nodes need."""
    # What needs QGIS cannot be needed by a node.
    top = sorted(PACKAGE.glob("*.py"))
    files = [path for path in top if not QGIS.search(path.read_text(encoding="utf-8"))]
    files += [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    contents = {str(path.relative_to(PACKAGE).as_posix()): path.read_bytes() for path in files}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    package = PREFIX + digest.hexdigest()[:16]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(f"{package}/{name}", DATE), content)
    return EngineArchive(package, buffer.getvalue())
