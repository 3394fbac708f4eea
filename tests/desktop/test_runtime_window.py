# SPDX-License-Identifier: GPL-2.0-or-later
"""The runtime window of a QGIS without a runtime."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from superseg_plugin.worker.interpreter import find_interpreter, numba_cache_folder
from tests.desktop.session import picture_size_and_colors, run_script

SCRIPT = Path(__file__).with_name("runtime_script.py")
PICTURES = ("missing", "commands", "installing", "failed", "ready", "cluster")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, and the folder of the pictures."""
    folder = tmp_path_factory.mktemp("runtime")
    (folder / "wheels").mkdir()
    interpreter = find_interpreter()
    job = {
        "python": str(interpreter.path),
        "kernels": str(numba_cache_folder(interpreter, folder)),
        "home": str(folder / "home"),
        "wheels": str(folder / "wheels"),
    }
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        environment = {
            "SUPERSEG_HOME": job["home"],
            "SUPERSEG_PYTHON": "",
            "HTTPS_PROXY": address,
            "https_proxy": address,
            "NO_PROXY": "",
            "no_proxy": "",
            "PIP_INDEX_URL": f"{address}simple/",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": "",
        }
        seen = run_script("runtime-test", SCRIPT, job, folder / "pictures", environment)
    return seen, folder / "pictures"


@pytest.fixture
def seen(session):
    return session[0]


def test_segment_offers_the_runtime_window(seen):
    text, dialogs = seen["offered"]
    assert text == "One thing is missing: the runtime."
    assert dialogs == []
    assert 'href="superseg:runtime"' in seen["reason"]


def test_the_window_shows_the_state_and_the_sizes_of_builds(seen):
    assert "Not installed yet" in seen["missing"]
    assert all(" to download, " in title for title in seen["builds"])
    assert "needed while installing" in seen["space"]
    assert seen["no folder"] == ["/no/such/folder does not exist.", False]


def test_first_steps_name_the_runtime_as_missing(seen):
    assert seen["guide"] == [True, False]


def test_the_log_is_folded_until_it_has_text(seen):
    hidden, height = seen["folded"]
    assert hidden
    assert height < 520


def test_a_runtime_that_works_leads_to_the_image(seen):
    # The message bar offers the runtime no longer, and the window offers to segment.
    assert seen["offers"] == [[True, False], [False, True]]
    assert seen["to segment"] == "Sample: Great Salt Lake"
    # It would lie over the dialog of Segment.
    assert seen["hidden"]


def test_the_window_with_its_log_stays_on_the_screen(seen):
    window, screen = seen["bottoms"]
    assert window <= screen


def test_the_window_shows_the_commands(seen):
    assert "--no-index" in seen["commands"]
    assert "pip download" in seen["commands"]


def test_an_installation_can_be_cancelled(seen):
    assert seen["while installing"] == ["cancel"]
    assert "Cancelled." in seen["cancel"][1]
    assert seen["left"] == ["install.log"]


@pytest.mark.response_times
def test_an_installation_does_not_block_qgis_and_ends_at_once(seen):
    assert seen["longest pause"] < 1
    assert seen["cancel"][0] < 2


def test_a_failed_installation_gives_a_message(seen):
    assert "folder must hold" in seen["failed"]


def test_buttons_that_would_do_nothing_are_disabled(seen):
    assert seen["python buttons"] == [[False, False], [True, False], [True, True]]


def test_a_chosen_python_is_used_and_reported(seen):
    status, python = seen["ready"]
    assert "ready" in status
    assert "chosen by you" in python
    assert seen["device"]
    assert "Trial run: works" in seen["report"]
    assert str(Path.home()) not in seen["report"]


def test_removal_and_unloading(seen):
    log, there = seen["removed"]
    assert "Removed" in log
    assert not there
    assert "Not installed yet" in seen["given up"]
    assert seen["after unloading"] == []


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_shows_something(session, name):
    width, colors = picture_size_and_colors(session[1] / f"{name}.png")
    assert width >= 500
    assert colors > 50


def test_a_cluster_is_refused_or_stored(seen):
    refused, stored, forgotten, no_paths = seen["cluster"]
    assert "not encrypted" in refused[0]
    assert refused[1:] == ["", True, False]
    assert "tcp://10.1.2.3:8786" in stored[0]
    assert stored[1:] == ["tcp://10.1.2.3:8786 unencrypted", False, True]
    assert forgotten == ["", ""]
    assert "'/data is /mnt/data' is not a path here and a path there" in no_paths[0]
    assert no_paths[1] == "/data = /mnt/data"
