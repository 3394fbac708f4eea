# SPDX-License-Identifier: GPL-2.0-or-later
"""The networks: what was published, blind beyond their halo, the same after folding."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from superseg_plugin.engine.classification import Classifier
from superseg_plugin.engine.networks import NETWORKS, build_network, fold_batch_norm
from superseg_plugin.engine.scaling import measure_scaling
from tests.engine.images import landscape


def trained(name, bands=3, classes=5, seed=0):
    """A network whose batch norms have seen data, so that folding has something to fold."""
    torch.manual_seed(seed)
    network = build_network(name, bands, classes).train()
    for _ in range(3):
        network(torch.randn(2, bands, 64, 64) * 2 + 1)
    return network


def test_the_published_network_has_the_published_size():
    network = build_network("published", 3, 32)
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [c.kernel_size[0] for c in convolutions] == [3, 3, 3, 3, 3, 1]
    assert all(c.out_channels == 64 for c in convolutions[:-1])
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(0.15e6, rel=0.03)


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_beyond_the_halo_is_seen(name):
    network = trained(name).eval()
    halo, side = network.halo, 64
    size = side + 2 * halo
    torch.manual_seed(1)
    image = torch.randn(1, 3, size, size)
    other = torch.randn(1, 3, size + 64, size + 64)
    other[:, :, 32 : 32 + size, 32 : 32 + size] = image
    stride = network.output_stride
    core = slice(halo // stride, (halo + side) // stride)
    inside = slice((halo + 32) // stride, (halo + 32 + side) // stride)
    with torch.inference_mode():
        one, two = network(image)[..., core, core], network(other)[..., inside, inside]
    torch.testing.assert_close(one, two)


@pytest.mark.parametrize("name", NETWORKS)
def test_folding_changes_nothing(name):
    network = trained(name).eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(
            network(image), fold_batch_norm(network)(image), rtol=1e-4, atol=1e-4
        )


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (61, 77)])
def test_any_image_size_is_classified(name, shape):
    weights = {k: v.numpy() for k, v in trained(name).state_dict().items()}
    classifier = Classifier.load(name, 3, 5, weights, torch.device("cpu"))
    image = landscape(80, 80)[:, : shape[0], : shape[1]]
    core = (slice(0, shape[0]), slice(0, shape[1]))
    scaling = measure_scaling(image.reshape(3, -1))
    found = classifier.probabilities(image, np.ones(shape, bool), scaling, core, print)
    assert found.shape == (5, *shape)
    torch.testing.assert_close(found.sum(dim=0), torch.ones(shape))


def test_a_tile_too_large_for_the_device_is_computed_in_halves():
    weights = {k: v.numpy() for k, v in trained("published").state_dict().items()}
    classifier = Classifier.load("published", 3, 5, weights, torch.device("cpu"))
    image = landscape(128, 96)
    valid, scaling = np.ones((128, 96), bool), measure_scaling(image.reshape(3, -1))
    core = (slice(0, 128), slice(0, 96))
    expected = classifier.probabilities(image, valid, scaling, core, print)

    class SmallDevice(torch.nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, pixels):
            if pixels.shape[2] > 100:
                raise torch.OutOfMemoryError
            return self.network(pixels)

    said = []
    small = Classifier(
        SmallDevice(classifier.network), 4, 16, 1, torch.device("cpu")
    )  # fmt: skip
    found = small.probabilities(image, valid, scaling, core, said.append)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert len(said) == 1
    assert "2 parts" in said[0]
