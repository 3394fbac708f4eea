# SPDX-License-Identifier: GPL-2.0-or-later
"""Choice of the Python that runs the worker, and the error if there is none."""

from __future__ import annotations

import json
import os

import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.worker import interpreter as ladder


def fake_python(folder, answer):
    """An executable that answers the probe with these versions, or fails."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "python"
    path.write_text("#!/bin/sh\n" + (f"echo '{json.dumps(answer)}'\n" if answer else "exit 1\n"))
    path.chmod(0o755)
    return path


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERSEG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SUPERSEG_PYTHON", raising=False)
    monkeypatch.setattr(ladder, "own_python", lambda host: None)
    return tmp_path / "home"


GOOD = dict.fromkeys(ladder.NEEDED, "1.0")


def test_the_users_choice_comes_first(empty_home, tmp_path, monkeypatch):
    fake_python(empty_home / "runtime" / "bin", GOOD)
    chosen = fake_python(tmp_path / "mine", GOOD)
    assert ladder.find_interpreter(str(chosen)).path == chosen
    variable = fake_python(tmp_path / "other", GOOD)
    monkeypatch.setenv("SUPERSEG_PYTHON", str(variable))
    found = ladder.find_interpreter(str(chosen))
    assert (found.path, found.origin) == (variable, "chosen")


def test_a_bad_choice_is_not_silently_replaced(empty_home, tmp_path):
    fake_python(empty_home / "runtime" / "bin", GOOD)
    bad = fake_python(tmp_path / "bad", None)
    with pytest.raises(SuperSegError, match=r"bad/python.*torch.*installruntime"):
        ladder.find_interpreter(str(bad))


def test_the_managed_environment_precedes_qgis_own(empty_home, tmp_path, monkeypatch):
    own = fake_python(tmp_path / "qgis", GOOD)
    monkeypatch.setattr(ladder, "own_python", lambda host: str(own))
    assert ladder.find_interpreter().origin == "qgis"
    fake_python(empty_home / "runtime" / "bin", GOOD)
    assert ladder.find_interpreter().origin == "managed"


def test_without_any_the_error_names_the_remedy(empty_home):
    reason = ladder.interpreter_missing_reason()
    assert "torch" in reason
    assert "superseg:installruntime" in reason


def test_a_successful_probe_is_stored_and_a_failed_one_repeated(empty_home, tmp_path):
    path = fake_python(tmp_path / "mine", None)
    assert ladder.probe(path) is None
    fake_python(tmp_path / "mine", GOOD)
    assert ladder.probe(path) == GOOD
    stamp = path.stat()
    path.write_text("#!/bin/sh\nexit 1\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert ladder.probe(path) == GOOD


def test_whether_a_run_is_possible_is_known_without_starting_a_python(
    empty_home, tmp_path, monkeypatch
):
    def started(*_arguments):
        raise AssertionError("a Python was started")

    monkeypatch.setattr(ladder, "output_of", started)
    own = fake_python(tmp_path / "qgis", GOOD)
    monkeypatch.setattr(ladder, "own_python", lambda host: str(own))
    # QGIS's own Python, which runs this, has no torch.
    assert "superseg:installruntime" in ladder.interpreter_missing_reason()
    fake_python(empty_home / "runtime" / "bin", GOOD)
    assert ladder.interpreter_missing_reason() == ""
    assert "is missing" in ladder.interpreter_missing_reason(str(tmp_path / "none"))


def test_qgis_own_python_is_known_once_it_was_tried(empty_home, tmp_path, monkeypatch):
    own = fake_python(tmp_path / "qgis", GOOD)
    monkeypatch.setattr(ladder, "own_python", lambda host: str(own))
    assert ladder.interpreter_missing_reason()
    assert ladder.find_interpreter().origin == "qgis"
    assert ladder.interpreter_missing_reason() == ""
