# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores from a table of counts against scikit-learn and scikit-image on the pixels."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import adapted_rand_error
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix

from superseg_plugin.pipeline.classes.agreement import agreement_of
from superseg_plugin.pipeline.classes.scores import all_scores

CASES = [(pixels, rows, columns) for pixels in (1, 2, 7, 50, 3000) for rows in (1, 3, 9)
         for columns in (1, 4, 40)]  # fmt: skip


def labels(pixels, rows, columns, likeness, seed):
    generator = np.random.default_rng(seed)
    reference = generator.integers(0, rows, pixels)
    random = generator.integers(0, columns, pixels)
    return reference, np.where(generator.random(pixels) < likeness, reference % columns, random)


@pytest.mark.parametrize(("pixels", "rows", "columns"), CASES)
@pytest.mark.parametrize("likeness", [0.0, 0.5, 1.0])
def test_scores_of_small_divisions(pixels, rows, columns, likeness):
    compare(*labels(pixels, rows, columns, likeness, seed=pixels + rows), tolerance=1e-10)


@pytest.mark.parametrize(("rows", "columns"), [(6, 32), (16, 16)])
def test_scores_of_an_image(rows, columns):
    compare(*labels(1_000_000, rows, columns, 0.3, seed=0), tolerance=1e-9)


def compare(reference, predicted, tolerance):
    table = contingency_matrix(reference, predicted).astype(np.int64)
    scores = all_scores(table)
    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(
        reference, predicted
    )
    expected = {
        "ami": metrics.adjusted_mutual_info_score(reference, predicted),
        "ari": metrics.adjusted_rand_score(reference, predicted),
        "fmi": metrics.fowlkes_mallows_score(reference, predicted),
        "homogeneity": homogeneity,
        "completeness": completeness,
        "v_measure": v_measure,
    }
    # Where no two pixels share a class, scikit-image divides nothing by nothing.
    if table.sum(axis=0).max() > 1 or table.sum(axis=1).max() > 1:
        with np.errstate(invalid="ignore", divide="ignore"):
            expected["are"] = adapted_rand_error(reference, predicted, ignore_labels=())[0]
    for name, value in expected.items():
        assert getattr(scores, name) == pytest.approx(value, abs=tolerance), name


@pytest.mark.parametrize("likeness", [0.1, 0.6, 0.95])
def test_accuracy_of_named_classes_is_that_of_scikit_learn(likeness):
    reference, predicted = labels(20_000, 6, 16, likeness, seed=3)
    table = contingency_matrix(reference, predicted).astype(np.int64)
    found = agreement_of(table, table.astype(float), [""] * 16, list("abcdef"))
    named = found.names[predicted]
    exact = {"rel": 1e-12, "abs": 1e-12}
    assert found.overall == pytest.approx(metrics.accuracy_score(reference, named), **exact)
    assert found.kappa == pytest.approx(metrics.cohen_kappa_score(reference, named), **exact)
    ious = metrics.jaccard_score(reference, named, average=None, zero_division=0)
    assert found.ious == pytest.approx(ious, **exact)
    assert found.mean_iou == pytest.approx(ious.mean(), **exact)
    assert (metrics.confusion_matrix(reference, named) == found.matrix.T).all()
    users = metrics.precision_score(reference, named, average=None, zero_division=np.nan)
    assert found.users == pytest.approx(users, nan_ok=True, **exact)
    producers = metrics.recall_score(reference, named, average=None)
    assert found.producers == pytest.approx(producers, **exact)


def test_areas_weigh_the_error_matrix_as_sample_weights_do():
    reference, predicted = labels(5_000, 3, 8, 0.7, seed=1)
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(reference))
    table = contingency_matrix(reference, predicted).astype(np.int64)
    areas = np.zeros(table.shape)
    np.add.at(areas, (reference, predicted), weights)
    found = agreement_of(table, areas, [""] * 8, list("abc"))
    expected = metrics.confusion_matrix(
        reference, found.names[predicted], sample_weight=weights, normalize="all"
    )
    assert pytest.approx(expected, abs=1e-12) == found.proportions.T
