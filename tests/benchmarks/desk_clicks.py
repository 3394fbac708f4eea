# SPDX-License-Identifier: GPL-2.0-or-later
"""What clicks on a few places of an image are worth; run in the engine environment.

    python -m tests.benchmarks.desk_clicks SCENE.npz

The scene is made by `desk`. The answer is JSON: for each number of clicks, the share of pixels
right and the mean IoU when (naming) the clicks only name the classes of the map, (random) the same
clicks teach, (asked) clicks teach where the tool asks. One wrong or untypical early click changes
the result of few clicks by more than the ways differ; so each way has five runs, and where the tool
asks, the first places are skipped: none in the first run, four in the last. Names are the codes of
the reference.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from superseg_plugin.class_tree import ClassTree
from superseg_plugin.engine.next_example import next_example
from superseg_plugin.engine.teaching import Examples, Teachable, teach
from tests.benchmarks.common import CLICKS
from tests.benchmarks.named import confusion_scores

DRAWS = 5
SMOOTHNESS = 8.0

Ints = npt.NDArray[np.int64]
Click = tuple[int, int]


class ClickedScene:
    """The superpixels of an image, and how many pixels of each name they hold.

    Args:
        path: the .npz file with the tables of the file of superpixels and
            table: `(n, names)` pixels of each superpixel with each name, 0 for those without;
            at: `(n,)` name of the pixel that the tool asks for, 0 for none.
    """

    def __init__(self, path: Path) -> None:
        with np.load(path) as file:
            arrays = dict(file)
        self.table: Ints = arrays["table"]
        self._at: Ints = arrays["at"]
        self._classes, self._leaf = arrays["classes"].astype(np.int64), arrays["leaf"]
        self.tree = ClassTree.from_arrays(arrays)
        self.unlabelled = np.flatnonzero(self.table.sum(axis=1) == 0)
        self._arrays = arrays

    def teachable(self) -> Teachable:
        """Prepare the superpixels for teaching."""
        names = ("pairs", "lengths", "means")
        graph = tuple(self._arrays[name] for name in names)
        features, pixels, place = (self._arrays[name] for name in ("features", "pixels", "place"))
        tree = self._leaf, self.tree
        return Teachable.of_scene(features, graph, pixels, place, tree, SMOOTHNESS)

    def draw(self, count: int, seed: int) -> list[Click]:
        """Click on labelled pixels at random; the superpixels and names."""
        shares = self.table.ravel() / self.table.sum()
        picks = np.random.default_rng(seed).choice(len(shares), count, p=shares)
        return [(int(row), int(name)) for row, name in zip(*divmod(picks, self.table.shape[1]))]

    def click(self, row: int, generator: np.random.Generator) -> Click:
        """Click where the tool asks; on nodata of the reference, elsewhere in the superpixel."""
        name = int(self._at[row])
        if not name:
            shares = self.table[row] / self.table[row].sum()
            name = int(generator.choice(len(shares), p=shares))
        return row, name

    def score(self, names: Ints) -> tuple[float, float]:
        """Share of labelled pixels right, and mean IoU, for the name `(n,)` of each superpixel."""
        confusion = np.zeros((self.table.shape[1],) * 2, np.int64)
        np.add.at(confusion, names, self.table)
        return confusion_scores(confusion)

    def named(self, clicks: Sequence[Click]) -> Ints:
        """Name the classes of the map by the majority of the clicks in each.

        A class without clicks takes the name of the class nearest in the tree: that of the most
        clicks in the smallest branch that holds it and has clicks.
        """
        leaves, names = len(self.tree.areas), self.table.shape[1]
        class_of_leaf = np.zeros(leaves, np.int64)
        class_of_leaf[self._leaf] = self._classes
        votes = np.zeros((class_of_leaf.max() + 1, names), np.int64)
        for row, name in clicks:
            votes[self._classes[row], name] += 1
        # The votes of a class count once, at one of its leaves.
        numbers, first = np.unique(class_of_leaf, return_index=True)
        branch = np.zeros((leaves + len(self.tree.merges), names), np.int64)
        branch[first] = votes[numbers]
        parent = np.full(len(branch), -1)
        for step, (one, two) in enumerate(self.tree.merges.tolist()):
            branch[leaves + step] = branch[one] + branch[two]
            parent[[one, two]] = leaves + step
        name_of_class = np.zeros(len(votes), np.int64)
        for number, leaf in zip(numbers.tolist(), first.tolist()):
            node = leaf
            while not branch[node].any():
                node = parent[node]
            name_of_class[number] = branch[node].argmax()
        return name_of_class[self._classes]


def measure(scene: ClickedScene) -> dict[str, list[list[list[float]]]]:
    """Figures of each way, by number of clicks and draw: accuracy and mean IoU; and seconds."""
    prepared = scene.teachable()

    def taught(clicks: Sequence[Click]) -> Ints:
        return teach(prepared, _examples(clicks)).names

    def asked(skipped: int, waits: list[list[float]]) -> list[Click]:
        """Answer where the tool asks, after skipping the first places; seconds go to `waits`."""
        generator = np.random.default_rng(skipped)
        clicks: list[Click] = []
        excluded = scene.unlabelled
        while len(clicks) < CLICKS[-1]:
            started = time.perf_counter()
            row = next_example(prepared, _examples(clicks), excluded)
            waits.append([time.perf_counter() - started])
            if row is None:
                break
            if len(excluded) < len(scene.unlabelled) + skipped:
                excluded = np.append(excluded, row)
            else:
                clicks.append(scene.click(row, generator))
        return clicks

    draws = [scene.draw(CLICKS[-1], seed) for seed in range(DRAWS)]
    waits: list[list[float]] = []
    runs = [asked(skipped, waits) for skipped in range(DRAWS)]
    return {
        "naming": [[scene.score(scene.named(draw[:count])) for draw in draws] for count in CLICKS],
        "random": [[scene.score(taught(draw[:count])) for draw in draws] for count in CLICKS],
        "asked": [[scene.score(taught(run[:count])) for run in runs] for count in CLICKS],
        "best": [[scene.score(scene.table.argmax(axis=1))]],
        "seconds": [waits],
    }


def _examples(clicks: Sequence[Click]) -> Examples:
    table = np.array(clicks, np.int64).reshape(-1, 2)
    return Examples(table[:, 0], table[:, 1])


if __name__ == "__main__":
    print(json.dumps(measure(ClickedScene(Path(sys.argv[1])))))
