# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures of class maps against a reference, after every class was given a name.

Each class takes the name of the reference class that it shares most pixels with, as an analyst
would name it: several classes may have one name, and a reference class may remain without any. Only
pixels with a label count. Needs numpy only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from superseg_plugin.raster.object_graph import connected_components
from tests.benchmarks.measures import Classes, Counts, Flags, likeliest_reference

Objects = npt.NDArray[np.int64]

# Reference patches of fewer pixels are small; they are found by an intersection over union of more
# than a half, which one patch of the map can have at most.
SMALL_PATCH = 1000
FOUND = 0.5


def label_table(labels: Classes, classes: Classes, counted: Flags) -> Counts:
    """Contingency table of the labelled pixels.

    Args:
        labels: `(rows, cols)` reference, 0 = unlabelled.
        classes: `(rows, cols)` map, 0 = no class.
        counted: `(rows, cols)` pixels that a map can have a class on.

    Returns:
        `(256, 256)` pixels of each label, with row 0 empty, in each class, with those without a
        class in column 0.
    """
    pairs = labels.astype(np.uint16) * np.uint16(256) + classes
    counts = np.bincount(pairs[counted & (labels > 0)], minlength=1 << 16)
    return counts.reshape(256, 256)


def names_of(table: Counts) -> Classes:
    """Label of each class, `(256,)`; 0 for class 0 and for classes without labelled pixels.

    Args:
        table: of `label_table`.
    """
    names = np.maximum(likeliest_reference(table), 0).astype(np.uint8)
    names[0] = 0
    return names


def named_scores(table: Counts) -> tuple[float, float]:
    """Accuracy and mean intersection over union of the named map.

    Args:
        table: of `label_table`. Pixels without a class are wrong.

    Returns:
        Accuracy, and the mean over the reference classes that occur, each 0 to 1; a reference class
        whose name no class has counts 0.
    """
    confusion = np.zeros((256, 256), np.int64)
    np.add.at(confusion, names_of(table), table.T)
    return confusion_scores(confusion)


def confusion_scores(confusion: Counts) -> tuple[float, float]:
    """Accuracy and mean intersection over union, as `named_scores`.

    Args:
        confusion: `(k, k)` pixels by name in the map, then by label.
    """
    right = confusion.diagonal()
    truth, named = confusion.sum(axis=0), confusion.sum(axis=1)
    present = truth > 0
    ious = right[present] / (truth + named - right)[present]
    return float(right[present].sum() / truth.sum()), float(ious.mean())


def objects_of(values: Classes) -> tuple[Objects, Counts]:
    """Connected components of equal values; neighbors share an edge.

    Args:
        values: `(rows, cols)`, 0 for pixels of no component.

    Returns:
        `(rows, cols)` number of each pixel's component from 1, 0 for none; and the pixels of each
        component, the first for number 0.
    """
    begins = np.ones(values.shape, bool)
    np.not_equal(values[:, 1:], values[:, :-1], out=begins[:, 1:])
    runs = (np.cumsum(begins.ravel()) - 1).reshape(values.shape)
    # Where neither of two rows begins a run, both runs touch at the pixel before already.
    touch = (values[1:] == values[:-1]) & (begins[1:] | begins[:-1])
    roots = connected_components(int(runs[-1, -1]) + 1, runs[:-1][touch], runs[1:][touch])
    real = values[begins] > 0
    first = (roots == np.arange(len(roots))) & real
    numbers = np.where(real, np.cumsum(first)[roots], 0)
    objects = numbers[runs]
    return objects, np.bincount(objects.ravel(), minlength=int(first.sum()) + 1)


@dataclass(frozen=True)
class Reference:
    """A reference raster, and what is computed from it once.

    Attributes:
        labels: `(rows, cols)`, 0 = unlabelled.
        counted: `(rows, cols)` pixels that count if they are labelled.
    """

    labels: Classes
    counted: Flags

    @property
    def class_count(self) -> int:
        """Number of reference classes."""
        return len(np.unique(self._masked[self._masked > 0]))

    @cached_property
    def _masked(self) -> Classes:
        return np.where(self.counted, self.labels, 0).astype(np.uint8)

    @cached_property
    def _small(self) -> tuple[npt.NDArray[np.intp], Objects, Counts]:
        """Flat indices of the pixels of small patches, the patch of each, and all patch sizes."""
        patches, sizes = objects_of(self._masked)
        flat = patches.ravel()
        pixels = np.flatnonzero((flat > 0) & (sizes < SMALL_PATCH)[flat])
        return pixels, flat[pixels], sizes

    def small_patches_found(self, named: Classes) -> float:
        """Share of the small patches that a connected component of the named map is equal to.

        Args:
            named: `(rows, cols)` map of names, see `names_of`; unlabelled pixels do not count.

        Returns:
            0 to 1; NaN where there are no small patches.
        """
        pixels, patches, patch_sizes = self._small
        if not len(pixels):
            return math.nan
        objects, sizes = objects_of(np.where(self._masked > 0, named, 0).astype(np.uint8))
        keys, common = np.unique(patches * len(sizes) + objects.ravel()[pixels], return_counts=True)
        patch, found = keys // len(sizes), keys % len(sizes)
        union = patch_sizes[patch] + sizes[found] - common
        hits = np.unique(patch[(found > 0) & (common > FOUND * union)])
        return len(hits) / len(np.unique(patches))
