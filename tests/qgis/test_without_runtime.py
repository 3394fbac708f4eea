# SPDX-License-Identifier: GPL-2.0-or-later
"""Algorithms without a runtime: some work, the others give a message."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException

pytestmark = pytest.mark.own_worker

NEEDY = {"segment", "superpixels", "trainfcn", "classify"}


@pytest.fixture
def no_runtime(monkeypatch, tmp_path):
    """An interpreter is chosen that does not exist."""
    monkeypatch.setenv("SUPERSEG_PYTHON", str(tmp_path / "python"))


def test_algorithms_know_whether_they_can_run(provider, no_runtime):
    for name in ("averagecolor", "evaluate", "installruntime", "runtimereport"):
        assert provider.algorithm(name).canExecute() == (True, "")
    for name in NEEDY:
        able, reason = provider.algorithm(name).canExecute()
        assert not able
        assert "torch" in reason
        assert "Install the runtime" in reason or "installruntime" in reason


def test_a_run_without_runtime_gives_the_same_message(run, no_runtime, provider, files, tmp_path):
    _, reason = provider.algorithm("superpixels").canExecute()
    parameters = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "out.tif")}
    with pytest.raises(QgsProcessingException) as caught:
        run("superseg:superpixels", parameters)
    said = str(caught.value)
    # Where there is a window, the link to the runtime's comes after it.
    assert reason.startswith(said)
    assert "superseg:installruntime" in said
    assert "<" not in said


def test_other_algorithms_run_without_runtime(run, no_runtime, files, tmp_path):
    path = str(tmp_path / "average.tif")
    parameters = {"INPUT": files["scene"], "CLASSIFICATION": files["fields"], "OUTPUT": path}
    assert run("superseg:averagecolor", parameters)["OUTPUT"] == path
    parameters = {"CLASSIFICATION": files["fields"], "REFERENCE": files["fields"]}
    assert run("superseg:evaluate", parameters)["AMI"] == pytest.approx(1.0)


def test_the_report_works_without_a_runtime(run, no_runtime, tmp_path):
    text = run("superseg:runtimereport", {})["TEXT"]
    assert "python" in text.lower()
