# SPDX-License-Identifier: GPL-2.0-or-later
"""Files are data, pages quote, and what runs beside QGIS is by itself."""

from __future__ import annotations

import ast
import json
import os
import sys
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.assessed import AssessedMap, Outputs
from superseg_plugin.pipeline.assessment.evaluation import run_evaluation
from superseg_plugin.pipeline.classes.merge_table import read_merge_table
from superseg_plugin.pipeline.formats.model_file import load_model, read_header, save_model
from superseg_plugin.pipeline.reports import run as run_report
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_table import ClassTable, write_class_table
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.staging import Staging
from superseg_plugin.run_folder import RunFolder
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import Interpreter, numba_cache_folder
from tests.conftest import REPOSITORY, quarters, write_raster
from tests.fuzz.files import MODEL, header_seeds

PACKAGE = REPOSITORY / "superseg_plugin"
NEVER_IMPORTED = {"pickle", "dill", "marshal", "shelve", "pty"}
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "torch.load"}
STARTING = {f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")}
SCRIPT = "<script>alert('1')</script>\"&"


def modules():
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_bytes()) for file in files}


def dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_nothing_is_unpickled_evaluated_or_given_to_a_shell():
    found = []
    for name, tree in modules().items():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            found += [f"{name} imports {n}" for n in names if n.split(".")[0] in NEVER_IMPORTED]
            if isinstance(node, ast.Call):
                called = dotted(node.func)
                if called in NEVER_CALLED:
                    found.append(f"{name} calls {called}")
                if called in STARTING and name != "worker/processes.py":
                    found.append(f"{name} starts a process by itself")
                for keyword in node.keywords:
                    if keyword.arg in ("shell", "allow_pickle"):
                        found.append(f"{name} says {keyword.arg} to {called}")
    assert found == []


def model_with(**tensors):
    """A model's header, sound but for its tensors."""
    metadata = json.loads(header_seeds()[0])["__metadata__"]
    text = json.dumps({"__metadata__": metadata, **tensors})
    return len(text).to_bytes(8, "little") + text.encode()


@pytest.mark.parametrize(
    ("claimed", "size"),
    [(10**12, 0), (10**12, 4 * 10**12), (2**63, 0)],
    ids=["beyond the file", "in a file that is all holes", "beyond any file"],
)
def test_a_model_that_claims_more_than_it_holds_takes_no_memory(tmp_path, claimed, size):
    path = tmp_path / "m.superseg"
    tensor = {"dtype": "F32", "shape": [claimed], "data_offsets": [0, 4 * claimed]}
    content = model_with(a=tensor)
    path.write_bytes(content)
    if size:
        os.truncate(path, len(content) + size)
    tracemalloc.start()
    try:
        for read in (load_model, read_header):
            with pytest.raises(SuperSegError, match=r"m\.superseg is no SuperSeg model"):
                read(path)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


def test_a_model_whose_tensors_share_bytes_takes_no_more_memory_than_its_file(tmp_path):
    path = tmp_path / "m.superseg"
    tensor = {"dtype": "F32", "shape": [100], "data_offsets": [0, 400]}
    path.write_bytes(model_with(a=tensor) + bytes(400))
    assert load_model(path).weights["a"].shape == (100,)
    path.write_bytes(model_with(a=tensor, b=tensor) + bytes(400))
    with pytest.raises(SuperSegError, match="cut off or damaged"):
        load_model(path)


_opened: list[str] = []


