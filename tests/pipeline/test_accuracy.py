# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas from a sample, against a published example, and the sample itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.assessed import AssessedMap, Outputs
from superseg_plugin.pipeline.assessment.sample_accuracy import run_sample_accuracy
from superseg_plugin.pipeline.assessment.sample_strata import SamplePlaces
from superseg_plugin.pipeline.assessment.sampling import draw_sample
from superseg_plugin.pipeline.classes.accuracy import estimate_accuracy, sample_sizes
from superseg_plugin.raster.source import RasterSource
from tests.class_rasters import striped, write_classes
from tests.conftest import write_raster
from tests.pipeline.conftest import Listener

# Olofsson et al. 2014, table 8: deforestation, forest gain, stable forest, stable non-forest, in
# pixels of 30 m.
COUNTS = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
PIXELS = np.array([200_000.0, 150_000.0, 3_200_000.0, 6_450_000.0])
HECTARES = 0.09 * PIXELS.sum()


def of_the_map(counts, names):
    """Samples by stratum, named class and label, where the strata are the classes of the map."""
    result = np.zeros((len(counts), counts.shape[1], counts.shape[1]), np.int64)
    result[np.arange(len(counts)), names] = counts
    return result


def test_the_published_example_to_its_last_digit():
    found = estimate_accuracy(of_the_map(COUNTS, np.arange(4)), PIXELS)
    areas = [(HECTARES * each.value, HECTARES * each.half_width) for each in found.areas]
    assert [(round(area), round(half)) for area, half in areas] == [
        (21158, 6158),
        (11686, 3756),
        (285770, 15510),
        (581386, 16282),
    ]
    users = [(round(each.value, 2), round(each.half_width, 2)) for each in found.users]
    assert users == [(0.88, 0.07), (0.73, 0.10), (0.93, 0.04), (0.96, 0.02)]
    producers = [(round(each.value, 2), round(each.half_width, 2)) for each in found.producers]
    # For the second and the fourth interval the paper prints 0.23 and 0.01, which its equation 7
    # does not give (see the next test).
    assert producers == [(0.75, 0.21), (0.85, 0.25), (0.93, 0.03), (0.96, 0.02)]
    assert (round(found.overall.value, 2), round(found.overall.half_width, 2)) == (0.95, 0.02)
    assert found.proportions.sum() == pytest.approx(1)
    # Table 9.
    assert found.proportions.round(4).tolist() == [
        [0.0176, 0, 0.0013, 0.0011],
        [0, 0.0110, 0.0016, 0.0024],
        [0.0019, 0, 0.2967, 0.0213],
        [0.0040, 0.0020, 0.0179, 0.6212],
    ]


def test_errors_of_producers_accuracy_are_those_of_equation_7():
    found = estimate_accuracy(of_the_map(COUNTS, np.arange(4)), PIXELS)
    totals = COUNTS.sum(axis=1)
    shares = COUNTS / totals[:, None]
    for j in range(4):
        reference = float(PIXELS @ shares[:, j])
        users, producers = shares[j, j], PIXELS[j] * shares[j, j] / reference
        own = PIXELS[j] ** 2 * (1 - producers) ** 2 * users * (1 - users) / (totals[j] - 1)
        others = sum(
            PIXELS[i] ** 2 * shares[i, j] * (1 - shares[i, j]) / (totals[i] - 1)
            for i in range(4)
            if i != j
        )
        expected = math.sqrt(own + producers**2 * others) / reference
        assert found.producers[j].error == pytest.approx(expected, rel=1e-12)


def test_several_classes_of_one_name_are_one():
    """The mean over many samples is the truth, and the errors are those that occur."""
    generator = np.random.default_rng(0)
    areas, truth = np.array([500.0, 300.0, 200.0]), np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])
    names = np.array([0, 0, 1])
    runs = [
        estimate_accuracy(
            of_the_map(np.stack([generator.multinomial(50, row) for row in truth]), names), areas
        )
        for _ in range(2000)
    ]
    right = (0.5 * 0.9 + 0.3 * 0.7 + 0.2 * 0.8, (0.45 + 0.21) / 0.8, (0.45 + 0.21) / 0.7)
    for expected, pick in zip(
        right, (lambda r: r.overall, lambda r: r.users[0], lambda r: r.producers[0])
    ):
        values = np.array([pick(run).value for run in runs])
        errors = np.array([pick(run).error for run in runs])
        assert values.mean() == pytest.approx(expected, abs=0.003)
        assert errors.mean() == pytest.approx(values.std(), rel=0.06)


