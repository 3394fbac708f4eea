# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways into the plugin, in a real QGIS window."""

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


def test_a_new_user_is_greeted_and_led_to_a_sample(seen):
    # QGIS may have something of its own to say.
    assert len([text for text in seen["greeting"] if "New here?" in text]) == 1
    assert seen["layers"] == [[SAMPLE, True]]
    assert seen["count"] == 1
    assert seen["input"] == SAMPLE
    assert seen["workbench"]


def test_a_layer_offers_to_be_segmented(seen):
    assert seen["menu"] == ["Segment with SuperSeg…"]
    assert seen["input_of_menu"] == SAMPLE


def test_the_toolbar_has_both_buttons_and_no_window_is_left(seen):
    assert seen["toolbar"] == ["Segment an image…", "Class workbench"]
    assert seen["dialogs"] == []
