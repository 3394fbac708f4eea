# SPDX-License-Identifier: GPL-2.0-or-later
"""Patches of any numbers become batches as the plain arithmetic makes them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from superseg_plugin.engine.patch_store import JITTER, Patches, PatchStore
from superseg_plugin.engine.scaling import measure_scaling

CPU = torch.device("cpu")
SPANS = {
    "uint8": (0, 255),
    "int8": (-128, 127),
    "uint16": (0, 65535),
    "int16": (-32768, 32767),
    "uint32": (4_000_000_000, 4_000_000_900),
    "int32": (-2_000_000_000, -1_999_999_000),
    "int64": (2**40, 2**40 + 5000),
    "uint64": (2**62, 2**62 + 50_000),
    "float16": (-3, 3),
    "float32": (-1e4, 1e4),
    "float64": (1e9, 1e9 + 1),
}


def store_of(images, superpixels):
    scaling = measure_scaling(np.moveaxis(images, 1, 0).reshape(images.shape[1], -1))
    return PatchStore(Patches(images, superpixels, None), scaling, CPU), scaling


@pytest.mark.parametrize("dtype", SPANS)
def test_batches_are_in_standard_units_to_the_last_bit(dtype):
    low, high = SPANS[dtype]
    images = np.random.default_rng(0).uniform(low, high, (3, 2, 16, 24)).astype(dtype)
    superpixels = np.arange(3 * 16 * 24, dtype=np.int32).reshape(3, 16, 24) % 7
    store, scaling = store_of(images, superpixels)
    batch, ids = store.batch([2, 0])
    assert batch.dtype == torch.float32
    for row, index in enumerate([2, 0]):
        expected = scaling.to_standard(images[index], superpixels[index] > 0)
        assert np.array_equal(batch[row].numpy(), expected)
        assert np.array_equal(ids[row].numpy(), superpixels[index])


def test_what_is_no_number_outside_the_scene_stays_out():
    images = np.random.default_rng(0).normal(0, 1, (1, 1, 8, 8)).astype(np.float32)
    superpixels = np.ones((1, 8, 8), np.int32)
    store, _ = store_of(images, superpixels)
    images[0, 0, :3], superpixels[0, :3] = np.nan, 0
    for augmentation in (None, np.random.default_rng(1)):
        batch, ids = store.batch([0], augmentation)
        assert (batch[0, 0][ids[0] == 0] == 0).all()
        assert torch.isfinite(batch).all()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float64"])
def test_augmentation_turns_image_and_superpixels_alike(dtype):
    superpixels = (np.arange(2 * 12 * 12).reshape(2, 12, 12) // 5 + 1).astype(np.int32)
    images = np.stack([superpixels, 3 * superpixels], axis=1).astype(dtype)
    store, scaling = store_of(images, superpixels)
    seen = set()
    for seed in range(30):
        batch, ids = store.batch([0, 1], np.random.default_rng(seed))
        again, _ = store.batch([0, 1], np.random.default_rng(seed))
        assert torch.equal(batch, again)
        seen.add(bytes(ids.contiguous().numpy()))
        known = torch.ones((12, 12), dtype=torch.bool).numpy()
        for picture, numbers in zip(batch, ids.numpy()):
            plain = scaling.to_standard(np.stack([numbers, 3 * numbers]).astype(dtype), known)
            for band, before in zip(picture.numpy(), plain):
                gain, offset = np.polyfit(before.ravel(), band.ravel(), 1)
                assert abs(gain - 1) <= JITTER + 1e-5
                assert abs(offset) <= JITTER + 1e-5
                np.testing.assert_allclose(before * gain + offset, band, atol=1e-5)
    assert len(seen) == 8
