# SPDX-License-Identifier: GPL-2.0-or-later
"""Training: every loss and guidance learns, the same every time, and by the published rule."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from superseg_plugin.contracts import TrainingPlan
from superseg_plugin.engine import losses
from superseg_plugin.engine.adam import Adam
from superseg_plugin.engine.classification import Classifier
from superseg_plugin.engine.patch_store import Patches
from superseg_plugin.engine.scaling import measure_scaling
from superseg_plugin.engine.training import majority_in_superpixels, train

CPU = torch.device("cpu")


def two_fields(side=64):
    """Patches half dark, half bright, in blocks of 8 that are the superpixels."""
    generator = np.random.default_rng(0)
    images, fields = [], []
    for turn in range(4):
        field = np.zeros((side, side), np.int64)
        field[:, side // 2 :] = 1
        field = np.rot90(field, turn)
        noise = generator.normal(0, 6, (3, side, side))
        images.append(np.clip(60 + 120 * field[None] + noise, 0, 255).astype(np.uint8))
        fields.append(field)
    row, col = np.indices((side, side)) // 8
    one = (row * (side // 8) + col + 1).astype(np.int32)
    superpixels = np.stack([one + index * one.max() for index in range(4)])
    soft = np.zeros((superpixels.max() + 1, 2), np.float32)
    for number in range(1, len(soft)):
        kind = np.stack(fields)[superpixels == number][0]
        soft[number, kind] = 1
    return np.stack(images), superpixels, soft, np.stack(fields)


def plan(**changes):
    values = {
        "network": "light",
        "classes": 2,
        "loss": "crossentropy",
        "steps": 40,
        "batch_size": 2,
        "learning_rate": 5e-3,
        "augment": True,
        "seed": 0,
    }
    return TrainingPlan(**{**values, **changes})


def run(patches, chosen, initial=None):
    history = []
    scaling = measure_scaling(np.moveaxis(patches.images, 1, 0).reshape(3, -1))

    def report(step, loss, live):
        history.append((step, loss, live))

    return train(patches, scaling, chosen, CPU, initial, report), scaling, history


@pytest.mark.parametrize("loss", losses.LOSSES)
@pytest.mark.parametrize("network", ["light", "published"])
def test_every_loss_learns_what_guides_it(loss, network):
    images, superpixels, soft, fields = two_fields()
    weights, scaling, history = run(
        Patches(images, superpixels, soft), plan(loss=loss, network=network)
    )
    assert np.mean([h[1] for h in history[-5:]]) < np.mean([h[1] for h in history[:5]])
    classifier = Classifier.load(network, 3, 2, weights, CPU)
    core = (slice(0, 64), slice(0, 64))
    found = classifier.probabilities(images[0], superpixels[0] > 0, scaling, core, print)
    assert float((found.argmax(dim=0).numpy() == fields[0]).mean()) > 0.95


def test_self_training_makes_superpixels_uniform_and_tells_the_fields_apart():
    images, superpixels, _, fields = two_fields()
    weights, scaling, _ = run(
        Patches(images, superpixels, None), plan(classes=8, network="published", augment=False)
    )
    classifier = Classifier.load("published", 3, 8, weights, CPU)
    core = (slice(0, 64), slice(0, 64))
    found = classifier.probabilities(images[0], superpixels[0] > 0, scaling, core, print)
    labels = found.argmax(dim=0).numpy()
    dark, bright = np.bincount(labels[fields[0] == 0]), np.bincount(labels[fields[0] == 1])
    assert dark.argmax() != bright.argmax()
    numbers = superpixels[0]
    counts = [np.bincount(labels[numbers == n]) for n in np.unique(numbers)]
    assert np.mean([c.max() / c.sum() for c in counts]) > 0.9


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    images, superpixels, soft, _ = two_fields()
    patches = Patches(images, superpixels, soft)
    one, other = run(patches, plan(steps=5))[0], run(patches, plan(steps=5))[0]
    third = run(patches, plan(steps=5, seed=1))[0]
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not all(np.array_equal(one[name], third[name]) for name in one)


@pytest.mark.filterwarnings("error")
def test_patches_in_files_give_the_same_weights(tmp_path):
    images, superpixels, soft, _ = two_fields()
    mapped = []
    for name, array in (("images", images), ("superpixels", superpixels)):
        array.tofile(tmp_path / name)
        mapped.append(np.memmap(tmp_path / name, array.dtype, "r", shape=array.shape))
    one = run(Patches(images, superpixels, soft), plan(steps=3))[0]
    other = run(Patches(*mapped, soft), plan(steps=3))[0]
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_pixel_of_nodata_changes_no_more_than_itself():
    """A batch without nodata takes a shorter way to the same loss."""
    images, superpixels, soft, _ = two_fields()
    holed = superpixels.copy()
    holed[:, 0, 0] = 0
    histories = [
        run(Patches(images, ids, soft), plan(steps=1, augment=False))[2]
        for ids in (superpixels, holed)
    ]
    assert histories[0][0][1] == pytest.approx(histories[1][0][1], rel=1e-2)


def test_training_goes_on_from_initial_weights():
    images, superpixels, soft, _ = two_fields()
    patches = Patches(images, superpixels, soft)
    weights, _, first = run(patches, plan())
    _, _, second = run(patches, plan(steps=5), weights)
    assert second[0][1] < first[0][1] / 2


def test_majority_vote_is_that_of_a_plain_loop():
    generator = np.random.default_rng(0)
    superpixels = generator.integers(0, 12, (2, 20, 20))
    predicted = generator.integers(0, 5, (2, 20, 20))
    found = majority_in_superpixels(
        torch.from_numpy(predicted.ravel()), torch.from_numpy(superpixels), 5
    ).numpy()
    expected = np.empty_like(predicted)
    for patch in range(2):
        for number in np.unique(superpixels[patch]):
            inside = superpixels[patch] == number
            expected[patch][inside] = np.bincount(predicted[patch][inside]).argmax()
    assert np.array_equal(found.reshape(predicted.shape), expected)


def test_nodata_enters_no_loss():
    images, superpixels, soft, _ = two_fields()
    superpixels = superpixels.copy()
    superpixels[:, :16] = 0
    dark, bright = images.copy(), images.copy()
    dark[:, :, :16], bright[:, :, :16] = 0, 255
    scaling = measure_scaling(np.moveaxis(images, 1, 0).reshape(3, -1))
    results = []
    for values in (dark, bright):
        patches = Patches(values, superpixels, soft)
        results.append(train(patches, scaling, plan(steps=3), CPU, None, lambda *_: None))
    assert all(np.array_equal(results[0][name], results[1][name]) for name in results[0])


def test_focal_loss_of_a_hard_target_is_its_formula():
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    targets = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    chance = logits.softmax(1)[:, 0]
    expected = (-((1 - chance) ** 2) * chance.log()).mean()
    torch.testing.assert_close(losses.focal(logits, targets), expected)


def test_lovasz_loss_of_sure_answers_is_one_minus_mean_iou():
    truth = torch.tensor([0, 0, 0, 1, 1, 1, 1, 1])
    said = torch.tensor([0, 0, 1, 1, 1, 1, 0, 1])
    logits = 200.0 * torch.nn.functional.one_hot(said, 2).float()
    loss = losses.lovasz(logits, torch.nn.functional.one_hot(truth, 2).float())
    ious = [2 / 4, 4 / 6]
    assert float(loss) == pytest.approx(1 - np.mean(ious), abs=1e-5)


def test_adam_goes_as_the_library_s_goes():
    torch.manual_seed(0)
    ours, theirs = torch.nn.Linear(5, 3), torch.nn.Linear(5, 3)
    theirs.load_state_dict(ours.state_dict())
    points = torch.randn(20, 5)
    optimizers = Adam(ours.parameters(), 0.01), torch.optim.Adam(theirs.parameters(), lr=0.01)
    for _ in range(50):
        for network, optimizer in zip((ours, theirs), optimizers):
            optimizer.zero_grad()
            network(points).square().mean().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight)
    torch.testing.assert_close(ours.bias, theirs.bias)
