# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of pieces that several computers write."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.pieces import Piece, join_pieces, read_piece, write_piece
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window, tiles
from superseg_plugin.raster.writer import RasterProfile
from tests.conftest import write_raster


def test_pieces_make_one_raster_of_which_later_ones_lie_above(tmp_path):
    values = np.random.default_rng(0).integers(0, 1 << 20, (50, 70)).astype(np.uint32)
    with RasterSource(write_raster(tmp_path / "like.tif", values)) as like:
        grid = like.grid
    windows = [*tiles(70, 50, 32), Window(20, 10, 30, 25)]
    pieces = [Piece.of("part", window) for window in windows]
    wanted = values.copy()
    for piece in pieces[:-1]:
        write_piece(tmp_path / piece.name, values[piece.window.slices])
    wanted[pieces[-1].window.slices] = 7
    write_piece(tmp_path / pieces[-1].name, wanted[pieces[-1].window.slices])
    joined = tmp_path / "joined.tif"
    join_pieces(joined, grid, RasterProfile(1, np.uint32, nodata=0), pieces)
    with RasterSource(str(joined)) as source:
        assert source.grid == grid
        assert source.nodata == (0.0,)
        found, valid = source.read(grid.window)
        np.testing.assert_array_equal(found[0], wanted)
        np.testing.assert_array_equal(valid, wanted > 0)
    part = read_piece(tmp_path / pieces[0].name, Window(3, 4, 5, 6), np.uint32)
    np.testing.assert_array_equal(part, values[4:10, 3:8])


def test_a_piece_that_cannot_be_written_or_read_is_a_sentence(tmp_path):
    with pytest.raises(SuperSegError, match="cannot be written"):
        write_piece(tmp_path / "none" / "piece.tif", np.ones((2, 2), np.uint8))
    with pytest.raises(SuperSegError, match="does not exist"):
        read_piece(tmp_path / "none.tif", Window(0, 0, 1, 1), np.uint8)
    assert not list(tmp_path.iterdir())
