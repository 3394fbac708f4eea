# SPDX-License-Identifier: GPL-2.0-or-later
"""Installing the environment: refusals, cancel, leftovers, replacement and restoring."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.runtime import environment as building
from superseg_plugin.runtime.builds import builds_for, choose_build
from superseg_plugin.runtime.commands import Step
from superseg_plugin.runtime.environment import (
    install_environment,
    installation_commands,
    remove_environment,
    restore_previous,
)
from superseg_plugin.runtime.exclusion import exclusive_change
from superseg_plugin.runtime.installation import check_space
from superseg_plugin.runtime.installer import InstallerError, run_step
from superseg_plugin.worker.interpreter import (
    environment_folder,
    runtime_home,
    set_runtime_home,
)
from superseg_plugin.worker.system import this_system


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data folder."""
    monkeypatch.setenv("SUPERSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def old_environment(home):
    """A folder in place of a working environment."""
    (home / "runtime").mkdir(parents=True)
    (home / "runtime" / "kept.txt").write_text("old")
    return home / "runtime"


def python_step(code, **options):
    return Step("Working", (sys.executable, "-I", "-u", "-c", code), **options)


def run(step, folder, progress):
    run_step(step, sys.executable, dict(os.environ), folder, 1, progress)


def stopping(listener, words):
    """A listener that asks to stop as soon as a line has these words."""

    class Impatient(type(listener)):
        def log(self, text):
            super().log(text)
            if words in text:
                self.stop = True
                self.asked = time.monotonic()

    return Impatient()


def gone(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().split(")")[1].split()[0]
    except FileNotFoundError:
        return True
    # It has ended, and its parent has not read its exit code.
    return state == "Z"


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


# A command without output that has a child without output.
SILENT = (
    "import subprocess, sys, time, os; from pathlib import Path; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']); "
    "Path('pids').write_text(f'{os.getpid()} {child.pid}'); time.sleep(300)"
)


def process_ids(folder):
    file = folder / "pids"
    wait_for(lambda: file.is_file() and len(file.read_text().split()) == 2)
    return [int(text) for text in file.read_text().split()]


def test_the_output_of_a_command_is_logged(tmp_path, listener):
    run(python_step("print('one'); print('two')"), tmp_path, listener)
    assert listener.lines == ["one", "two"]


def test_a_failure_quotes_the_error_of_the_command(tmp_path, listener):
    code = "import sys; print('ERROR: no such wheel'); print('hint: try'); sys.exit(3)"
    with pytest.raises(InstallerError, match=r"exit code 3: ERROR: no such wheel"):
        run(python_step(code), tmp_path, listener)


def test_cancel_ends_a_silent_command_and_its_child_at_once(tmp_path, listener):
    times = []

    class Impatient(type(listener)):
        def cancelled(self):
            if (tmp_path / "pids").is_file() and not times:
                process_ids(tmp_path)
                times.append(time.monotonic())
            return bool(times)

    with pytest.raises(Cancelled):
        run(python_step(SILENT), tmp_path, Impatient())
    assert time.monotonic() - times[0] < 2
    wait_for(lambda: all(map(gone, process_ids(tmp_path))), seconds=2)


def test_a_killed_qgis_leaves_no_installer_behind(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; "
        "from superseg_plugin.progress import Progress; "
        "from superseg_plugin.runtime.commands import Step; "
        "from superseg_plugin.runtime.installer import run_step; "
        "run_step(Step('Working', (sys.executable, '-c', sys.argv[1])), sys.executable, "
        "dict(os.environ), Path(sys.argv[2]), 1, Progress())"
    )
    repository = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", code, SILENT, tmp_path], cwd=repository) as host:
        pids = process_ids(tmp_path)
        host.send_signal(signal.SIGKILL)
    wait_for(lambda: all(map(gone, pids)), seconds=5)


@pytest.mark.parametrize(
    ("backend", "source", "words"),
    [("gpu", None, "BACKEND"), ("cpu", "/no/such/folder", "SOURCE.*neither a folder nor a zip")],
)
def test_bad_options_are_named(home, listener, backend, source, words):
    with pytest.raises(SuperSegError, match=words):
        install_environment(backend, source, listener)


def test_a_full_disk_is_refused_with_the_sizes(tmp_path):
    check_space(tmp_path, 1)
    with pytest.raises(SuperSegError, match=r"has .* free and the installation needs 99999\.0 GB"):
        check_space(tmp_path, 99_999_000)


def test_a_folder_of_the_user_is_not_replaced(home, tmp_path, listener):
    mine = tmp_path / "projects" / "runtime"
    mine.mkdir(parents=True)
    with pytest.raises(SuperSegError, match=r"projects/runtime was not created by SuperSeg"):
        install_environment("cpu", None, listener, folder=str(tmp_path / "projects"))
    assert [path.name for path in mine.parent.iterdir()] == ["runtime"]


def test_a_failed_installation_changes_nothing(old_environment, home, tmp_path, listener):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with pytest.raises(SuperSegError, match=r"(?s)torch.*folder must hold"):
        install_environment("cpu", str(wheels), listener)
    assert (old_environment / "kept.txt").read_text() == "old"
    assert sorted(path.name for path in home.iterdir()) == ["install.log", "runtime"]
    assert "torch" in (home / "install.log").read_text()


def test_paths_in_a_zip_do_not_lead_out_of_its_folder(home, tmp_path, listener):
    with zipfile.ZipFile(tmp_path / "wheels.zip", "w") as opened:
        opened.writestr("../../../out-0-py3-none-any.whl", "no wheel")
        opened.writestr("../../../torch-0-py3-none-any.whl", "no wheel")
        opened.writestr("readme.txt", "no wheel either")
    with pytest.raises(Cancelled):
        install_environment("cpu", str(tmp_path / "wheels.zip"), stopping(listener, "Building"))
    wait_for(lambda: not list(home.glob("partial-*")))
    assert not [*tmp_path.rglob("out-0*"), *tmp_path.rglob("torch-0*")]


def test_a_cancelled_installation_changes_nothing(old_environment, home, listener):
    impatient = stopping(listener, " venv ")
    with pytest.raises(Cancelled):
        install_environment("cpu", None, impatient)
    assert time.monotonic() - impatient.asked < 2
    wait_for(lambda: not list(home.glob("partial-*")))
    assert (old_environment / "kept.txt").read_text() == "old"
    assert sorted(path.name for path in home.iterdir()) == ["install.log", "runtime"]


def test_leftovers_of_a_killed_build_are_removed_by_the_next(home, tmp_path, listener):
    code = (
        "import os, sys; from pathlib import Path; "
        "from superseg_plugin.run_folder import RunFolder; "
        "folder = RunFolder('partial-', Path(sys.argv[1])); "
        "(folder.path / 'big').write_text('x'); os.kill(os.getpid(), 9)"
    )
    home.mkdir()
    repository = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, home], cwd=repository, check=False)
    assert [path.name for path in home.glob("partial-*/big")] == ["big"]
    with pytest.raises(Cancelled):
        install_environment("cpu", None, stopping(listener, "Building"))
    wait_for(lambda: not list(home.glob("partial-*")))


