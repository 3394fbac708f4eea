# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the package: which may import which, how large they are, and what is written once.

Everything is read from the source, without running it. `python -m tests.test_rooms` prints the
rooms by floor and every arrow between them.
"""

from __future__ import annotations

import ast
import math
import operator
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "superseg_plugin"
MODULES = sorted(PACKAGE.rglob("*.py"))
VERBS = "pipeline"
COMMON = {
    "agglomeration",
    "alpha_earth",
    "background",
    "blocks",
    "class_tree",
    "contracts",
    "credentials",
    "errors",
    "file_lock",
    "in_flight",
    "memory",
    "progress",
    "run_folder",
    "translation",
    "wording",
}
# What every room of the pipeline may use.
BELOW_PIPELINE = {"raster", "worker"} | COMMON
FORMATS = {"pipeline/options"}
CLASSES = {"pipeline/formats"} | FORMATS
ABOVE_CLASSES = {"pipeline/classes"} | CLASSES
PIPELINE = {
    VERBS,
    "pipeline/assessment",
    "pipeline/planning",
    "pipeline/reports",
    "pipeline/steps",
} | ABOVE_CLASSES
BELOW_SKIN = {"layer_copy", "resources", "runtime", "settings"} | PIPELINE | BELOW_PIPELINE

# The rooms that each room may import from. Nothing points back. A folder in pipeline/ is a room;
# the modules on the top of pipeline/ are another, the verbs.
ARROWS: dict[str, set[str]] = {
    "__init__": {"plugin"},
    "plugin": {"gui", "language", "provider", "resources"},
    "provider": {"algorithms", "resources"},
    "algorithms": BELOW_SKIN,
    "gui": BELOW_SKIN,
    # What runs on the nodes of a cluster, from its own entry: nothing imports it.
    "node": PIPELINE | BELOW_PIPELINE,
    "language": {"resources", "translation"},
    "layer_copy": {"errors", "progress", "raster"},
    "settings": {"raster", "resources", "runtime", "worker"},
    VERBS: (PIPELINE - {VERBS}) | BELOW_PIPELINE,
    # Verbs too: drawing a sample, and accuracy by samples or by a reference.
    "pipeline/assessment": {"pipeline/reports"} | ABOVE_CLASSES | BELOW_PIPELINE,
    # Of the steps, planning may use one module: see PLANNED_STEPS.
    "pipeline/planning": {"pipeline/steps"} | ABOVE_CLASSES | BELOW_PIPELINE,
    "pipeline/reports": ABOVE_CLASSES | BELOW_PIPELINE,
    "pipeline/steps": ABOVE_CLASSES | BELOW_PIPELINE,
    "pipeline/classes": CLASSES | BELOW_PIPELINE,
    "pipeline/formats": FORMATS | BELOW_PIPELINE,
    "pipeline/options": BELOW_PIPELINE,
    "raster": COMMON,
    "runtime": {"worker"} | COMMON,
    "worker": {"engine"} | COMMON,
    "engine": {
        "agglomeration",
        "alpha_earth",
        "blocks",
        "class_tree",
        "contracts",
        "errors",
        "memory",
    },
    "progress": {"errors"},
    "agglomeration": set(),
    "alpha_earth": set(),
    "class_tree": {"agglomeration"},
    "contracts": {"alpha_earth", "blocks"},
    "blocks": set(),
    "credentials": set(),
    "errors": set(),
    "memory": set(),
    "models": set(),
    "resources": set(),
    "file_lock": set(),
    "background": set(),
    "in_flight": set(),
    "run_folder": {"file_lock"},
    "translation": set(),
    "wording": set(),
}
# Tile sizes are needed before a run as well as in it.
PLANNED_STEPS = {"pipeline/steps/tiling.py"}

HEAVY = {"torch", "numba", "skimage", "scipy", "sklearn", "safetensors"}
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
OUTSIDE = {
    "qgis": SKIN,
    "processing": SKIN,
    "osgeo": {"raster"},
    **{name: {"engine"} for name in HEAVY},
    **{name: set() for name in ("PyQt5", "PyQt6", "rasterio", "cv2")},
}
SERVER_SIDE = {
    f"worker/{name}.py"
    for name in (
        "block_operation",
        "call",
        "cluster_link",
        "cluster_nodes",
        "dask_executor",
        "engine_archive",
        "executor",
        "node_task",
        "operation_errors",
        "operations",
        "spreading",
        "tile_operations",
        "server",
    )
} | {f"node/{name}.py" for name in ("entry", "in_place", "own_process", "scenes")}
SHARED_IMPORTS = {"__future__", "collections", "dataclasses", "math", "numpy", "typing"}

# One verb for each algorithm that computes.
TOP_MODULES, MODULE_LINES, PARAMETERS = 14, 300, 6
REASON = "# More than six parameters: "
# Each process has its side; what both need belongs in a module that both import.
SHARED = {"agglomeration", "alpha_earth", "blocks", "class_tree", "contracts"}
WORKER_SIDE = {"engine"}
QGIS_SIDE = {"algorithms", "gui", "raster"} | PIPELINE


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "/".join(parts[:2]) if parts[0] == VERBS and len(parts) > 2 else parts[0]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield `(line, dotted name)` of everything a module imports, relative names made absolute."""
    parts = (PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = parts[: len(parts) - node.level] if node.level else ()
            stem = ".".join((*base, *(node.module or "").split("."))).strip(".")
            for name in node.names:
                yield node.lineno, f"{stem}.{name.name}"


def _module_of(dotted: str) -> Path | None:
    """The file in the package that a dotted name lies in, None where it lies outside."""
    parts = dotted.split(".")
    if parts[0] != PACKAGE.name:
        return None
    place = PACKAGE.joinpath(*parts[1:])
    for candidate in (place, place.parent):
        if candidate.with_suffix(".py").is_file():
            return candidate.with_suffix(".py")
        if (candidate / "__init__.py").is_file():
            return candidate / "__init__.py"
    raise ValueError(f"{dotted} is no module of the package")


@cache
def _uses(path: Path) -> list[tuple[str, Path]]:
    """Where a module imports another one of the package, and which."""
    found = ((line, name, _module_of(name)) for line, name in _imports(path))
    return [
        (f"{_name(path)}:{line} imports {name}", target) for line, name, target in found if target
    ]


def _arrows() -> Counter[tuple[str, str]]:
    """Modules of the one room that import from the other."""
    found = {(path, _room(target)) for path in MODULES for _, target in _uses(path)}
    pairs = ((_room(path), target) for path, target in found)
    return Counter(pair for pair in pairs if pair[0] != pair[1])


def _floors(arrows: dict[str, set[str]]) -> dict[str, int]:
    """Floor of every room: 0 without arrows, else one above the highest it points to."""
    floors: dict[str, int] = {}

    def climb(room: str, below: tuple[str, ...]) -> int:
        if room in below:
            pytest.fail("a circle of arrows: " + " -> ".join((*below, room)))
        if room not in floors:
            heights = [climb(target, (*below, room)) for target in arrows.get(room, ())]
            floors[room] = max(heights, default=-1) + 1
        return floors[room]

    for room in arrows:
        climb(room, ())
    return floors


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_imports_only_what_its_room_may(path):
    room = _room(path)
    for line, name in _imports(path):
        where = f"{_name(path)}:{line} imports {name}"
        assert room in OUTSIDE.get(name.split(".")[0], {room}), where
    for where, target in _uses(path):
        assert _room(target) == room or _room(target) in ARROWS[room], where


def test_every_room_has_its_arrows():
    assert {_room(path) for path in MODULES} <= set(ARROWS)


def test_no_arrow_points_back():
    print("\n" + report())
    _floors(ARROWS)
    arrows: dict[str, set[str]] = {room: set() for room in ARROWS}
    for source, target in _arrows():
        arrows[source].add(target)
    floors = _floors(arrows)
    assert all(floors[source] > floors[target] for source, target in _arrows())


def test_modules_import_each_other_in_no_circle():
    _floors({_name(path): {_name(target) for _, target in _uses(path)} for path in MODULES})


def test_planning_uses_no_step_but_the_tiles():
    for path in MODULES:
        if _room(path) == "pipeline/planning":
            for where, target in _uses(path):
                assert _room(target) != "pipeline/steps" or _name(target) in PLANNED_STEPS, where


def test_only_the_worker_knows_its_server():
    for path in MODULES:
        if _room(path) != "engine" and _name(path) not in SERVER_SIDE:
            for where, target in _uses(path):
                assert _room(target) != "engine", where
                assert _name(target) not in SERVER_SIDE, where


@pytest.mark.parametrize("name", sorted(SHARED))
def test_what_both_processes_import_needs_numpy_only(name):
    for line, imported in _imports(PACKAGE / f"{name}.py"):
        known = imported.split(".")[0] in SHARED_IMPORTS or SHARED & set(imported.split("."))
        assert known, f"{name}.py:{line} imports {imported}"


def test_few_modules_lie_on_the_top_of_the_pipeline():
    top = [path.name for path in MODULES if _room(path) == VERBS and path.stem != "__init__"]
    assert len(top) <= TOP_MODULES, f"more than {TOP_MODULES} on the top of pipeline/: {top}"


def test_modules_are_short():
    lines = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    long = [name for name, count in lines.items() if count > MODULE_LINES]
    assert not long, f"more than {MODULE_LINES} lines: divide {', '.join(long)}"


def test_functions_of_the_pipeline_take_few_parameters():
    found = [
        f"{_name(path)}:{function.name}"
        for path in MODULES
        if _room(path) in PIPELINE
        for function in _functions_of_many_parameters(path)
    ]
    assert not found, (
        f"more than {PARAMETERS} parameters: {', '.join(found)}. Put together what travels "
        f'together, or write "{REASON}<reason>" above the function.'
    )


def test_no_constant_is_defined_on_both_sides():
    worker, qgis = _constants(WORKER_SIDE), _constants(QGIS_SIDE)
    shared = set(_constants(SHARED))
    twice = {name for name in set(worker) & set(qgis) if worker[name] & qgis[name]}
    twice |= shared & (set(worker) | set(qgis) | set(_constants({"worker", "runtime"})))
    assert not twice, f"defined on both sides; define it once, in contracts.py: {sorted(twice)}"


def test_no_arithmetic_is_written_on_both_sides():
    worker, shared = _arithmetic(WORKER_SIDE), _arithmetic(SHARED)
    qgis = _arithmetic(QGIS_SIDE | {"worker", "runtime"})
    twice = (set(worker) & set(qgis)) | (set(shared) & (set(worker) | set(qgis)))
    places = {side[one] for side in (worker, qgis, shared) for one in twice if one in side}
    assert not places, f"the same formula; write it once, in contracts.py: {sorted(places)}"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A = 4.0\ndef f(sigma): return int(A * sigma + 0.5)", "int(4 * self.s + 0.5)", True),
        ("def f(sigma): return int(4 * sigma + 0.5)", "int(3 * self.s + 0.5)", False),
        ("(x - low) / (high - low) * 255", "(a.m - b.low) / (b.high - b.low) * 255", True),
        ("(x - low) / (high - low) * 255", "(a.m - b.low) / (b.high - b.low) * 100", False),
        ("(x - low) / (high - low) * 2", "(a - b) / (c - b) * 2", False),
    ],
)
def test_arithmetic_is_the_same_whatever_its_names(one, other, same):
    assert bool(_formulas(ast.parse(one)) & _formulas(ast.parse(other))) == same