def _note_opening(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        _opened.append(os.fspath(arguments[0]))


def test_paths_in_models_and_tables_are_names_and_nothing_is_opened_for_them(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(bytes(24))
    weights = {str(victim): np.ones(3, np.float32), "../../victim": np.ones(3, np.float32)}
    names = (str(victim), "../victim", "file:///etc/passwd")
    model = MODEL.__class__(**{**vars(MODEL), "weights": weights, "class_names": names})
    save_model(tmp_path / "m.superseg", model)
    (tmp_path / "t.csv").write_text(f"from,to,name\n1,2,{victim}\n", encoding="utf-8")
    sys.addaudithook(_note_opening)
    _opened.clear()
    assert load_model(tmp_path / "m.superseg").class_names == names
    assert read_merge_table(tmp_path / "t.csv").names == {2: str(victim)}
    ours = {path for path in _opened if path.startswith(str(tmp_path))}
    assert ours == {str(tmp_path / "m.superseg"), str(tmp_path / "t.csv")}
    assert victim.read_bytes() == bytes(24)


class Tags(HTMLParser):
    """Notes what a browser would take for code."""

    def __init__(self):
        super().__init__()
        self.active = []
        self.text = ""

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form"):
            self.active.append(tag)
        for name, value in attributes:
            elsewhere = name in ("href", "src") and "data:image/" not in value
            if elsewhere or name.startswith("on"):
                self.active.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        self.text += data


def read_page(text):
    page = Tags()
    page.feed(text)
    page.close()
    return page


def table_of(names):
    count = len(names)
    colors = np.arange(3 * count, dtype=np.uint8).reshape(count, 3) * 9
    counts = np.full(count, 5)
    means = np.arange(2.0 * count).reshape(count, 2)
    return ClassTable(tuple(names), colors, counts, counts * 4.0, means, (SCRIPT, "b"))


def test_a_report_of_an_evaluation_quotes_names_of_files_and_classes(tmp_path):
    _, fields = quarters()
    classes = write_raster(tmp_path / "<script>x.tif", fields)
    write_class_table(classes, table_of([SCRIPT, "<img src=x onerror=y>", "c", "d"]))
    reference = write_raster(tmp_path / "<b onclick=1>.tif", fields)
    report = tmp_path / "report.html"
    with RasterSource(classes) as one, RasterSource(reference) as other:
        run_evaluation(AssessedMap(one), other, None, Outputs(str(report)), Progress())
    page = read_page(report.read_text(encoding="utf-8"))
    assert page.active == []
    for name in (SCRIPT, "<img src=x onerror=y>", "<script>x.tif", "<b onclick=1>.tif"):
        assert name in page.text


def test_a_report_of_a_run_quotes_everything(tmp_path):
    image, _ = quarters(bands=2)
    path = write_raster(tmp_path / "<script>.tif", image, names=[SCRIPT, "b"])
    provenance = run_report.Provenance(SCRIPT, {SCRIPT: SCRIPT}, {SCRIPT: SCRIPT})
    with RasterSource(path) as source:
        run = run_report.RunSummary(provenance, source, {SCRIPT: SCRIPT}, SCRIPT, {SCRIPT: 1.0})
        names = [SCRIPT, "\udce4", "c"]
        steps = [(1, 2, 0.5), (1, 3, 0.7)]
        text = run_report.segmentation_report(
            run, table_of(names), 9, run_report.Hierarchy(steps), []
        )
    page = read_page(text)
    assert page.active == []
    assert SCRIPT in page.text
    (tmp_path / "page.html").write_text(text, encoding="utf-8")


def test_folders_of_a_run_are_private_and_their_names_cannot_be_guessed(tmp_path):
    folders = [RunFolder("superseg-", tmp_path) for _ in range(2)]
    staging = [Staging() for _ in range(2)]
    places = [folder.path for folder in folders]
    for one in staging:
        places += [one.path(tmp_path / "out.tif").parent, one.scratch(tmp_path / "out.tif")]
    assert all(place.stat().st_mode & 0o777 == 0o700 for place in places)
    endings = {place.name.rsplit("-", 1)[-1] for place in places}
    assert len(endings) == len(places)
    assert all(len(ending) >= 8 for ending in endings)
    for one in staging:
        one.__exit__(None, None, None)
    for folder in folders:
        folder.remove()


def test_compiled_kernels_lie_where_nobody_else_can_put_any(tmp_path, monkeypatch):
    (tmp_path / "home").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("SUPERSEG_HOME", str(tmp_path / "home"))
    folder = numba_cache_folder(Interpreter(Path(sys.executable), "chosen"), tmp_path / "run")
    assert folder == tmp_path / "run" / "numba"


def test_no_shell_reads_the_path_of_an_interpreter(tmp_path):
    odd = tmp_path / "python; touch hacked; $(touch hacked)"
    odd.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    odd.chmod(0o700)
    with WorkerProcess(Interpreter(odd, "chosen")) as worker:
        future = worker.submit("measure_bands", {}, {})
        with pytest.raises(SuperSegError, match="exit code 3"):
            worker.result(future, Progress())
        made = [path.name for path in (*tmp_path.iterdir(), *worker._folder.iterdir())]
    assert "hacked" not in made


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_worker_listens_to_nothing_but_its_input(worker, listener):
    pixels = {"pixels": np.ones((1, 9), np.uint8)}
    worker.result(worker.submit("measure_bands", {}, pixels), listener)
    handles = Path(f"/proc/{worker.process_id}/fd")
    kinds = {handle.name: str(handle.readlink()) for handle in handles.iterdir()}
    assert kinds["0"].startswith("pipe:")
    assert not [kind for kind in kinds.values() if kind.startswith("socket:")]