def test_strata_without_samples_are_left_out_and_single_ones_make_intervals_longer():
    counts = np.array([[9, 1], [0, 0], [0, 1]])
    found = estimate_accuracy(of_the_map(counts, [0, 0, 1]), np.array([1.0, 5.0, 1.0]))
    assert found.overall.value == pytest.approx((0.9 + 1) / 2)
    # The variance of one sample is 0.25 at most.
    assert found.overall.error == pytest.approx(0.5 * math.sqrt(0.09 / 9 + 0.25))
    # A single sample elsewhere says nothing about what is mapped here.
    assert found.users[0].error == pytest.approx(math.sqrt(0.09 / 9))


def test_the_published_example_of_other_strata():
    """Stehman 2014, section 4: 40 samples of four strata that are not the classes of the map."""
    mapped = "AAAAAAABBB" + "ABBBBBBBBB" + "BBCCCCCCBB" + "DDDDDDDDDD"
    true = "AAAAACBABC" + "ABBBBBAABB" + "CCCCCDDBBA" + "DDDDDDDCCB"
    counts = np.zeros((4, 4, 4), np.int64)
    for number, (one, other) in enumerate(zip(mapped, true)):
        counts[number // 10, "ABCD".index(one), "ABCD".index(other)] += 1
    found = estimate_accuracy(counts, np.array([40_000.0, 30_000.0, 20_000.0, 10_000.0]))
    of_a, of_c = found.areas[0], found.areas[2]
    figures = [(round(one.value, 3), round(one.error, 3)) for one in (of_a, of_c, found.overall)]
    assert figures == [(0.35, 0.082), (0.2, 0.064), (0.63, 0.085)]
    assert (round(found.users[1].value, 3), round(found.users[1].error, 3)) == (0.574, 0.125)
    assert round(found.producers[1].value, 3) == 0.794
    assert found.proportions[1, 2] == pytest.approx(0.08)


def test_a_map_that_changed_since_the_sample_was_drawn_is_estimated_without_bias():
    """Stehman 2014: the strata are not the classes of the map."""
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, 10_000)
    drawn_from = (np.arange(10_000) >= 9000).astype(int)
    mapped = np.where(generator.random(10_000) < 0.8, truth, 1 - truth)
    areas = np.bincount(drawn_from).astype(float)
    runs = []
    for _ in range(1000):
        counts = np.zeros((2, 2, 2), np.int64)
        for stratum in range(2):
            taken = generator.choice(np.flatnonzero(drawn_from == stratum), 60, replace=False)
            np.add.at(counts[stratum], (mapped[taken], truth[taken]), 1)
        runs.append(estimate_accuracy(counts, areas))
    right = truth == mapped
    for expected, pick in (
        (right.mean(), lambda run: run.overall),
        (right[mapped == 1].mean(), lambda run: run.users[1]),
        (right[truth == 1].mean(), lambda run: run.producers[1]),
        (truth.mean(), lambda run: run.areas[1]),
    ):
        values = np.array([pick(run).value for run in runs])
        errors = np.array([pick(run).error for run in runs])
        assert values.mean() == pytest.approx(expected, abs=0.006)
        assert errors.mean() == pytest.approx(values.std(), rel=0.08)


def test_samples_are_divided_by_area_with_a_least_number():
    assert sample_sizes(np.array([90.0, 9.0, 1.0]), 120, 20).tolist() == [74, 25, 21]
    assert sample_sizes(np.array([1.0, 1.0]), 5, 30).sum() == 5
    assert sample_sizes(PIXELS).sum() == 1275
    assert (sample_sizes(PIXELS) >= 30).all()


@pytest.fixture
def map_of_stripes(tmp_path):
    classes = striped(4)
    classes[:4] = 0
    return write_classes(tmp_path / "classes.tif", classes), classes


def test_places_are_random_pixels_of_every_class(map_of_stripes):
    path, classes = map_of_stripes
    with RasterSource(path) as source:
        one, two = (draw_sample(AssessedMap(source), 200, 20, 7, Listener()) for _ in range(2))
        other = draw_sample(AssessedMap(source), 200, 20, 8, Listener())
        cells = np.floor(source.grid.to_pixels(one.places)).astype(int)
    assert np.array_equal(one.places, two.places)
    assert not np.array_equal(one.places, other.places)
    assert len(one.classes) == len({tuple(cell) for cell in cells.tolist()}) == 200
    assert np.array_equal(classes[cells[:, 1], cells[:, 0]], one.classes)
    assert np.bincount(one.classes, minlength=5)[1:].min() >= 20
    assert one.names == {number: f"Class {number}" for number in range(1, 5)}
    # In random order: all classes are among the first.
    assert set(one.classes[:40].tolist()) == {1, 2, 3, 4}


def test_a_class_of_few_pixels_is_sampled_whole(tmp_path):
    classes = np.ones((40, 40), np.uint8)
    classes[0, :3] = 2
    path = write_raster(tmp_path / "classes.tif", classes, nodata=0)
    with RasterSource(path) as source:
        sample = draw_sample(AssessedMap(source), 100, 30, 0, Listener())
    assert (sample.classes == 2).sum() == 3


