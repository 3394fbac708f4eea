# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example in the docstrings on QGIS's side of the process boundary runs."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "superseg_plugin"
MODULES = [
    ".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts))
    for place in ("pipeline/**/*.py", "raster/*.py", "runtime/*.py", "worker/*.py", "wording.py")
    for path in sorted(PACKAGE.glob(place))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(example)
    assert runner.tries > 0
    assert runner.failures == 0