def _functions_of_many_parameters(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield functions of a module with too many parameters and no reason for them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(_parsed(path)):
        if not isinstance(node, ast.FunctionDef):
            continue
        taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if len([one for one in taken if one.arg not in ("self", "cls")]) <= PARAMETERS:
            continue
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
        above = first
        while above and lines[above - 1].strip().startswith("#"):
            above -= 1
        if not any(REASON in line for line in lines[above : node.body[0].lineno]):
            yield node


OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}


def _value(node: ast.expr) -> object:
    """The number, text or tuple of these that an expression says, None where it is another."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (int, float, str)) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand)
        return -value if isinstance(value, (int, float)) else None
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = _value(node.left), _value(node.right)
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            return OPERATIONS[type(node.op)](left, right)
        return None
    if isinstance(node, ast.Tuple):
        values = tuple(_value(one) for one in node.elts)
        return None if None in values or not values else values
    return None


def _module_constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Yield name and value of the numbers, texts and tuples that a module defines on its top."""
    for node in tree.body:
        pairs: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            pairs.append((node.target, node.value))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs.extend(zip(target.elts, node.value.elts))
                else:
                    pairs.append((target, node.value))
        for target, value in pairs:
            if isinstance(target, ast.Name) and _value(value) is not None:
                yield target.id, _value(value)


