# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of superpixels stays right while they come, merge and are numbered."""

from __future__ import annotations

import numpy as np

from superseg_plugin.pipeline.steps.superpixel_table import SuperpixelTable


def table_of(sizes):
    table = SuperpixelTable()
    table.append(np.array(sizes), np.zeros(len(sizes), np.float32), 0)
    return table


def test_ids_go_on_where_the_last_ones_ended():
    table = table_of([5, 6])
    assert table.append(np.array([7]), np.array([0.5], np.float32), 1) == 3
    assert len(table) == 4
    sizes, internal = table.figures_of(np.array([1, 3]))
    assert sizes.tolist() == [5, 7]
    assert internal.tolist() == [0.0, 0.5]


def test_more_superpixels_than_there_was_room_for():
    table = table_of(range(1, 1000))
    first = table.append(np.arange(5000), np.zeros(5000, np.float32), 1)
    assert table.figures_of(np.array([999, first, first + 4999]))[0].tolist() == [999, 0, 4999]
    assert table.roots_of(np.array([0, first + 4999])).tolist() == [0, first + 4999]


def test_merged_superpixels_go_by_the_last_id_of_a_chain():
    table = table_of([1] * 9)
    table.merge(np.array([1, 5]), np.array([5, 8]))
    table.merge(np.array([1]), np.array([9]))
    labels = np.array([[0, 1, 2], [5, 8, 9]])
    assert table.roots_of(labels).tolist() == [[0, 9, 2], [9, 9, 9]]


def test_a_strip_is_numbered_without_gaps():
    table = table_of([1] * 2000)
    table.merge(np.array([1500]), np.array([1800]))
    numbers, ids = table.compact(np.array([[0, 1500, 1400], [1800, 1400, 0]]))
    assert ids.tolist() == [1400, 1800]
    assert numbers.tolist() == [[0, 2, 1], [2, 1, 0]]


def test_a_strip_of_nodata_has_no_ids():
    numbers, ids = table_of([1]).compact(np.zeros((2, 3), np.uint32))
    assert ids.tolist() == []
    assert not numbers.any()


def test_changes_add_up_and_inner_weights_only_grow():
    table = table_of([10, 20])
    table.change(np.array([1, 2]), np.array([-3, 4]), np.array([2.0, 1.0], np.float32))
    table.change(np.array([1]), np.array([1]), np.array([1.5], np.float32))
    sizes, internal = table.figures_of(np.array([1, 2]))
    assert sizes.tolist() == [8, 24]
    assert internal.tolist() == [2.0, 1.0]


def test_the_final_numbers_leave_out_what_has_no_pixels():
    table = table_of([1, 1, 0, 1, 1])
    table.merge(np.array([2]), np.array([4]))
    assert table.final_numbers().tolist() == [0, 1, 2, 0, 2, 3]


def test_seams_of_the_same_time_share_out_the_pixels_of_a_superpixel():
    # Of the ids 1, 2, 3 with 10, 20 and 30 pixels, one seam merges 1 into 2, another one 2 into 3
    # and takes 5 pixels of 2 for a new one; each knows the sizes at the start.
    table = table_of([10, 20, 30])
    weights = np.zeros(2, np.float32)
    table.change(np.array([1, 2]), np.array([-10, 10]), weights)
    table.merge(np.array([1]), np.array([2]))
    table.change(np.array([2, 3]), np.array([-20, 15]), weights)
    table.append(np.array([5]), weights[:1], 1)
    table.merge(np.array([2]), np.array([3]))
    assert table.figures_of(np.array([1, 2, 3, 4]))[0].tolist() == [0, 0, 55, 5]
    assert table.final_numbers().tolist() == [0, 1, 1, 1, 2]
