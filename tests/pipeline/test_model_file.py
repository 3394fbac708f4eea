# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from superseg_plugin.blocks import Block, Description
from superseg_plugin.contracts import BandScaling
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.formats.model_file import Model, load_model, read_header, save_model
from superseg_plugin.pipeline.steps.clustering import assign_clusters
from superseg_plugin.pipeline.steps.scene import Scene
from superseg_plugin.progress import Progress

MODEL = Model(
    network="light",
    classes=3,
    band_count=2,
    band_names=("red", "grün"),
    band_numbers=(4, 2),
    image_bands=5,
    scaling=BandScaling((0.0, 0.0), (255.0, 1e-3), (1.0, 2.5), (0.1, 1e-30), 1.0),
    pixel_size=0.5,
    class_names=("Water", "Class 2", "Class 3"),
    class_colors=np.arange(9, dtype=np.uint8).reshape(3, 3),
    merge_order=[[1, 2, 0.5]],
    options={"steps": 150, "loss": "focal"},
    seed=7,
    versions={"torch": "2"},
    weights={
        "b.weight": np.random.default_rng(0).normal(size=(3, 2, 3, 3)).astype(np.float32),
        "a.bias": np.zeros((0,), np.float32),
        "count": np.array(5),
    },
)


def clusters(columns=5, own=2, walks=(1, 1), members=2, components=3, classes=3):
    """Arrays of a model of clusters that fit together."""
    numbers = np.random.default_rng(1)
    words = members * components
    whole = own + sum(walks)
    shapes = {
        "center": (columns,),
        "scale": (columns,),
        "appearance.center": (columns,),
        "appearance.vectors": (columns, own),
        "vocabularies.log_weights": (members, components),
        "vocabularies.means": (members, components, own),
        "vocabularies.covariances": (members, components, own, own),
        "leaves.centers": (4, whole),
    }
    for steps, kept in zip((2, 8), walks):
        shapes[f"walk{steps}.center"] = (words,)
        shapes[f"walk{steps}.vectors"] = (words, kept)
    arrays = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    spread = arrays["vocabularies.covariances"]
    arrays["vocabularies.covariances"] = spread @ spread.swapaxes(-1, -2) + np.eye(own)
    arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
    return {
        **arrays,
        "leaves.classes": np.array([0, 1, 2, classes - 1]),
        "tree.merges": np.array([[0, 1], [2, 3], [4, 5]]),
        "tree.costs": np.array([0.5, 1.0, 3.0], np.float32),
        "tree.areas": np.array([10.0, 20.0, 30.0, 40.0], np.float32),
    }


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "m.superseg"
    save_model(path, MODEL)
    return path


def test_a_model_is_read_as_it_was_written(saved):
    found = load_model(saved)
    for field in dataclasses.fields(Model):
        if field.name == "weights":
            continue
        assert np.array_equal(getattr(found, field.name), getattr(MODEL, field.name)), field.name
    assert set(found.weights) == set(MODEL.weights)
    for name, weight in MODEL.weights.items():
        assert (found.weights[name] == weight).all()
        assert found.weights[name].shape == weight.shape
        assert found.weights[name].flags.writeable
    assert read_header(saved).weights == {}
    assert read_header(saved).class_names == MODEL.class_names


@pytest.mark.parametrize("walks", [(), (1, 1)])
def test_what_tells_superpixels_apart_is_read_as_it_was_written(tmp_path, walks):
    model = dataclasses.replace(MODEL, clusters=clusters(walks=walks))
    save_model(tmp_path / "m.superseg", model)
    found = load_model(tmp_path / "m.superseg")
    assert set(found.weights) == set(MODEL.weights)
    assert set(found.clusters) == set(model.clusters)
    assert all((found.clusters[name] == part).all() for name, part in model.clusters.items())


@pytest.mark.parametrize("name", sorted(clusters()))
@pytest.mark.parametrize("fault", ["missing", "too long", "flat"])
def test_clusters_that_do_not_fit_together_are_refused(tmp_path, name, fault):
    arrays = clusters()
    part = arrays.pop(name)
    if fault == "too long":
        arrays[name] = np.concatenate([part, part])
    elif fault == "flat":
        arrays[name] = part.reshape(-1)[:1].reshape(())
    save_model(tmp_path / "m.superseg", dataclasses.replace(MODEL, clusters=arrays))
    with pytest.raises(SuperSegError, match=r"clusters do not fit together"):
        load_model(tmp_path / "m.superseg")