def _constants(rooms: set[str]) -> dict[str, set[object]]:
    """Values by name of the constants that some rooms define."""
    found: dict[str, set[object]] = {}
    for path in MODULES:
        if _room(path) in rooms:
            for name, value in _module_constants(_parsed(path)):
                found.setdefault(name, set()).add(value)
    return found


class _WithoutNames(ast.NodeTransformer):
    """Replaces constants by their values and other names by their order of appearance."""

    def __init__(self, constants: dict[str, object]) -> None:
        self._constants = constants
        self._names: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._constants.get(node.id)
        return self._number(value) if isinstance(value, (int, float)) else self._variable(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._variable(node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._number(node.value) if isinstance(node.value, (int, float)) else node

    def _number(self, value: float) -> ast.Constant:
        return ast.Constant(float(value) if math.isfinite(value) else value)

    def _variable(self, node: ast.expr) -> ast.Name:
        key = ast.dump(node)
        return ast.Name(self._names.setdefault(key, f"v{len(self._names)}"), ast.Load())


def _formulas(tree: ast.Module) -> set[str]:
    """Formulas of a module, without the names in them.

    Counted is what has at least two operators and a number other than 0, 1 and 2: simpler ones are
    alike by chance.
    """
    constants = dict(_module_constants(tree))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            plain = _WithoutNames(constants).visit(ast.parse(ast.unparse(node), mode="eval").body)
            parts = list(ast.walk(plain))
            numbers = {one.value for one in parts if isinstance(one, ast.Constant)}
            if sum(isinstance(one, ast.BinOp) for one in parts) > 1 and numbers - {0, 1, 2}:
                found.add(ast.unparse(plain))
    return found


def _arithmetic(rooms: set[str]) -> dict[str, str]:
    """Modules of some rooms by the formulas in them."""
    paths = [path for path in MODULES if _room(path) in rooms]
    return {formula: _name(path) for path in paths for formula in _formulas(_parsed(path))}


def report() -> str:
    """The rooms by floor, and every arrow with the number of modules that it begins in."""
    arrows = _arrows()
    rooms = sorted({room for arrow in arrows for room in arrow})
    targets = {room: {end for start, end in arrows if start == room} for room in rooms}
    floors = _floors(targets)
    lines = [f"{len(rooms)} rooms on {max(floors.values()) + 1} floors, {len(arrows)} arrows"]
    for floor in sorted(set(floors.values()), reverse=True):
        lines.append(f"floor {floor}")
        for room in (room for room in rooms if floors[room] == floor):
            ends = sorted(targets[room], key=lambda end: (-floors[end], end))
            shown = ", ".join(f"{end} {arrows[room, end]}" for end in ends)
            lines.append(f"  {room} -> {shown}" if shown else f"  {room}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
