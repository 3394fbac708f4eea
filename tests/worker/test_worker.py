# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker process: answers, faults, cancel, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.contracts import BandScaling
from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.runtime.smoke_test import smoke_test
from superseg_plugin.worker import channel, client
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interface import WorkerError
from superseg_plugin.worker.interpreter import Interpreter, find_interpreter
from superseg_plugin.worker.launch import worker_environment

SCALING = BandScaling((0.0,) * 3, (255.0,) * 3, (128.0,) * 3, (60.0,) * 3)


def submit_training(worker, steps, network="published"):
    """Submit a training of one patch."""
    image = np.random.default_rng(0).integers(0, 255, (1, 3, 256, 256), dtype=np.uint8)
    plan = {
        "network": network,
        "classes": 8,
        "loss": "crossentropy",
        "steps": steps,
        "batch_size": 1,
        "learning_rate": 1e-3,
        "augment": False,
        "seed": 0,
    }
    superpixels = np.ones((1, 256, 256), np.int32)
    arrays = {"images": image, "superpixels": superpixels}
    return worker.submit("train", {"scaling": SCALING, "plan": plan}, arrays)


def wait_long(worker):
    """Submit a training that takes minutes."""
    return submit_training(worker, 10_000)


def device_of(worker, listener):
    """Name of the device; the worker imports NumPy and PyTorch, which takes a second."""
    answer = worker.result(worker.submit("describe_device", {"network": "light"}), listener)
    return answer.result["name"]


def gone(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def test_every_operation_runs(worker, listener):
    assert "cpu" in smoke_test(worker, listener)


def test_many_requests_at_once_get_their_own_answers(worker, listener):
    samples = [np.full((1, 50), value, np.uint8) for value in range(40)]
    futures = [worker.submit("measure_bands", {}, {"pixels": sample}) for sample in samples]
    answers = [worker.result(future, listener).result for future in futures]
    assert [answer["scaling"]["center"][0] for answer in answers] == list(range(40))


def test_kept_arrays_are_written_once_and_go_with_the_last_that_uses_them(worker, listener):
    folder = worker._folder
    kept = worker.keep({"pixels": np.full((1, 50), 7, np.uint8), "none": np.zeros((0, 2))})
    (file,) = folder.glob("kept-*")
    requests = [worker.submit("measure_bands", {}, kept) for _ in range(3)]
    del kept
    for request in requests:
        assert worker.result(request, listener).result["scaling"]["center"] == [7.0]
    assert all(path.stat().st_size == 0 for path in folder.glob("slot-*.request"))
    del requests, request
    # The thread that reads the answers lets go of a request just after its answer is there.
    for _ in range(100):
        if not file.exists():
            break
        time.sleep(0.05)
    assert not file.exists()


def test_an_answer_that_is_kept_can_be_asked_about(worker, listener):
    segmenter = {"method": "felzenszwalb"}
    core = {"row": 0, "col": 0, "rows": 40, "cols": 40}
    options = {"scaling": SCALING, "segmenter": segmenter, "core": core}
    image = np.zeros((3, 40, 40), np.uint8)
    image[:, :, 20:] = 200
    asked = worker.submit("superpixels", options, {"image": image}, keep=True)
    answer = worker.result(asked, listener).arrays
    assert sorted(np.unique(answer["labels"])) == [1, 2]
    described = {"image": image, "labels": answer["labels"]}
    options = {"scaling": SCALING, "core": core, "labeled": core}
    found = worker.result(worker.submit("describe_superpixels", options, described), listener)
    assert found.arrays["ids"].tolist() == [1, 2]
    # A view of a kept array is sent like any other array.
    part = answer["labels"][:20]
    half = {"row": 0, "col": 0, "rows": 20, "cols": 40}
    options = {"scaling": SCALING, "core": half, "labeled": half}
    described = {"image": image[:, :20], "labels": part}
    found = worker.result(worker.submit("describe_superpixels", options, described), listener)
    assert found.arrays["sums"][:, 0].tolist() == [400, 400]


def test_a_fault_in_an_operation_brings_its_traceback(worker, listener):
    with pytest.raises(WorkerError, match=r"Traceback[\s\S]*KeyError"):
        worker.result(worker.submit("measure_bands", {}, {}), listener)
    assert "cpu" in device_of(worker, listener)


def test_a_missing_device_is_named_with_the_remedy(listener):
    with WorkerProcess(find_interpreter(), device="mps") as process:
        future = process.submit("describe_device", {"network": "light"})
        with pytest.raises(SuperSegError, match=r"DEVICE mps .*cpu"):
            process.result(future, listener)


def test_a_killed_worker_is_an_error_and_not_a_hang(worker, listener):
    future = wait_long(worker)
    os.kill(worker.process_id, signal.SIGKILL)
    with pytest.raises(SuperSegError, match=r"ended unexpectedly with exit code -9"):
        worker.result(future, listener)
    with pytest.raises(SuperSegError, match="ended unexpectedly"):
        worker.result(worker.submit("describe_device", {"network": "light"}), listener)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "an answer that QGIS has no memory for"),
        (ValueError("damaged"), r"cannot be read by QGIS \(ValueError: damaged\)"),
    ],
)
def test_an_answer_that_qgis_cannot_take_is_an_error_at_once(
    listener, monkeypatch, error, sentence
):
    def failing(*_arguments):
        raise error

    with WorkerProcess(find_interpreter(), device="cpu") as worker:
        assert worker.usable
        monkeypatch.setattr(channel, "load_arrays", failing)
        began = time.monotonic()
        with pytest.raises(SuperSegError, match=sentence):
            worker.result(
                worker.submit("measure_bands", {}, {"pixels": np.ones((1, 50))}), listener
            )
        assert time.monotonic() - began < 30
        assert not worker.usable


