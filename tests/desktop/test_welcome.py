# SPDX-License-Identifier: GPL-2.0-or-later
"""The first steps, in a QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.class_rasters import striped, write_classes
from tests.conftest import write_raster
from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("welcome_script.py")
SAMPLE = "Sample: Great Salt Lake"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("welcome")
    image, classes = folder / "own.tif", folder / "classes.tif"
    write_raster(image, np.zeros((3, 60, 60), np.uint8))
    write_classes(classes, striped(3, 60), [[1, 2, 0.1], [1, 3, 0.2]])
    pictures = tmp_path_factory.mktemp("pictures") / "welcome"
    job = {"image": str(image), "classes": str(classes)}
    return run_script("welcome-test", SCRIPT, job, pictures)


def test_a_new_user_gets_a_message_and_the_sample(seen):
    # QGIS may have something of its own to say.
    assert len([text for text in seen["greeting"] if "New here?" in text]) == 1
    assert seen["layers"] == [[SAMPLE, True]]
    assert seen["count"] == 1
    assert seen["input"] == SAMPLE
    assert seen["workbench"]


def test_first_steps_segment_the_own_image(seen):
    assert seen["input with own"] == "own"
    # A class raster is no image.
    assert seen["input with classes"] == SAMPLE


def test_the_menu_of_a_layer_has_segment(seen):
    assert seen["menu"] == ["Segment with SuperSeg…"]
    assert seen["input_of_menu"] == SAMPLE


def test_the_toolbar_has_both_buttons_and_no_window_remains(seen):
    assert seen["toolbar"] == ["Segment an image…", "Class workbench"]
    assert seen["dialogs"] == []
