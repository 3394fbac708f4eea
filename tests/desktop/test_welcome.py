# SPDX-License-Identifier: GPL-2.0-or-later
"""The first steps, in a QGIS window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("welcome_script.py")
SAMPLE = "Sample: Great Salt Lake"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    pictures = tmp_path_factory.mktemp("pictures") / "welcome"
    return run_script("welcome-test", SCRIPT, {}, pictures)


def test_a_new_user_gets_a_message_and_the_sample(seen):
    # QGIS may have something of its own to say.
    assert len([text for text in seen["greeting"] if "New here?" in text]) == 1
    assert seen["layers"] == [[SAMPLE, True]]
    assert seen["count"] == 1
    assert seen["input"] == SAMPLE
    assert seen["workbench"]


def test_the_menu_of_a_layer_has_segment(seen):
    assert seen["menu"] == ["Segment with SuperSeg…"]
    assert seen["input_of_menu"] == SAMPLE


def test_the_toolbar_has_both_buttons_and_no_window_remains(seen):
    assert seen["toolbar"] == ["Segment an image…", "Class workbench"]
    assert seen["dialogs"] == []
