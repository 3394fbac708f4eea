# SPDX-License-Identifier: GPL-2.0-or-later
"""Half precision is taken only where it gives the same classes."""

from __future__ import annotations

import pytest
import torch

from superseg_plugin.engine.devices import inference_precision, same_classes, verified_precision
from superseg_plugin.engine.networks import build_network, fold_batch_norm

CPU = torch.device("cpu")


def logits(pixels=10_000, others=0):
    """Two classes by turns, and the same with so many pixels of the other class."""
    full = torch.zeros((1, 2, 100, pixels // 100))
    full[:, 0, ::2], full[:, 1, 1::2] = 1.0, 1.0
    reduced = full.clone()
    reduced.view(2, -1)[:, :others] = full.flip(1).reshape(2, -1)[:, :others]
    return full, reduced


@pytest.mark.parametrize(
    ("others", "expected"), [(0, True), (10, True), (11, False), (9999, False)]
)
def test_one_pixel_in_a_thousand_may_differ(others, expected):
    assert same_classes(*logits(others=others)) is expected


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_overflow_do_not_agree(number):
    full, reduced = logits()
    reduced[0, 0, 0, 0] = number
    assert same_classes(full, reduced) is False


class Edges(torch.nn.Module):
    """Classes far apart, or so near to each other that rounding decides."""

    def __init__(self, margin):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 2, 1)
        with torch.no_grad():
            self.conv.weight[:] = 0.0
            self.conv.weight[:, 0] = torch.tensor([1.0, 1.0 + margin])[:, None, None]
            self.conv.bias[:] = 0.0

    def forward(self, image):
        return self.conv(image)


def test_a_network_is_tried_in_the_type_itself():
    assert verified_precision(Edges(2.0), 3, CPU, torch.bfloat16) == torch.bfloat16
    assert verified_precision(Edges(1e-4), 3, CPU, torch.bfloat16) is None
    assert verified_precision(Edges(2.0), 3, CPU, None) is None


def test_a_real_network_is_tried_the_same_every_time():
    torch.manual_seed(0)
    network = fold_batch_norm(build_network("light", 4, 8).eval())
    found = {verified_precision(network, 4, CPU, torch.bfloat16) for _ in range(3)}
    assert len(found) == 1


def test_cpus_compute_in_full_precision():
    assert inference_precision(CPU) is None