def test_cancel_ends_the_process_within_two_seconds(listener):
    asked = []

    def ask_to_stop():
        asked.append(time.monotonic())
        listener.stop = True

    process = WorkerProcess(find_interpreter(), device="cpu")
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
    with WorkerProcess(find_interpreter(), device="cpu") as process:
        folder, process_id = process._folder, process.process_id
        process.result(process.submit("measure_bands", {}, {"pixels": np.ones((1, 9))}), listener)
        assert folder.stat().st_mode & 0o077 == 0
    assert gone(process_id)
    assert not folder.exists()


def impostor(folder, script):
    """An interpreter that runs a script in place of the worker."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Interpreter(path, "chosen")


def ask(process, listener):
    return process.result(process.submit("measure_bands", {}, PIXELS), listener).result


PIXELS = {"pixels": np.ones((1, 9))}


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo broken >&2\nexit 3", r"exit code 3 in its operation measure_bands: broken"),
        ("exit 0", r"exit code 0 in its operation measure_bands: no error output"),
        ("echo '[1'\necho '{}'\nexit 0", r"exit code 0 in .*: \[1 \| \{\}"),
        (
            "echo '{\"event\": \"alive\"}'\necho '<html>'\nsleep 9",
            r"sent a message that cannot be read.*<html>",
        ),
    ],
)
def test_an_interpreter_that_cannot_serve_is_an_error(tmp_path, listener, script, sentence):
    with (
        WorkerProcess(impostor(tmp_path, script)) as process,
        pytest.raises(SuperSegError, match=sentence + r".*superseg:runtimereport"),
    ):
        ask(process, listener)


def test_an_interpreter_that_is_not_a_program_is_an_error(tmp_path):
    path = tmp_path / "python"
    path.write_bytes(b"\x7fELF, but not really")
    path.chmod(0o755)
    with pytest.raises(SuperSegError, match=r"cannot be started \(.*\); run superseg:runtime"):
        WorkerProcess(Interpreter(path, "chosen")).__enter__()


def test_a_script_may_print_something_before_it_starts_python(tmp_path, listener):
    script = f'echo "Loading modules"\n{find_interpreter().path} "$@"\necho "Unloading"'
    with WorkerProcess(impostor(tmp_path, script), device="cpu") as process:
        assert ask(process, listener)["scaling"]
        folder = process._folder
    # The process was the script; Python, its child, has to end as well.
    assert not workers_of(folder)


def test_a_worker_that_never_starts_is_given_up(tmp_path, listener, monkeypatch):
    monkeypatch.setattr(client, "SILENCE_SECONDS", 1.0)
    with (
        WorkerProcess(impostor(tmp_path, "exec sleep 60")) as process,
        pytest.raises(SuperSegError, match=r"does not start: no message for 1 s"),
    ):
        ask(process, listener)


def test_a_stopped_worker_is_given_up_and_a_busy_one_is_not(listener, monkeypatch):
    monkeypatch.setattr(client, "SILENCE_SECONDS", 5.0)
    with WorkerProcess(find_interpreter(), device="cpu") as process:
        ask(process, listener)
        future = wait_long(process)
        began = time.monotonic()
        threading.Timer(6.0, os.kill, (process.process_id, signal.SIGSTOP)).start()
        with pytest.raises(SuperSegError, match=r"no longer answers: no message for 5 s"):
            process.result(future, listener, lambda event: None)
        # It computed for six seconds, during which it sent only heartbeats.
        ended = time.monotonic()
        assert ended - began > 10
    assert time.monotonic() - ended < 2
    assert gone(process.process_id)


def test_each_thread_is_told_of_its_own_request(worker, listener):
    told = {2: [], 3: []}

    def train(steps):
        answer = submit_training(worker, steps, "light")
        worker.result(answer, listener, lambda event: told[steps].append(event["step"]))

    threads = [threading.Thread(target=train, args=(steps,)) for steps in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == {2: [1, 2], 3: [1, 2, 3]}


def test_the_log_says_that_a_long_computation_continues(worker, listener, monkeypatch):
    monkeypatch.setattr(client, "NEWS_SECONDS", 0.2)
    device_of(worker, listener)
    assert "Still computing" in listener.lines


def workers_of(folder):
    """Processes whose command line names a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            found.append(entry.name)
    return found


HOST = """
import sys, time
from superseg_plugin.progress import Progress
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter
from tests.worker.test_worker import wait_long
with WorkerProcess(find_interpreter(), device="cpu") as worker:
    worker.result(worker.submit("describe_device", {"network": "light"}), Progress())
    future = wait_long(worker)
    print(worker._folder, flush=True)
    worker.result(future, Progress())
"""


def test_a_worker_whose_qgis_is_killed_ends_and_removes_its_files(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", HOST]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as host:
        folder = Path(host.stdout.readline().strip())
        assert folder.parent == tmp_path
        assert workers_of(folder)
        host.kill()
    end = time.monotonic() + 10
    while workers_of(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert not workers_of(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_of_temporary_files_is_an_error(worker, listener):
    worker._folder = Path("/proc")
    with pytest.raises(SuperSegError, match=r"temporary files.*TMPDIR"):
        ask(worker, listener)


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
    kept = worker_environment(host, find_interpreter(), Path("/run/of/this"))
    own = {"NUMBA_CACHE_DIR", "OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX"}
    assert set(kept) == {"HOME", *own}


def test_the_worker_ignores_a_poisoned_python_path(tmp_path, monkeypatch, listener):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise ImportError('poisoned')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with WorkerProcess(find_interpreter(), device="cpu") as process:
        assert "cpu" in device_of(process, listener)
