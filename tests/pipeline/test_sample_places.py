# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of places, the names to label them with, and the pixel that is shown."""

from __future__ import annotations

import pytest

from superseg_plugin.pipeline.assessment.sample_places import (
    PixelGrid,
    names_to_choose,
    visiting_order,
)


def test_places_are_visited_in_an_order_of_chance_that_stays():
    ids = list(range(5, 105))
    order = visiting_order(ids)
    assert sorted(order) == ids
    assert order != ids
    assert visiting_order(ids[::-1]) == order


def test_labels_so_far_follow_the_names_given():
    used = ["", "?", "pond", "forest", "Mire", "pond"]
    assert names_to_choose(["Forest", "Field ", "Forest", ""], used) == [
        *("Forest", "Field"),
        *("Mire", "pond"),
    ]


def test_the_pixel_of_a_place():
    grid = PixelGrid((100.0, 200.0, 130.0, 220.0), 10, 10)
    assert grid.pixel(104.0, 219.9) == (103.0, 218.0, 106.0, 220.0)
    assert grid.pixel(100.0, 220.0) == (100.0, 218.0, 103.0, 220.0)
    assert grid.pixel(130.0, 210.0) is None
    assert grid.pixel(110.0, 200.0) is None
    assert grid.around(110.0, 210.0, 4) == pytest.approx((104.0, 206.0, 116.0, 214.0))
