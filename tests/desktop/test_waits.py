# SPDX-License-Identifier: GPL-2.0-or-later
"""What a QGIS window lets one wait: selecting one of many classes, and a slow web map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.class_rasters import write_classes
from tests.conftest import quarters, write_raster
from tests.desktop.session import run_script
from tests.desktop.tile_server import SLOW_SECONDS, TileServer

SCRIPT = Path(__file__).with_name("waits_script.py")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waits")
    blocks = np.random.default_rng(0).integers(1, 65, (100, 100), np.uint8)
    blocks.flat[:64] = np.arange(1, 65)
    write_classes(folder / "many.tif", np.kron(blocks, np.ones((16, 16), np.uint8)))
    write_raster(folder / "image.tif", quarters(168, 168)[0])
    pictures = tmp_path_factory.mktemp("pictures") / "waits"
    with TileServer() as server:
        return run_script(
            "waits-test", SCRIPT, {"folder": str(folder), "web": server.origin}, pictures
        )


@pytest.mark.response_times
def test_selecting_is_fast_with_64_classes(seen):
    print(seen["select ms"], seen["distinct ms"])
    assert np.median(seen["select ms"]) < 50


def test_a_web_map_that_is_fetched_is_being_computed(seen):
    assert seen["slow"]["status"] == "Computing…"


@pytest.mark.response_times
def test_the_window_stays_usable_while_a_web_map_is_fetched(seen):
    assert seen["slow"]["longest pause"] < 1.0


def test_an_outdated_fetch_is_cancelled(seen):
    assert seen["slow"]["superseded after"] < SLOW_SECONDS / 2
