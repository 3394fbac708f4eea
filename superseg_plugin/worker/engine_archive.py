# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine as a zip that travels to the nodes of a cluster.

Its package is named by a hash of its contents, so that nodes that serve several versions of the
plugin keep them apart. All imports within it are relative, so that it works under any name.
"""

from __future__ import annotations

import functools
import hashlib
import io
import zipfile
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1]
PREFIX = "superseg_engine_"
ROOMS = ("engine", "worker")
# Modules at the top of the package that these rooms need.
SHARED = (
    "__init__.py",
    "agglomeration.py",
    "alpha_earth.py",
    "class_tree.py",
    "contracts.py",
    "errors.py",
    "file_lock.py",
    "memory.py",
    "progress.py",
    "run_folder.py",
)
# The first date that a zip file can hold: the same contents give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)


class EngineArchive(NamedTuple):
    """The zip file and the name of the package in it."""

    name: str
    content: bytes


@functools.cache
def engine_archive() -> EngineArchive:
    """Pack the modules that operations need."""
    files = [PACKAGE / name for name in SHARED]
    files += [path for room in ROOMS for path in sorted((PACKAGE / room).glob("*.py"))]
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
