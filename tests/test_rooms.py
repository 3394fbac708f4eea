# SPDX-License-Identifier: GPL-2.0-or-later
"""Which room may import what, read from the source without running it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "superseg_plugin"
COMMON = {"contracts", "errors", "memory", "progress", "run_folder"}
SKIN = {
    "algorithms",
    "gui",
    "language",
    "layer_copy",
    "plugin",
    "provider",
    "resources",
    "settings",
}

# Which rooms of the package each room may use. Nothing points back.
ARROWS = {
    "__init__": {"plugin"},
    "contracts": set(),
    "errors": set(),
    "memory": set(),
    "progress": {"errors"},
    "resources": set(),
    "run_folder": set(),
    "settings": {"raster", "runtime", "worker", "resources"},
    "language": {"resources"},
    "layer_copy": {"errors", "progress"},
    "plugin": {"language", "provider", "resources", "gui"},
    "provider": {"algorithms", "resources"},
    "algorithms": COMMON
    | {"layer_copy", "pipeline", "raster", "runtime", "worker", "resources", "settings"},
    "gui": COMMON
    | {"layer_copy", "pipeline", "raster", "runtime", "worker", "resources", "settings"},
    "pipeline": {"raster", "worker"} | COMMON,
    "raster": COMMON,
    "worker": {"engine"} | COMMON,
    "runtime": {"worker"} | COMMON,
    "engine": COMMON,
    "models": set(),
}

HEAVY = {"torch", "numba", "skimage", "scipy", "sklearn", "safetensors"}
OUTSIDE = {
    "qgis": SKIN,
    "processing": SKIN,
    "osgeo": {"raster"},
    **{name: {"engine"} for name in HEAVY},
}
SERVER_SIDE = {"server"}


def _room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(path):
    """Yield `(line, dotted name)` of everything a module imports, relative names made absolute."""
    parts = ("superseg_plugin", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = parts[: len(parts) - node.level] if node.level else ()
            stem = ".".join((*base, *(node.module or "").split("."))).strip(".")
            yield node.lineno, stem
            for name in node.names:
                yield node.lineno, f"{stem}.{name.name}"


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_room_may(path):
    room = _room(path)
    for line, name in _imports(path):
        top = name.split(".")[0]
        where = f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        if top in OUTSIDE:
            assert room in OUTSIDE[top], where
        if top in ("PyQt5", "PyQt6", "rasterio", "cv2"):
            pytest.fail(where)
        if top == "superseg_plugin" and name.count("."):
            target = name.split(".")[1]
            if target in ARROWS and target != room:
                assert target in ARROWS[room], where


@pytest.mark.parametrize("room", ["algorithms", "gui", "pipeline"])
def test_only_the_worker_knows_its_server(room):
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for line, name in _imports(path):
            parts = name.split(".")
            if parts[:2] == ["superseg_plugin", "worker"] and len(parts) > 2:
                assert parts[2] not in SERVER_SIDE, f"{path}:{line} imports {name}"


def test_only_the_server_reaches_the_engine():
    client_side = [path for path in (PACKAGE / "worker").glob("*.py") if path.stem == "client"]
    for path in client_side:
        for line, name in _imports(path):
            assert not name.startswith("superseg_plugin.engine"), f"{path}:{line} imports {name}"


def test_every_room_has_its_arrows():
    rooms = {_room(path) for path in MODULES}
    assert rooms <= set(ARROWS)