@pytest.mark.parametrize("name", sorted(n for n, v in clusters().items() if v.dtype.kind == "f"))
def test_clusters_with_numbers_that_are_none_are_refused(tmp_path, name):
    arrays = clusters()
    arrays[name].flat[-1] = np.nan
    save_model(tmp_path / "m.superseg", dataclasses.replace(MODEL, clusters=arrays))
    with pytest.raises(SuperSegError, match=r"clusters do not fit together"):
        load_model(tmp_path / "m.superseg")


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("leaves.classes", [0, 1, 2, 3]),
        ("leaves.classes", [0, -1, 2, 2]),
        ("leaves.classes", [0.0, 1.0, 2.0, 2.0]),
        ("tree.merges", [[0, 1], [2, 3], [4, 4]]),
        ("tree.merges", [[0, 5], [2, 3], [4, 1]]),
        ("tree.areas", [1.0, 0.0, 1.0, 1.0]),
    ],
)
def test_a_tree_that_is_none_is_refused(tmp_path, name, numbers):
    arrays = {**clusters(), name: np.array(numbers)}
    save_model(tmp_path / "m.superseg", dataclasses.replace(MODEL, clusters=arrays))
    with pytest.raises(SuperSegError, match=r"clusters do not fit together"):
        load_model(tmp_path / "m.superseg")


def test_clusters_of_other_bands_are_refused(tmp_path, worker):
    count, bands = 6, 3
    sums = np.ones((count, 1 + 2 * bands + 3 + bands))
    pairs = np.array([[0, 1], [1, 2]], np.int32)
    means = np.ones((count, bands), np.float32)
    lengths, blocks = np.ones(2, np.int32), (Block(bands),)
    described = Description(sums, pairs, lengths, np.ones(count), means, blocks)
    scaling = BandScaling((0.0,) * 3, (255.0,) * 3, (128.0,) * 3, (60.0,) * 3)
    scene = Scene(None, scaling, worker, tmp_path, Progress())
    with pytest.raises(SuperSegError, match="other bands than the 3 of this one; choose a model"):
        assign_clusters(scene, described, clusters(columns=20), 1.0)


def test_the_same_model_gives_the_same_bytes(saved, tmp_path):
    shuffled = dataclasses.replace(MODEL, weights=dict(reversed(MODEL.weights.items())))
    save_model(tmp_path / "n.superseg", shuffled)
    assert (tmp_path / "n.superseg").read_bytes() == saved.read_bytes()


def test_the_layout_is_that_of_safetensors(saved):
    content = saved.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0
    header = json.loads(content[8 : 8 + length])
    assert all(isinstance(text, str) for text in header.pop("__metadata__").values())
    ends = sorted(entry["data_offsets"] for entry in header.values())
    assert ends[0][0] == 0
    assert all(one[1] == other[0] for one, other in zip(ends, ends[1:]))
    assert ends[-1][1] == len(content) - 8 - length
    first, last = header["b.weight"]["data_offsets"]
    numbers = np.frombuffer(content[8 + length :][first:last], "<f4")
    assert (numbers == MODEL.weights["b.weight"].ravel()).all()


def damaged(content):
    length = int.from_bytes(content[:8], "little")
    return {
        "empty": b"",
        "short": content[:5],
        "text": b"no model at all, just a text file\n",
        "huge header": (2**62).to_bytes(8, "little") + content[8:],
        "cut off": content[:-4],
        "cut in the header": content[: length // 2],
        "no JSON": content[:8] + b"{" * length + content[8 + length :],
        "a list": content[:8] + b"[]".ljust(length) + content[8 + length :],
        "another shape": content.replace(b"[3,2,3,3]", b"[3,2,3,9]"),
        "negative shape": content.replace(b"[3,2,3,3]", b"[3,2,-3,3]"[:9]),
        "another program": content.replace(b'"format":"superseg"', b'"format":"somebody"'),
        "other classes": content.replace(rb"\"classes\": 3", rb"\"classes\": 4"),
    }


@pytest.mark.parametrize("how", sorted(damaged(bytes(100))))
def test_what_is_no_model_is_named(saved, how):
    content = damaged(saved.read_bytes())[how]
    assert content != saved.read_bytes()
    saved.write_bytes(content)
    with pytest.raises(SuperSegError, match=r"MODEL: m\.superseg is no SuperSeg model"):
        load_model(saved)


def test_a_newer_version_asks_for_an_update(saved):
    content = saved.read_bytes().replace(b'"format_version":"4"', b'"format_version":"5"')
    saved.write_bytes(content)
    with pytest.raises(SuperSegError, match="update the plugin"):
        read_header(saved)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SuperSegError, match=r"none\.superseg"):
        load_model(tmp_path / "none.superseg")