def test_one_previous_environment_is_kept(old_environment, home, listener):
    for content in ("new", "newer"):
        made = home / "made"
        made.mkdir()
        (made / "kept.txt").write_text(content)
        building._replace_environment(made, home, listener)
    assert (home / "runtime" / "kept.txt").read_text() == "newer"
    assert (home / "runtime.previous" / "kept.txt").read_text() == "new"


def test_the_previous_environment_can_be_restored(old_environment, home, listener):
    with pytest.raises(SuperSegError, match="no previous"):
        restore_previous()
    made = home / "made"
    made.mkdir()
    (made / "kept.txt").write_text("new")
    building._replace_environment(made, home, listener)
    assert restore_previous() == old_environment
    assert (old_environment / "kept.txt").read_text() == "old"
    assert (home / "runtime.previous" / "kept.txt").read_text() == "new"


def test_the_old_environment_is_restored_if_the_new_one_cannot_be_moved(
    old_environment, home, listener
):
    with pytest.raises(SuperSegError, match="cannot be replaced"):
        building._replace_environment(home / "missing", home, listener)
    assert (old_environment / "kept.txt").read_text() == "old"


def test_an_environment_on_another_disk_is_found(old_environment, home, tmp_path, listener):
    made = tmp_path / "made"
    made.mkdir()
    (tmp_path / "disk").mkdir()
    building._replace_environment(made, tmp_path / "disk", listener)
    assert environment_folder() == tmp_path / "disk" / "runtime"
    assert not old_environment.exists()


