# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker process: answers, faults, cancel, and nothing left behind."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.worker.client import Worker, WorkerError
from superseg_plugin.worker.interpreter import Interpreter, find_interpreter
from superseg_plugin.worker.launch import worker_environment
from superseg_plugin.worker.smoke_test import smoke_test


def wait_long(worker):
    """Submit a training that goes on for minutes."""
    image = np.random.default_rng(0).integers(0, 255, (1, 3, 256, 256), dtype=np.uint8)
    scaling = {
        "low": [0.0] * 3,
        "high": [255.0] * 3,
        "center": [128.0] * 3,
        "spread": [60.0] * 3,
        "distance_factor": 1.0,
    }
    plan = {
        "network": "published",
        "classes": 8,
        "loss": "crossentropy",
        "steps": 10_000,
        "batch_size": 1,
        "learning_rate": 1e-3,
        "augment": False,
        "seed": 0,
    }
    superpixels = np.ones((1, 256, 256), np.int32)
    arrays = {"images": image, "superpixels": superpixels}
    return worker.submit("train", {"scaling": scaling, "plan": plan}, arrays)


def gone(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def test_every_operation_runs(worker, listener):
    assert "cpu" in smoke_test(worker, listener)


def test_many_requests_at_once_are_answered_to_their_askers(worker, listener):
    samples = [np.full((1, 50), value, np.uint8) for value in range(40)]
    futures = [worker.submit("measure_bands", {}, {"pixels": sample}) for sample in samples]
    answers = [worker.result(future, listener).result for future in futures]
    assert [answer["scaling"]["center"][0] for answer in answers] == list(range(40))


def test_a_fault_in_an_operation_brings_its_traceback(worker, listener):
    with pytest.raises(WorkerError, match=r"Traceback[\s\S]*KeyError"):
        worker.result(worker.submit("measure_bands", {}, {}), listener)
    assert "cpu" in smoke_test(worker, listener)


def test_a_device_that_is_not_there_is_named_with_the_cure(listener):
    with Worker(find_interpreter(), device="mps") as process:
        future = process.submit("describe_device", {"network": "light"})
        with pytest.raises(SuperSegError, match=r"DEVICE mps .*cpu"):
            process.result(future, listener)


def test_a_killed_worker_is_a_sentence_and_not_a_hang(worker, listener):
    future = wait_long(worker)
    os.kill(worker.process_id, signal.SIGKILL)
    with pytest.raises(SuperSegError, match=r"ended unexpectedly with exit code -9"):
        worker.result(future, listener)
    with pytest.raises(SuperSegError, match="ended unexpectedly"):
        worker.result(worker.submit("describe_device", {"network": "light"}), listener)


def test_cancel_ends_the_process_within_two_seconds(listener):
    asked = []

    def ask_to_stop():
        asked.append(time.monotonic())
        listener.stop = True

    process = Worker(find_interpreter(), device="cpu")
    threading.Timer(4.0, ask_to_stop).start()
    with pytest.raises(Cancelled):
        train_until_stopped(process, listener)
    assert time.monotonic() - asked[0] < 2
    assert gone(process.process_id)
    assert not process._folder.exists()


def train_until_stopped(process, listener):
    with process:
        process.result(wait_long(process), listener)


def test_an_ended_worker_leaves_no_process_and_no_file(listener):
    with Worker(find_interpreter(), device="cpu") as process:
        folder, process_id = process._folder, process.process_id
        process.result(process.submit("measure_bands", {}, {"pixels": np.ones((1, 9))}), listener)
        assert folder.stat().st_mode & 0o077 == 0
    assert gone(process_id)
    assert not folder.exists()


def test_an_interpreter_that_cannot_serve_is_a_sentence(tmp_path, listener):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    fake.chmod(0o755)
    with Worker(Interpreter(fake, "chosen")) as process:
        future = process.submit("describe_device", {"network": "light"})
        with pytest.raises(SuperSegError, match=r"exit code 3 in .*describe_device: broken"):
            process.result(future, listener)


def test_nothing_of_the_hosts_python_reaches_the_worker():
    host = {
        "PYTHONPATH": "/elsewhere",
        "PYTHONHOME": "/elsewhere",
        "LD_LIBRARY_PATH": "/elsewhere",
        "LD_PRELOAD": "x.so",
        "GDAL_DATA": "/elsewhere",
        "PROJ_LIB": "/elsewhere",
        "QGIS_PREFIX_PATH": "/usr",
        "DYLD_INSERT_LIBRARIES": "x",
        "HOME": "/home/someone",
    }
    kept = worker_environment(host, find_interpreter())
    assert set(kept) == {"HOME", "NUMBA_CACHE_DIR", "OMP_WAIT_POLICY"}


def test_the_worker_ignores_a_poisoned_python_path(tmp_path, monkeypatch, listener):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise ImportError('poisoned')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker(find_interpreter(), device="cpu") as process:
        assert "cpu" in smoke_test(process, listener)
