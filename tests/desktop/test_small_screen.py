# SPDX-License-Identifier: GPL-2.0-or-later
"""The runtime window on a small screen."""

from __future__ import annotations

from pathlib import Path

from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("runtime_script.py")


def test_the_window_leaves_room_for_its_title_on_a_small_screen(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    job = {"only look": True, "home": str(home), "window": [1280, 720]}
    environment = {"SUPERSEG_HOME": str(home)}
    pictures = tmp_path / "small"
    screen = "-screen 0 1280x720x24"
    seen = run_script("runtime-small", SCRIPT, job, pictures, environment, screen)
    height, available = seen["heights"]
    assert available == 720
    assert height <= 720 - 30
