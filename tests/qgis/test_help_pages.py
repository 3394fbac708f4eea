# SPDX-License-Identifier: GPL-2.0-or-later
"""The help pages are up to date with the algorithms."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QUrl

from superseg_plugin.resources import PACKAGE
from tests.qgis.test_public_names import PUBLIC
from tests.tools.translations import read_translations

SET_UP = {"installruntime", "runtimereport"}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_algorithm_has_a_page_that_is_up_to_date(provider, name):
    algorithm = provider.algorithm(name)
    url = QUrl(algorithm.helpUrl())
    assert url.isLocalFile()
    page = Path(url.toLocalFile()).read_text(encoding="utf-8")
    assert algorithm.shortHelpString() in page
    for definition in algorithm.parameterDefinitions():
        assert f"<td>{html.escape(definition.help())}</td>" in page, definition.name()
    example = re.search(r"<h2>Example</h2>(.*?)</section>", page, re.DOTALL).group(1)
    if name not in SET_UP:
        assert re.search(r"<img|<svg|<table", example)
        command = f"qgis_process run superseg:{name} --"
        assert command in example
    folder = Path(url.toLocalFile()).parent
    assert all((folder / picture).is_file() for picture in re.findall(r'src="([^"]*)"', page))
    assert all((folder / sheet).is_file() for sheet in re.findall(r'href="([^"]*)"', page))
    assert "<style>" not in page
    # Pages contain no paths of the computer that wrote them.
    assert "<script" not in page
    assert not re.search(r"/(tmp|home|root)/", page)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_page_is_there_in_chinese(provider, name):
    known = read_translations(PACKAGE / "i18n" / "superseg_zh_CN.ts")
    file = PACKAGE / "help" / "zh_CN" / f"{name}.html"
    page = file.read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    algorithm = provider.algorithm(name)
    for definition in algorithm.parameterDefinitions():
        assert f"<td>{html.escape(known[definition.help()])}</td>" in page, definition.name()
    assert f"<title>{known[algorithm.displayName()]}</title>" in page
    assert all((file.parent / one).is_file() for one in re.findall(r'(?:src|href)="([^"]*)"', page))
