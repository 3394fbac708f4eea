# SPDX-License-Identifier: GPL-2.0-or-later
"""Examples in docstrings of the engine give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from superseg_plugin import contracts, engine

MODULES = [contracts] + [
    importlib.import_module(f"{engine.__name__}.{found.name}")
    for found in pkgutil.iter_modules(engine.__path__)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_give_what_they_say(module):
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder().find(module):
        runner.run(example)
    assert runner.failures == 0
