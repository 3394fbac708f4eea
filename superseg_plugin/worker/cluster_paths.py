# SPDX-License-Identifier: GPL-2.0-or-later
"""Paths of this computer as the nodes of a cluster see them.

Nodes may see the same storage in another place: a drive of Windows as a mount, a mounted bucket as
`/vsis3/`. A table of beginnings translates: `here = there`, several separated by semicolons. Equals
signs need spaces around them, since folders may be named `year=2024`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import SuperSegError

# Names of tables, services and files within others: a scheme of at least two letters, since one
# letter is a drive of Windows, or a virtual file system of GDAL.
DATASET = re.compile(r"(?i)[a-z][a-z0-9+.-]+:|/vsi")
VARIABLE = "SUPERSEG_CLUSTER_PATHS"
Paths = tuple[tuple[str, str], ...]


def choose_paths(stored: str = "", environment: Mapping[str, str] = os.environ) -> Paths:
    r"""The table of paths, as pairs here and there: of the settings, else of the variable.

    Raises:
        SuperSegError: it is not a table of paths.

    Example:
        >>> choose_paths("/data = /mnt/data; Z:\\ = /srv/z/", {})
        (('/data', '/mnt/data'), ('Z:', '/srv/z'))
    """
    text, origin = stored.strip(), "in the settings of SuperSeg"
    if not text:
        text, origin = environment.get(VARIABLE, "").strip(), f"of the variable {VARIABLE}"
    pairs = []
    for line in filter(None, (each.strip() for each in text.split(";"))):
        here, *there = re.split(r"\s=\s", line)
        if len(there) != 1 or not here.strip() or not there[0].strip():
            raise SuperSegError(
                f"The paths on nodes {origin}: {line!r} is not a path here and a path there; write "
                "'/data = /mnt/data', and separate several by semicolons."
            )
        pairs.append((_plain(here), _plain(there[0])))
    return tuple(pairs)


def path_on_nodes(path: str | Path, pairs: Iterable[tuple[str, str]]) -> str:
    """The path of a file as nodes see it; by the longest beginning that fits.

    Args:
        path: an absolute path of this computer.
        pairs: of `choose_paths`.

    Example:
        >>> path_on_nodes("/data/a.tif", [("/data", "/mnt/data"), ("/dat", "/other")])
        '/mnt/data/a.tif'
    """
    given = str(path)
    compared = _compared(given)
    fitting = [
        (here, there)
        for here, there in pairs
        if compared == _compared(here) or compared.startswith(_compared(here) + "/")
    ]
    if not fitting:
        return given
    here, there = max(fitting, key=lambda pair: len(pair[0]))
    return there + given[len(here) :].replace("\\", "/")


def whole_path(path: str | Path) -> str | Path:
    """The absolute path of a file; other names of datasets of GDAL as they are.

    Example:
        >>> whole_path("/vsicurl/https://host/a.tif")
        '/vsicurl/https://host/a.tif'
    """
    return path if DATASET.match(str(path)) else Path(path).absolute()


def _plain(path: str) -> str:
    """Without a separator at its end."""
    return path.strip().rstrip("/\\")


def _compared(path: str) -> str:
    """Equal for equal paths: Windows has two separators, and does not mind case."""
    plain = path.replace("\\", "/")
    return plain.lower() if re.match(r"[A-Za-z]:|//", plain) else plain
