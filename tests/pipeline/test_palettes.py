# SPDX-License-Identifier: GPL-2.0-or-later
"""Natural and distinct colors, and the text that is copied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classes.class_text import class_text
from superseg_plugin.pipeline.classes.colors import lab_of, natural_colors, spread_tones
from superseg_plugin.pipeline.classes.edits import merged
from superseg_plugin.pipeline.classes.merge_tree import merged_classes
from superseg_plugin.pipeline.classes.palettes import (
    assigned_colors,
    borders_of,
    color_distances,
    distinct_palette,
    with_distinct_colors,
    with_natural_colors,
)
from superseg_plugin.pipeline.classes.state import first_state
from superseg_plugin.raster.displayed_values import RasterIntegers
from tests.class_rasters import striped, write_classes

# Colors of classes 2 to 5 of a dark city scene, and of two bright ones.
DARK = ("33290a", "3e3a29", "251e21", "272d27", "80756a", "c8c0b0")


def rgb(*texts):
    return np.array([list(bytes.fromhex(text)) for text in texts], np.uint8)


@pytest.fixture
def catalog(tmp_path):
    return read_catalog(write_classes(tmp_path / "classes.tif", striped(12, 156)))


def nearest(colors):
    distances = np.linalg.norm(lab_of(colors)[:, None] - lab_of(colors), axis=-1)
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1)


@pytest.mark.parametrize(("count", "least"), [(2, 80), (8, 30), (16, 18), (32, 11), (64, 7)])
def test_distinct_colors_differ_for_normal_and_color_blind_eyes(count, least):
    distances = color_distances(distinct_palette(count))
    np.fill_diagonal(distances, np.inf)
    assert distances.min() >= least


def test_255_colors_are_all_different():
    assert len(np.unique(distinct_palette(255), axis=0)) == 255


def test_red_and_green_of_the_same_lightness_are_near_for_the_color_blind():
    seen = color_distances(rgb("b24c00", "5d7300"))[0, 1]
    assert seen < 0.4 * np.linalg.norm(np.diff(lab_of(rgb("b24c00", "5d7300")), axis=0))


def test_neighbors_on_the_map_get_colors_that_differ_more():
    random = np.random.default_rng(0)
    borders = np.zeros((24, 24))
    for one in range(24):
        for other in random.choice(24, 3, replace=False):
            if one != other:
                borders[one, other] = borders[other, one] = random.integers(1, 1000)
    palette = distinct_palette(24)
    colors = assigned_colors(palette, borders)
    assert sorted(map(tuple, colors)) == sorted(map(tuple, palette))
    before, after = (color_distances(one)[borders > 0] for one in (palette, colors))
    assert after.min() > 1.5 * before.min()
    assert after.mean() > before.mean()


def test_borders_are_counted_between_groups(tmp_path):
    values = np.ones((40, 60), np.uint8)
    values[10:20, 10:30] = 2
    values[10:20, 30:50] = 3
    values[30:, :] = 0
    path = write_classes(tmp_path / "classes.tif", values)
    group_of = np.full(256, -1)
    group_of[[1, 2, 3]] = 0, 1, 2
    assert borders_of(RasterIntegers(path), group_of).tolist() == [
        [0, 50, 50],
        [50, 0, 10],
        [50, 10, 0],
    ]
    group_of[3] = 1
    assert borders_of(RasterIntegers(path), group_of).tolist() == [[0, 100], [100, 0]]


def test_distinct_colors_of_a_raster_are_one_edit(catalog):
    state = merged(catalog, first_state(catalog), [2, 3])
    colored = with_distinct_colors(catalog, state, RasterIntegers(catalog.path))
    groups = merged_classes(catalog, colored)
    colors = np.array([group.color for group in groups], np.uint8)
    assert len(groups) == 11
    assert color_distances(colors)[np.triu_indices(11, 1)].min() > 20
    # Adjacent stripes differ more than the others have to.
    assert np.diag(color_distances(colors), 1).min() > 35
    assert replace(colored, colors=state.colors) == state
    assert with_distinct_colors(catalog, state, RasterIntegers(catalog.path)) == colored


def test_natural_colors_of_a_dark_scene_can_be_told_apart():
    colors = rgb(*DARK)
    assert nearest(colors)[:4].max() < 16
    spread = spread_tones(colors)
    natural = natural_colors(colors.astype(float))
    for shown in (spread, natural):
        assert nearest(shown).min() >= 9.9
        lightness = lab_of(shown)[:, 0]
        # Visible on a black canvas as well as on a white one.
        assert lightness.min() > 20
        assert lightness.max() < 92
    order = np.argsort(lab_of(colors)[:, 0])
    assert (np.diff(lab_of(spread)[order, 0]) > 0).all()


def test_natural_colors_have_the_hues_of_the_bands():
    forest, soil, water = natural_colors(np.array([[40, 80, 35], [170, 130, 90], [20, 40, 90.0]]))
    assert forest.argmax() == 1
    assert soil.argmax() == 0
    assert water.argmax() == 2


def test_natural_colors_need_band_means(catalog):
    state = first_state(catalog)
    groups = merged_classes(catalog, with_natural_colors(catalog, state))
    assert len({group.color for group in groups}) == 12
    unknown = replace(catalog, means=np.full_like(catalog.means, np.nan))
    with pytest.raises(SuperSegError, match=r"classes\.tif: the band means .* choose distinct"):
        with_natural_colors(unknown, state)
    one_unknown = replace(catalog, means=np.where(np.arange(12)[:, None] == 3, np.nan, 50.0))
    assert merged_classes(one_unknown, with_natural_colors(one_unknown, state))


def test_the_copied_text_has_plain_numbers(catalog):
    groups = merged_classes(catalog, first_state(catalog))[:2]
    rows = [
        line.split("\t")
        for line in class_text(groups, catalog.band_names, (1e-4, "ha"), "\t").splitlines()
    ]
    assert rows[0][3] == "Area (ha)"
    assert float(rows[1][3]) == pytest.approx(groups[0].area / 1e4, rel=1e-6)
    assert rows[1][5] == str(groups[0].count)
    assert [float(text) for text in rows[1][7:]] == pytest.approx(groups[0].means.tolist())
    assert class_text(groups, (), (1, "m²"), ",").splitlines()[2].startswith("2,Class 2,#")