def test_labelled_places_give_the_accuracy_of_the_map(map_of_stripes, tmp_path):
    path, classes = map_of_stripes
    truth = np.where(np.arange(64)[None, :] < 48, classes, 1)
    names = {1: "Class 1", 2: "class 2", 3: "3", 4: "Water"}
    report = tmp_path / "report.html"
    with RasterSource(path) as source:
        # Every pixel is a place.
        rows, cols = np.indices(classes.shape)
        places = source.grid.to_coordinates(np.column_stack([cols.ravel(), rows.ravel()]) + 0.5)
        labels = [names.get(int(value), "") for value in truth.ravel()]
        found = run_sample_accuracy(
            AssessedMap(source), SamplePlaces(places, labels), Outputs(str(report)), Listener()
        )
    valid = classes > 0
    assert found.estimates.overall.value == pytest.approx((truth == classes)[valid].mean())
    assert found.labels == ("3", "Class 1", "Water", "class 2")
    assert found.by_name.tolist() == [True, True, True, False]
    assert found.unlabelled + found.outside == (~valid).sum()
    for number, label in ((1, "Class 1"), (2, "class 2"), (3, "3"), (4, "Water")):
        index = found.labels.index(label)
        area = (truth == number)[valid].mean()
        assert found.estimates.areas[index].value == pytest.approx(area)
        users = (truth == number)[classes == number].mean()
        assert found.estimates.users[index].value == pytest.approx(users)
    text = report.read_text(encoding="utf-8")
    assert "Overall accuracy" in text
    assert "most of its samples" in text


def test_places_that_say_nothing_are_refused(map_of_stripes):
    path, _ = map_of_stripes
    sample = SamplePlaces(np.array([[0.0, 0.0]]), ["Water"])
    with (
        RasterSource(path) as source,
        pytest.raises(SuperSegError, match="SAMPLES: no place has both a label and a class"),
    ):
        run_sample_accuracy(AssessedMap(source), sample, Outputs(), Listener())


def test_points_of_another_map_keep_the_classes_that_they_were_drawn_from(tmp_path):
    """The map becomes two classes that cut across those of the sample."""
    halves = np.repeat([[1, 2]], 50, axis=1).repeat(100, axis=0).astype(np.uint8)
    first = write_raster(tmp_path / "first.tif", halves)
    second = write_raster(tmp_path / "second.tif", halves.T)
    with RasterSource(first) as one, RasterSource(second) as two:
        drawn = draw_sample(AssessedMap(one), 400, 30, 0, Listener())
        labels = ["1" if y > 5_199_900 else "2" for _, y in drawn.places.tolist()]
        areas = np.array([drawn.areas[number] for number in drawn.classes.tolist()])
        sample = SamplePlaces(drawn.places, labels, drawn.classes.astype(float), areas)
        found = run_sample_accuracy(AssessedMap(two), sample, Outputs(), Listener())
        assert found.estimates.overall.value == 1
        assert found.assessed_area == pytest.approx(sum(drawn.areas.values()))
        areas[3] *= 2
        with pytest.raises(SuperSegError, match="several values in the field class_area"):
            run_sample_accuracy(AssessedMap(two), sample, Outputs(), Listener())


def test_merged_classes_are_sampled_as_one(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    table = tmp_path / "table.csv"
    table.write_text("from,to,name\n1,1,Wood\n2,1,\n3,3,\n4,3,Field\n", encoding="utf-8")
    with RasterSource(path) as source:
        drawn = draw_sample(AssessedMap(source, str(table)), 100, 40, 0, Listener())
        total = float(source.grid.pixel_areas(source.grid.window).sum()) * 64 * 64
    assert drawn.names == {1: "Wood", 3: "Field"}
    assert sorted(np.unique(drawn.classes).tolist()) == [1, 3]
    assert np.bincount(drawn.classes)[[1, 3]].min() >= 40
    assert sum(drawn.areas.values()) == pytest.approx(total, rel=1e-3)


def test_a_report_gives_no_interval_longer_than_the_range(tmp_path):
    """A single sample of a large class, with a label that it alone has."""
    classes = np.repeat([[1, 2]], 32, axis=1).repeat(64, axis=0).astype(np.uint8)
    path = write_raster(tmp_path / "classes.tif", classes, nodata=0)
    report, listener = tmp_path / "report.html", Listener()
    places = np.array([[500_001 + 2 * step, 5_199_999] for step in (*range(20), 40)], float)
    with RasterSource(path) as source:
        sample = SamplePlaces(places, [*["Wood"] * 19, "Mire", "Field"])
        run_sample_accuracy(AssessedMap(source), sample, Outputs(str(report)), listener)
    assert "Warning: one place of Class 2 is labelled" in "\n".join(listener.lines)
    assert "0.000 (too few samples for an interval)" in report.read_text(encoding="utf-8")
