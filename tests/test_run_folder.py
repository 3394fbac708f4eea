# SPDX-License-Identifier: GPL-2.0-or-later
"""Private folders of a run, and what becomes of them when the run is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from superseg_plugin.run_folder import LOCK, RunFolder

ROOT = Path(__file__).resolve().parents[1]
HOLD = """
import sys, time
from pathlib import Path
from superseg_plugin.run_folder import RunFolder
folder = RunFolder("run-", Path(sys.argv[1]))
print(folder.path, flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process with a folder of its own, and that folder with a file in it."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        folder = Path(process.stdout.readline().strip())
        (folder / "part.tif").write_bytes(b"pixels")
        yield process, folder
        process.kill()


def kill(process):
    process.kill()
    process.wait()


def test_a_folder_is_private_and_removed_with_its_contents(tmp_path):
    folder = RunFolder("run-", tmp_path)
    assert folder.path.stat().st_mode & 0o077 == 0
    (folder.path / "part.tif").write_bytes(b"pixels")
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_killed_process_is_removed_by_the_next(tmp_path, holder):
    process, folder = holder
    kill(process)
    RunFolder("run-", tmp_path).remove()
    assert not folder.exists()


def test_the_folder_of_a_running_process_stays(tmp_path, holder):
    _, folder = holder
    own = RunFolder("run-", tmp_path)
    RunFolder("run-", tmp_path).remove()
    assert (folder / "part.tif").is_file()
    assert own.path.is_dir()


def test_the_folder_of_another_machine_stays(tmp_path, holder):
    process, folder = holder
    kill(process)
    (folder / LOCK).write_text("another machine")
    RunFolder("run-", tmp_path).remove()
    assert (folder / "part.tif").is_file()


def test_other_folders_and_links_stay(tmp_path):
    (tmp_path / "run-notes").mkdir()
    (tmp_path / "run-file").write_text("notes")
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / LOCK).write_text("")
    (tmp_path / "run-link").symlink_to(target)
    RunFolder("run-", tmp_path).remove()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "elsewhere",
        "run-file",
        "run-link",
        "run-notes",
    ]
