# SPDX-License-Identifier: GPL-2.0-or-later
"""Every public function of the engine has an example, and every example runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from superseg_plugin import agglomeration, background, class_tree, contracts, engine, in_flight

SHARED = [agglomeration, background, class_tree, contracts, in_flight]
MODULES = SHARED + [
    importlib.import_module(f"{engine.__name__}.{found.name}")
    for found in pkgutil.iter_modules(engine.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_give_what_they_say(module):
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder().find(module):
        runner.run(example)
    assert runner.failures == 0


@pytest.mark.parametrize("module", MODULES[len(SHARED) :], ids=lambda module: module.__name__)
def test_every_public_function_has_an_example(module):
    """Of all that is not private, less classes, whose methods belong together, and imports."""
    functions = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and callable(value) and not isinstance(value, type)
    }
    without = [
        name
        for name, value in functions.items()
        if getattr(value, "__module__", "") == module.__name__ and ">>>" not in value.__doc__
    ]
    assert without == []
