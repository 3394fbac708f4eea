# SPDX-License-Identifier: GPL-2.0-or-later
"""Sets of images, means, comparisons and tables of the quality benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.agglomeration import MergeStep
from tests.benchmarks.image_sets import parse_sets, sets_of
from tests.benchmarks.scoring import joined_table
from tests.benchmarks.summary import FIGURES, comparisons, summarize, with_reference
from tests.benchmarks.tables import as_markdown, tables

README = """
| name | what |
|---|---|
| one | first |
| two, three | more |

| name | set | what |
|---|---|---|
| four | A | new |
| five | B | new |

| other | set |
|---|---|
| six | B |
"""


def test_sets_are_read_from_tables():
    first = ["one", "two", "three"]
    assert parse_sets(README) == {"A, first eight": first, "A": [*first, "four"], "B": ["five"]}


def test_sets_of_the_images_that_there_are(tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    assert sets_of(folder, ["five", "four"]) == {"all": ["five", "four"]}
    (tmp_path / "README.md").write_text(README)
    found = sets_of(folder, ["five", "four"])
    assert found == {"A": ["four"], "B": ["five"], "all": ["five", "four"]}


def run_of(image, method, seed, value):
    others = dict.fromkeys(FIGURES, 0.5)
    return {
        "image": image, "method": method, "seed": seed, "classes": 16, "on_nodata": 0,
        "revision": "abc", **others, "accuracy": value, "mean_iou": value / 2,
    }  # fmt: skip


@pytest.fixture
def record():
    """Two images, two seeds; `balanced` failed on one image."""
    runs = [
        run_of(image, method, seed, value + 0.1 * seed + extra)
        for image, value in (("one", 0.2), ("two", 0.4))
        for method, extra in (("superpixel-kmeans", 0.0), ("fast", 0.1), ("balanced", 0.05))
        for seed in (0, 1)
        if (image, method) != ("two", "balanced")
    ]
    failed = {"image": "two", "classes": 16, "method": "balanced", "seed": 0}
    return {
        "machine": {"cores": 2, "processor": "a processor", "device": "cpu"},
        "images": ["one", "two"], "classes": [16], "seeds": [0, 1], "runs": runs,
        "sets": {"A": ["one"], "all": ["one", "two"]}, "against": ["superpixel-kmeans", "old *"],
        "methods": ["superpixel-kmeans", "fast", "balanced"], "agreements": [], "oracles": [],
        "trials": [], "failures": [{**failed, "error": "Broken: pipe"}],
    }  # fmt: skip


def test_means_are_over_seeds_and_then_over_images(record):
    entries = {(e["set"], e["method"]): e for e in summarize(record) if e["set"] is not None}
    assert entries["all", "fast"]["accuracy"] == pytest.approx([(0.35 + 0.55) / 2])
    assert entries["all", "fast"]["images"] == 2
    assert entries["all", "balanced"]["images"] == 1
    assert entries["all", "balanced"]["of"] == 2


def test_spread_is_that_of_the_means_of_the_seeds(record):
    entries = {(e["set"] or e["image"], e["method"]): e for e in summarize(record)}
    assert entries["all", "fast"]["spread"] == pytest.approx([0.05 / 2**0.5])
    assert entries["one", "fast"]["spread"] == pytest.approx([0.05 / 2**0.5])
    alone = {**record, "runs": [run_of("one", "fast", 0, 0.5)], "failures": []}
    assert [entry["spread"] for entry in summarize(alone)] == [[], [], []]


def test_losses_are_counted_by_image(record):
    other = {**record, "runs": [run_of("one", "fast", 0, 0.9), run_of("two", "fast", 0, 0.1)]}
    shown = with_reference(record, {**other, "failures": []}, "old")
    found = comparisons(summarize(shown), shown, 16, record["against"])
    fast = next(e for e in found if (e["method"], e["set"]) == ("fast", "all"))
    assert fast["against"] == ["superpixel-kmeans", "old fast"]
    assert fast["accuracy_above"] == pytest.approx(0.45 - 0.5)
    assert fast["accuracy_losses"] == {"one": pytest.approx(0.35 - 0.9)}


def test_a_method_that_failed_is_told_of(record):
    text = as_markdown(record)
    assert "Broken: pipe" in text
    assert "balanced (failed 1 times)" in text
    assert "balanced (1 of 2)" in text


def test_trials_have_tables(record):
    key = {"image": "one", "classes": 16, "seed": 0}
    trials = [
        {
            **key,
            "method": "fast",
            "trial": "stability",
            "shift": 9,
            "moved": 1.0,
            "cut": 0.5,
            "cut_named": 0.6,
        },
        {**key, "method": "fast", "trial": "threads", "threads": 0.75},
        {**key, "method": "fast", "trial": "nesting", "numbers": [2, 3], "equal": [1.0, 0.9]},
    ]
    made = {table.title: table.rows for table in tables({**record, "trials": trials})}
    assert made["Stability"] == [
        ["one", "fast", "16", "9", "1.000", "-", "0.500", "0.600", "0.750", "-"]
    ]
    assert made["Nesting"] == [["one", "fast", "0.9500", "0.9000", "3", "1 of 2"]]


def test_joined_classes_are_summed():
    table = np.zeros((256, 256), np.int64)
    table[1, :5] = 9, 1, 2, 3, 4
    steps = [MergeStep(2, 4, 0.5), MergeStep(1, 2, 1.0), MergeStep(1, 3, 2.0)]
    assert joined_table(table, steps, 3)[1, :4].tolist() == [1, 6, 3, 0]
    assert joined_table(table, steps, 2)[1].sum() == 10
    assert joined_table(table, steps, 9)[1, :4].tolist() == [1, 2, 3, 4]
