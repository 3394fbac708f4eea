# SPDX-License-Identifier: GPL-2.0-or-later
"""What could be better about the classes of a map."""

from __future__ import annotations

import numpy as np

from superseg_plugin.pipeline.classes.advice import ClassFigures, advice, class_figures

NAMES = {number: f"Class {number}" for number in range(256)}


def texts(figures):
    return [one.text for one in advice(figures, NAMES)]


def test_figures_are_those_of_the_superpixels():
    classes = np.array([1, 1, 2, 2, 0], np.uint8)
    areas = np.array([1.0, 3.0, 2.0, 2.0, 99.0])
    confidence = np.array([1.0, 0.5, 0.25, 0.75, 0.0], np.float32)
    features = np.array([[0.0], [4.0], [1.0], [1.0], [50.0]], np.float32)
    figures = class_figures(classes, areas, confidence, features)
    assert figures.areas == {1: 4.0, 2: 4.0}
    assert figures.confidence == {1: 0.625, 2: 0.5}
    assert figures.scatter == {1: 1.0, 2: 0.0}


def test_tiny_broad_uneven_and_unsure_classes_are_named_with_the_cure():
    areas = {1: 50.0, 2: 49.95, 3: 0.03, 4: 0.02}
    found = texts(ClassFigures(areas, {1: 0.9, 2: 0.1, 3: 0.0, 4: 0.0}, {}))
    assert found == [
        "Class 3, Class 4 cover less than 0.1 % of the area: merge them, or ask for fewer classes.",
        "Class 1 covers 50 % of the area: split it, or ask for more classes.",
        "Class 2 covers 50 % of the area: split it, or ask for more classes.",
    ]
    even = dict.fromkeys(range(1, 11), 10.0)
    scatter = {**dict.fromkeys(range(1, 10), 0.06), 10: 0.46}
    confidence = {**dict.fromkeys(range(1, 10), 0.8), 4: 0.3, 5: 0.2}
    (uneven, unsure) = advice(ClassFigures(even, scatter, confidence), NAMES)
    assert uneven.numbers == (10,)
    assert uneven.text.startswith("Class 10 holds 46 % of the differences within classes")
    assert unsure.numbers == (5, 4)
    assert unsure.text == (
        "Mean confidence is least in Class 5 (20 %), Class 4 (30 %): correct places or give"
        " examples there."
    )


def test_there_is_nothing_to_say_of_even_and_sure_classes():
    even = dict.fromkeys(range(1, 11), 10.0)
    figures = ClassFigures(even, dict.fromkeys(even, 0.1), dict.fromkeys(even, 0.9))
    assert texts(figures) == []
    assert texts(ClassFigures({}, {}, {})) == []
