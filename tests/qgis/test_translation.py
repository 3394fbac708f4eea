# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in Chinese."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from superseg_plugin.pipeline.options.segmentation import SegmentationOptions
from superseg_plugin.pipeline.planning.estimate import EstimateRequest, estimate_segmentation
from superseg_plugin.raster.grid import Grid
from tests.conftest import REPOSITORY, quarters, write_raster
from tests.tools.translations import (
    FOLDER,
    LANGUAGES,
    algorithm_texts,
    read_translations,
    window_texts,
)

CHINESE = re.compile("[\u4e00-\u9fff]")
SCRIPT = """
import json, os, sys
from pathlib import Path
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import QUrl
application = QgsApplication([], False)
application.initQgis()
if "-" in os.environ["SUPERSEG_TEST_LANGUAGE"]:
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", os.environ["SUPERSEG_TEST_LANGUAGE"])
from superseg_plugin import classFactory
plugin = classFactory(None)
plugin.initProcessing()
said = {}
for algorithm in plugin.provider.algorithms():
    if algorithm.name().islower():
        texts = [algorithm.displayName(), algorithm.shortDescription(), algorithm.shortHelpString()]
        for definition in algorithm.parameterDefinitions():
            texts += [definition.description(), definition.help()]
        texts.append(Path(QUrl(algorithm.helpUrl()).toLocalFile()).read_text("utf-8"))
        said[algorithm.name()] = texts
for model in plugin.provider.algorithms():
    if not model.name().islower():
        said[model.name()] = [model.displayName(), model.create().displayName(), model.group()]
segment = plugin.provider.algorithm("segment")
choices = segment.parameterDefinition("PRESET").options()
from qgis.core import QgsProcessingContext, QgsProcessingFeedback
raster, report = os.environ["SUPERSEG_TEST_RASTER"], os.environ["SUPERSEG_TEST_REPORT"]
evaluate = plugin.provider.algorithm("evaluate").create()
evaluate.run(
    {"CLASSIFICATION": raster, "REFERENCE": raster, "REPORT": report},
    QgsProcessingContext(),
    QgsProcessingFeedback(),
)
print(json.dumps([QgsApplication.locale(), said, segment.tags(), choices]))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_are_translated(plugin, language):
    known = read_translations(FOLDER / f"superseg_{language}.ts")
    texts = [*algorithm_texts(), *window_texts()]
    assert [text for text in texts if not known.get(text)] == []
    for text in texts:
        # What is filled in later, and what stands between tags, is the same in both.
        for pattern in (r"{[^}]*}", r"</?\w+>", r"\.superseg\b", r"\b[A-Z]+_[A-Z]+\b"):
            ours, theirs = re.findall(pattern, text), re.findall(pattern, known[text])
            assert sorted(ours) == sorted(theirs), text


def estimated():
    grid = Grid(30_000, 30_000, (0.0, 1.0, 0.0, 0.0, 0.0, -1.0))
    asked = EstimateRequest(SegmentationOptions(), device="cpu")
    return estimate_segmentation(lambda: (grid, 3), asked)


def test_an_estimate_is_shown_in_chinese(plugin, monkeypatch):
    from superseg_plugin.gui import estimate_line

    known = read_translations(FOLDER / "superseg_zh_CN.ts")
    monkeypatch.setattr(estimate_line, "translate", lambda _context, text: known[text])
    text = estimate_line.estimate_lines(estimated())
    for part in ("CPU", " 上约 ", "内存 ", "900 百万 像素", "个瓦片", "个超像素", "8 x 8 像素。"):
        assert part in text
    # The name of the device stays in English.
    assert set(re.findall("[A-Za-z]+", text)) - {"threads"} == {"CPU", "GB", "x"}


# The names of the language in the system and in the options of QGIS.
@pytest.mark.parametrize("language", ["zh_CN", "zh-Hans"])
def test_a_chinese_qgis_shows_chinese_texts(tmp_path, language):
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(REPOSITORY),
        "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path),
        "LC_ALL": "zh_CN.UTF-8" if "_" in language else "C.UTF-8",
        "SUPERSEG_TEST_LANGUAGE": language,
        "SUPERSEG_TEST_RASTER": write_raster(tmp_path / "classes.tif", quarters()[1], nodata=0),
        "SUPERSEG_TEST_REPORT": str(tmp_path / "report.html"),
    }
    environment.pop("QGIS_OPTIONS_PATH", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    locale, found, tags, choices = json.loads(done.stdout.splitlines()[-1])
    assert locale.startswith("zh")
    assert len(found) >= 11
    for name, texts in found.items():
        for text in texts:
            assert CHINESE.search(text), (name, text)
    assert {"segmentation", "超像素"} <= set(tags)
    report = (tmp_path / "report.html").read_text("utf-8")
    assert '<html lang="zh-CN">' in report
    headings = re.findall("<h[12]>(.*?)</h[12]>", report)
    assert "误差矩阵" in headings
    assert [one for one in headings if not CHINESE.search(one)] == []
    # Values of choices are the same in every language.
    assert choices == ["balanced", "fast", "published"]
