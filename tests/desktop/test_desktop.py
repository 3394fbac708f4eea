# SPDX-License-Identifier: GPL-2.0-or-later
"""A run through the dialog of a real QGIS window on a virtual screen."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import quarters, read_raster, write_raster
from tests.desktop.session import desktop_session, picture_size_and_colors


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, and the folder of the pictures."""
    folder = tmp_path_factory.mktemp("desktop")
    image, _ = quarters(160, 160)
    path = write_raster(folder / "fields.tif", image)
    parameters = {"CLASSES": 4, "PRESET": "fast"}
    seen = desktop_session("desktop-test", Path(path), parameters, folder / "pictures")
    return seen, folder / "pictures"


def test_the_toolbox_has_the_group(session):
    seen, _ = session
    groups = list(seen["toolbox"])
    assert groups[0] == "1 Segment"
    assert groups == sorted(groups)
    assert seen["toolbox"]["1 Segment"][0] == "Segment"
    algorithms = [name for group in seen["toolbox"].values() for name in group]
    assert {"Segment", "Superpixels", "Average color", "Evaluate classes"} <= set(algorithms)


def test_the_legend_has_exactly_the_classes(session):
    seen, _ = session
    assert seen["fine"]
    layers = [layer for layer in seen["layers"].values() if layer["renderer"] == "paletted"]
    assert len(layers) == 1
    legend = layers[0]["legend"]
    assert len(legend) == int(seen["results"]["CLASS_COUNT"]) == 4
    assert [value for value, _, _ in legend] == [1, 2, 3, 4]
    assert len({color for _, color, _ in legend}) == 4
    shares = [re.fullmatch(r"Class (\d+) \((\d+\.\d) %\)", label) for _, _, label in legend]
    assert all(shares)
    assert sum(float(share[2]) for share in shares) == pytest.approx(100, abs=0.3)


def test_after_a_run_the_message_bar_leads_to_the_names(session):
    seen, _ = session
    # QGIS may have something of its own to say.
    assert "fields, 4 classes" in seen["messages"]
    assert seen["named"] == [True, "fields, 4 classes", []]


def test_the_canvas_shows_the_classes_in_their_colors(session):
    seen, pictures = session
    layer = next(layer for layer in seen["layers"].values() if layer["renderer"] == "paletted")
    picture = read_raster(pictures / "result.png")[:3].reshape(3, -1).T
    colors = [[int(name[at : at + 2], 16) for at in (1, 3, 5)] for _, name, _ in layer["legend"]]
    shown = np.array([np.all(picture == color, axis=1).sum() for color in colors])
    assert shown.sum() > 100_000
    shares = [float(re.search(r"([\d.]+) %", label)[1]) for _, _, label in layer["legend"]]
    # The legend's own patches are a small part of it.
    assert 100 * shown / shown.sum() == pytest.approx(shares, abs=3)


@pytest.mark.parametrize("name", ["toolbox", "dialog", "progress", "log", "result"])
def test_every_picture_shows_something(session, name):
    _, pictures = session
    width, colors = picture_size_and_colors(pictures / f"{name}.png")
    assert width >= 800
    assert colors > 50