def test_removal_leaves_nothing(old_environment, home):
    (home / "runtime.previous").mkdir()
    (home / "partial-x").mkdir()
    set_runtime_home(home)
    remove_environment()
    assert not [path for path in home.iterdir() if path.name != "partial-x"]
    assert runtime_home() == home


HOLD = """
import sys, time
from pathlib import Path
from superseg_plugin.runtime.exclusion import exclusive_change
with exclusive_change(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
USE = """
import sys
from pathlib import Path
from superseg_plugin.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]) / "in-use.lock", shared=True)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def process(code, *arguments):
    """Another process, once it has said that it holds its lock."""
    repository = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=repository, stdin=pipe, stdout=pipe) as started:
        try:
            assert started.stdout.readline().strip() == b"held"
            yield started
        finally:
            started.kill()


def test_two_changes_exclude_each_other_and_a_killed_one_does_not(old_environment, home, listener):
    (home / "runtime.previous").mkdir()
    with process(HOLD, home) as other:
        for change in (
            lambda: install_environment("cpu", None, listener),
            lambda: remove_environment(listener),
            lambda: restore_previous(listener),
        ):
            with pytest.raises(SuperSegError, match="Another QGIS installs or removes the runtime"):
                change()
        other.kill()
        other.wait()
        restore_previous(listener)
    assert not list(home.glob("partial-*"))
    assert (home / "runtime.previous" / "kept.txt").read_text() == "old"


def test_an_environment_is_replaced_when_no_worker_runs_from_it(old_environment, home, listener):
    made = home / "made"
    made.mkdir()
    with process(USE, old_environment) as one, process(USE, old_environment) as two:
        with pytest.raises(Cancelled):
            building._replace_environment(made, home, stopping(listener, "Waiting until the runs"))
        assert (old_environment / "kept.txt").exists()
        assert made.exists()
        threading.Timer(0.5, one.kill).start()
        threading.Timer(1.0, two.kill).start()
        building._replace_environment(made, home, listener)
    assert (home / "runtime.previous" / "kept.txt").read_text() == "old"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Folder and content: an exchange of the present NEW and the previous OLD, step by step.
        ({"runtime": "new", "partial-previous": "old"}, {"runtime": "new", "previous": "old"}),
        (
            {"runtime.previous": "new", "partial-previous": "old"},
            {"runtime": "new", "previous": "old"},
        ),
        ({"runtime": "old", "runtime.previous": "new"}, {"runtime": "old", "previous": "new"}),
        ({"runtime.previous": "new"}, {"runtime": "new"}),
        ({"partial-previous": "old"}, {"runtime": "old"}),
    ],
)
def test_an_exchange_that_was_killed_loses_nothing(home, before, after):
    for name, content in before.items():
        (home / name).mkdir(parents=True)
        (home / name / "kept.txt").write_text(content)
    with exclusive_change(home):
        pass
    found = {path.parent.name: path.read_text() for path in home.glob("*/kept.txt")}
    assert {name.replace("runtime.", ""): content for name, content in found.items()} == after


def test_the_shown_commands_build_the_same_environment(home, tmp_path):
    first, *rest = installation_commands("cpu", str(tmp_path))
    assert str(home / "runtime") in first
    assert all("--no-index" in line and str(tmp_path) in line for line in rest)
    assert all("--only-binary :all:" in line for line in rest)
    assert any("--require-hashes" in line and "locked" in line for line in rest)


def test_builds_and_indexes_of_each_system():
    linux, windows, mac = (
        type(this_system())(**{**vars(this_system()), "platform": name, "machine": machine})
        for name, machine in (("linux", "x86_64"), ("win32", "AMD64"), ("darwin", "arm64"))
    )
    for where in (linux, windows):
        small, large = builds_for(where)
        assert (small.name, large.name) == ("cpu", "cuda")
        assert small.download < large.download
    assert choose_build(linux, "cpu").torch_index is not None
    assert choose_build(linux, "cuda").torch_index is None
    assert choose_build(windows, "cuda").torch_index is not None
    assert choose_build(mac, "auto").torch_index is None
    with pytest.raises(SuperSegError, match="macOS"):
        choose_build(mac, "cuda")
