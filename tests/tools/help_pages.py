# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the help pages: description, parameters and an example of each algorithm.

Run by QGIS's Python: `python -m tests.tools.help_pages`. The examples are run on the sample that is
shipped with the plugin.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr
from qgis.core import (
    QgsApplication,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from superseg_plugin import classFactory
from superseg_plugin.pipeline.classes.colors import CONFIDENCE_PALETTE
from superseg_plugin.pipeline.reports.page import STYLE_SHEET, Html, escaped, page, style, table
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.thumbnails import class_data_url, rgb_data_url
from superseg_plugin.resources import PACKAGE

HELP = PACKAGE / "help"
# Folder of the pages that are written by hand.
TOPICS = "topics"
# Words of the pages in other languages; all other texts are those of the translations.
WORDS = {
    "zh_CN": {
        "Description": "说明",
        "Example": "示例",
        "Parameters": "参数",
        "Results": "结果",
        "Search terms": "检索词",
        "Computing on a Dask cluster": "在 Dask 集群上计算, 英文",
        "Name": "名称",
        "Title": "标题",
        "Values": "取值",
        "Help": "帮助",
        "optional": "可选",
    },
}
# Their examples are prose.
SET_UP = ("installruntime", "runtimereport")
SAMPLE = PACKAGE / "sample" / "salt_lake.tif"
ZOOM = 4
PIECE = (slice(120, 210), slice(170, 290))
# Column and row in a pond.
POND = (163, 245)
FLOODS = ((115, 127, 178, 122, 54, 18), (115, 127, 60, 45, 54, 18))
OUTLINE = np.array([255, 214, 10], np.uint8)


class Examples:
    """Runs an example of each algorithm.

    Attributes:
        shown: HTML of the examples by the id of the algorithm.
    """

    def __init__(self, folder):
        self._folder = Path(folder)
        self._image = gdal.Open(str(SAMPLE)).ReadAsArray()[:3]
        self.shown = {}
        self._segment()
        self._steps()
        self._afterwards()
        self._runtime()

    def _segment(self):
        sample = {"INPUT": SAMPLE, "CLASSES": 12, "IMAGERY": "landsat"}
        self._run("segment", **sample, OUTPUT="classes.tif")
        for smoothness in (0, 2):
            self._run("segment", **sample, SMOOTHNESS=smoothness, OUTPUT=f"s{smoothness}.tif")
        self._show(
            "segment",
            "The sample of <i>Plugins &gt; SuperSeg &gt; First steps</i> is a Landsat image of "
            "salt ponds. With 12 classes and the imagery landsat, ponds, mud, water and slopes are "
            "in different classes, which can be merged and named in the class workbench. With less "
            "smoothness, more small patches remain.",
            [
                self._photo("The image"),
                self._classes("classes.tif", "Its 12 classes, smoothness 8"),
                self._classes("s2.tif", "Smoothness 2"),
                self._classes("s0.tif", "Smoothness 0"),
            ],
        )

    def _steps(self):
        self._run("superpixels", INPUT=SAMPLE, MIN_SIZE=25, OUTPUT="superpixels.tif")
        self._show(
            "superpixels",
            "With superpixels of at least 25 pixels, the dams between the ponds are superpixels of "
            "their own.",
            [self._outlines("superpixels.tif")],
        )
        self._run(
            "trainfcn", INPUT=SAMPLE, CLASSES=12, MODEL="salt.superseg", REPORT="training.html"
        )
        report = (self._folder / "training.html").read_text(encoding="utf-8")
        curve = re.search(r"<h3>Loss</h3>\s*(<svg.*?</svg>)", report, re.DOTALL).group(1)
        self._show(
            "trainfcn",
            "The network is trained on the sample with 12 classes. The loss falls steeply at "
            "first; where the curve is flat, more steps do not improve the network. The report "
            "contains this curve.",
            [curve],
        )
        halves = {"west": (0, 0, 192, 320), "east": (192, 0, 192, 320)}
        (self._folder / "scenes").mkdir()
        for name, window in halves.items():
            gdal.Translate(
                str(self._folder / "scenes" / f"{name}.tif"), str(SAMPLE), srcWin=list(window)
            )
        self._run("classify", INPUT=SAMPLE, MODEL="salt.superseg", OUTPUT="by_model.tif")
        self._show(
            "classify",
            "The model of <i>Train a network</i> classifies the image. Another date of the same "
            "sensor would be classified into the same classes, with the same names and colors.",
            [self._photo("An image"), self._classes("by_model.tif", "Its classes")],
        )
        self._run("segmentfolder", FOLDER="scenes", CLASSES=6, OUTPUT="legend")
        self._show(
            "segmentfolder",
            "The folder <i>scenes</i> contains two tiles of one image, <i>west.tif</i> and "
            "<i>east.tif</i>. They get the same classes, with the same names and colors.",
            [
                self._classes("legend/west_classes.tif", "west_classes.tif"),
                self._classes("legend/east_classes.tif", "east_classes.tif"),
            ],
        )
        self._run("classifyfolder", FOLDER="scenes", MODEL="salt.superseg", OUTPUT="results")
        self._show(
            "classifyfolder",
            "The folder <i>scenes</i> contains two tiles, <i>west.tif</i> and <i>east.tif</i>. "
            "Classified with one model, they have the same legend.",
            [
                self._classes("results/west_classes.tif", "west_classes.tif"),
                self._classes("results/east_classes.tif", "east_classes.tif"),
            ],
        )

    def _afterwards(self):
        self._run("averagecolor", INPUT=SAMPLE, CLASSIFICATION="classes.tif", OUTPUT="average.tif")
        average = gdal.Open(str(self._folder / "average.tif")).ReadAsArray()[:3]
        self._show(
            "averagecolor",
            "Every pixel has the average of its class in all bands.",
            [self._photo("The image"), self._photo("Its average colors", average)],
        )
        self._run("mergeclasses", CLASSIFICATION="classes.tif", CLASSES=5, OUTPUT="five.tif")
        self._show(
            "mergeclasses",
            "Of 12 classes, the most similar ones are merged until 5 are left. Neither the image "
            "nor the runtime is needed.",
            [self._classes("classes.tif", "12 classes"), self._classes("five.tif", "5 classes")],
        )
        self._run(
            "splitclass", CLASSIFICATION="classes.tif", SPLIT="1", PARTS=3, OUTPUT="split.tif"
        )
        self._show(
            "splitclass",
            "The largest of 12 classes is split into three by the features of its superpixels; the "
            "other classes are unchanged.",
            [self._classes("classes.tif", "12 classes"), self._classes("split.tif", "14 classes")],
        )
        self._run("classpolygons", CLASSIFICATION="five.tif", OUTPUT="five.gpkg")
        self._show(
            "classpolygons",
            "The five classes are converted into polygons with the fields class, name, area and "
            "perimeter.",
            [self._classes("five.tif", "Classes"), self._borders("five.tif")],
        )
        self._run("objects", CLASSIFICATION="five.tif", INPUT=SAMPLE, OUTPUT="objects.gpkg")
        self._show(
            "objects",
            "The patches of the five classes have these figures, the largest first (the texture of "
            "each band and the numbers of the neighbors are left out):",
            [self._largest_objects("objects.gpkg")],
        )
        self._similarity()
        self._changes()
        self._run(
            "evaluate", CLASSIFICATION="by_model.tif", REFERENCE="five.tif", REPORT="scores.html"
        )
        report = (self._folder / "scores.html").read_text(encoding="utf-8")
        title = "Accuracy of the named classes"
        accuracy = re.search(rf"<h2>{title}</h2>\s*(.*?</div>)", report, re.DOTALL).group(1)
        self._show(
            "evaluate",
            "The classes of the model are compared with the five merged classes, which serve as "
            "the reference. The report begins with this table; the error matrix follows.",
            [accuracy],
        )
        self._run(
            "suggestnames", CLASSIFICATION="by_model.tif", REFERENCE="five.tif", TABLE="names.csv"
        )
        named = (self._folder / "names.csv").read_text(encoding="utf-8").strip().splitlines()
        cells = [line.split(",") for line in named]
        self._show(
            "suggestnames",
            "The five merged classes serve as a map of named classes. These are the proposals:",
            [_wide(table(cells[0], cells[1:]))],
        )
        self._run(
            "accuracypoints",
            CLASSIFICATION="five.tif",
            COUNT=100,
            MINIMUM=10,
            OUTPUT="points.gpkg",
        )
        self._show(
            "accuracypoints",
            "100 points in the five classes, ten in each at least, the rest by area. They are in "
            "random order and wait for their labels.",
            [self._classes("five.tif", "Classes to assess")],
        )
        self._run(
            "labelbyexamples",
            CLASSIFICATION="classes.tif",
            EXAMPLES="points.gpkg",
            FIELD="name",
            OUTPUT="labelled.tif",
        )
        self._show(
            "labelbyexamples",
            "100 points with the names of the five merged classes name the superpixels of 12 "
            "classes.",
            [
                self._classes("five.tif", "Where the names are from"),
                self._classes("labelled.tif", "Learned from 100 points"),
            ],
        )

    def _similarity(self):
        path = self._folder / "pond.gpkg"
        classes = gdal.Open(str(self._folder / "classes.tif"))
        col, row = POND
        x, y = gdal.ApplyGeoTransform(classes.GetGeoTransform(), col + 0.5, row + 0.5)
        file = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
        layer = file.CreateLayer("pond", classes.GetSpatialRef(), ogr.wkbPoint)
        point = ogr.Feature(layer.GetLayerDefn())
        point.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT({x} {y})"))
        layer.CreateFeature(point)
        del point, layer, file
        self._run(
            "similarity", CLASSIFICATION="classes.tif", EXAMPLES=path.name, OUTPUT="similar.tif"
        )
        percent = np.rint(100 * np.maximum(_numbers(self._folder / "similar.tif"), 0))
        ramp = np.moveaxis(CONFIDENCE_PALETTE[percent.astype(int)], -1, 0)
        self._show(
            "similarity",
            "One point in the middle of a salt pond is the example. Ponds of its kind are yellow "
            "and light green, others darker, and land is violet.",
            [self._photo("The image"), self._photo("Similarity, 0 to 1", ramp)],
        )

    def _changes(self):
        later = self._folder / "later.tif"
        gdal.Translate(str(later), str(SAMPLE))
        dataset = gdal.Open(str(later), gdal.GA_Update)
        # Offset of the copied block, offset of its target, and its size.
        for col, row, to_col, to_row, width, height in FLOODS:
            dataset.WriteArray(dataset.ReadAsArray(col, row, width, height), to_col, to_row)
        del dataset
        self._run("classify", INPUT=later, MODEL="salt.superseg", OUTPUT="by_model_later.tif")
        self._run(
            "changes",
            CLASSIFICATION_BEFORE="by_model.tif",
            CLASSIFICATION_AFTER="by_model_later.tif",
            OUTPUT="changes.tif",
            TABLE="changes.csv",
        )
        table = read_class_table(self._folder / "changes.tif")
        whole = table.areas.sum()
        largest = ", ".join(
            f"<i>{escaped(name)}</i> ({100 * area / whole:.1f} %)"
            for name, area in list(zip(table.names, table.areas))[1:4]
        )
        self._show(
            "changes",
            "The sample has only one date; for a later one, water was copied over a pond and over "
            "the flats. Both dates are classified with one model, and the largest changes are "
            f"{largest}. The other changes are superpixels with a low confidence, whose class "
            "depends on their neighbors.",
            [
                self._classes("by_model_later.tif", "Classes of the later date"),
                self._classes("changes.tif", "What has changed"),
            ],
        )

    def _runtime(self):
        self.shown["installruntime"] = (
            "<p>On a computer without a graphics processor, choose the backend cpu. Without "
            "internet, download the wheels on another computer with <code>pip download "
            "--require-hashes -r superseg_plugin/runtime/locked.txt -d wheels</code>, and choose "
            "that folder as the source. <i>Plugins &gt; SuperSeg &gt; Runtime</i> does the same in "
            "a window.</p>"
        )
        self.shown["runtimereport"] = (
            "<p>Run it if something does not work, and add the text to your question. It lists the "
            "system, the Python of the runtime, its packages, and whether a small training "
            "succeeds. The home folder is written as ~.</p>"
        )

    def _run(self, name, **values):
        from qgis import processing

        places = {
            *("OUTPUT", "MODEL", "REPORT", "CLASSIFICATION", "REFERENCE", "FOLDER", "TABLE"),
            *("CLASSIFICATION_BEFORE", "CLASSIFICATION_AFTER", "EXAMPLES"),
        }
        full = {
            key: str(self._folder / value)
            if key in places
            else value
            if key != "INPUT"
            else str(value)
            for key, value in values.items()
        }
        print(f"  {name}", flush=True)
        processing.run(f"superseg:{name}", full, feedback=QgsProcessingFeedback(False))
        texts = [f"{key}={Path(v).name if key == 'INPUT' else v}" for key, v in values.items()]
        lines = [f"qgis_process run superseg:{name} --", *map(shlex.quote, texts)]
        self._command = " \\\n    ".join(lines)

    def _show(self, name, text, pictures):
        grid = f'<div class="maps">{"".join(pictures)}</div>'
        if not pictures[0].startswith("<figure"):
            grid = pictures[0]
        self.shown[name] = f"<p>{text}</p>{grid}<pre><code>{escaped(self._command)}</code></pre>"

    def _photo(self, title, pixels=None):
        pixels = self._image if pixels is None else pixels.astype(np.uint8)
        return _figure(rgb_data_url(pixels, np.ones(pixels.shape[1:], bool)), title)

    def _classes(self, name, title):
        path = self._folder / name
        return _figure(class_data_url(_numbers(path), read_class_table(path).colors), title)

    def _outlines(self, name):
        labels = _enlarged(_numbers(self._folder / name)[PIECE])
        pixels = np.stack([_enlarged(band[PIECE]) for band in self._image])
        pixels[:, _edges(labels)] = OUTLINE[:, np.newaxis]
        return _figure(
            rgb_data_url(pixels, labels > 0), "A piece of the image with its superpixels"
        )

    def _largest_objects(self, name):
        file = ogr.Open(str(self._folder / name))
        layer = file.GetLayer(0)
        fields = [layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(13)]
        fields.remove("neighbor_ids")
        found = sorted(layer, key=lambda one: -one.GetField("area"))[:6]
        rows = [[_rounded(one.GetField(field)) for field in fields] for one in found]
        return _wide(table(fields, rows))

    def _borders(self, name):
        numbers = _enlarged(_numbers(self._folder / name))
        shown = np.where(_edges(numbers), 2, 1).astype(np.uint8)
        colors = np.array([[245, 245, 240], [60, 60, 60]], np.uint8)
        return _figure(class_data_url(shown, colors), "Their polygons")


def _rounded(value):
    return f"{value:.4g}" if isinstance(value, float) and value < 1000 else str(value).split(".")[0]


def _numbers(path):
    return gdal.Open(str(path)).ReadAsArray()


def _enlarged(values):
    return np.repeat(np.repeat(values, ZOOM, 0), ZOOM, 1)


def _edges(labels):
    edges = np.zeros(labels.shape, bool)
    edges[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edges[1:] |= labels[1:] != labels[:-1]
    return edges


def _figure(address, title):
    return (
        f'<figure><span class="map"><img src="{address}" alt="{escaped(title)}"></span>'
        f"<figcaption>{escaped(title)}</figcaption></figure>"
    )


def page_of(algorithm, example, words):
    """Return the help page of an algorithm as HTML.

    Args:
        algorithm: in the language of the page.
        example: HTML.
        words: of the page, by the English ones; empty for English.
    """
    rows, results = [], []

    def said(word):
        return words.get(word, word)

    head = [said(word) for word in ("Name", "Title", "Values", "Help")]
    optional = QgsProcessingParameterDefinition.Flag.FlagOptional
    for definition in algorithm.parameterDefinitions():
        default = definition.defaultValue()
        choice = isinstance(definition, QgsProcessingParameterEnum)
        values = ", ".join(definition.options()) if choice else _default(default)
        if definition.flags() & optional and not values:
            values = said("optional")
        row = [definition.name(), definition.description(), values, definition.help()]
        (results if definition.isDestination() else rows).append(row)
    destinations = {row[0] for row in results}
    for output in algorithm.outputDefinitions():
        if output.name() not in destinations:
            results.append([output.name(), output.description(), "", ""])
    sections = [
        (said("Description"), Html(algorithm.shortHelpString())),
        (said("Example"), Html(example)),
    ]
    if rows:
        sections.append((said("Parameters"), _wide(table(head, rows) + _topics(algorithm, words))))
    head[2] = ""
    sections.append((said("Results"), _wide(table(head, results))))
    terms = Html(f"<p>{escaped(', '.join(algorithm.tags()))}</p>")
    sections.append((said("Search terms"), terms))
    lead = f"{algorithm.shortDescription()} superseg:{algorithm.name()}"
    return page(algorithm.displayName(), sections, lead)


def _topics(algorithm, words):
    """Return links to the pages that are written by hand."""
    if algorithm.parameterDefinition("CLUSTER") is None:
        return ""
    title = "Computing on a Dask cluster"
    address = f"{'../' if words else ''}{TOPICS}/cluster.html"
    return f'<p><a href="{address}">{words.get(title, title)}</a></p>'


def without_prose(example):
    """Return an example without its English sentences: pictures, tables and the command."""
    return re.sub(r"^<p>.*?</p>|<figcaption>.*?</figcaption>", "", example, flags=re.DOTALL)


def with_files(text, name, kept, folder=HELP):
    """Replace the style and the pictures embedded in a page by links to files.

    Security scans take embedded pictures for secrets.

    Args:
        text: the page.
        name: id of the algorithm, for the names of the files.
        kept: file names by content; pictures with the same content share a file.
        folder: of the page.
    """
    sheet = Path(os.path.relpath(STYLE_SHEET, folder)).as_posix()
    link = f'<link rel="stylesheet" href="{sheet}">'
    text = text.replace(f"<style>{style()}</style>", link)
    for number, (kind, content) in enumerate(_pictures(text), start=1):
        if content not in kept:
            kept[content] = f"{name}_{number}.{kind.replace('jpeg', 'jpg')}"
            (HELP / kept[content]).write_bytes(base64.b64decode(content))
        file = Path(os.path.relpath(HELP / kept[content], folder)).as_posix()
        text = text.replace(f"data:image/{kind};base64,{content}", file)
    return text


def _pictures(text):
    """Return format and content of each picture in a page, without duplicates."""
    return list(dict.fromkeys(re.findall(r"data:image/(\w+);base64,([^\"]+)", text)))


def _default(value):
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _wide(content):
    return Html(f'<div class="prose">{content}</div>')


def main():
    """Write all pages."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QgsApplication([], False)
    application.initQgis()
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing

    Processing.initialize()
    plugin = classFactory(None)
    plugin.initProcessing()
    with tempfile.TemporaryDirectory() as folder:
        shown = Examples(folder).shown
    # Remove files that no page uses any more.
    for old in HELP.iterdir():
        if old.is_dir() and old.name != TOPICS:
            shutil.rmtree(old)
        elif old.is_file():
            old.unlink()
    kept = {}
    for name, example in shown.items():
        text = page_of(plugin.provider.algorithm(name), example, {})
        text = with_files(text, name, kept)
        (HELP / f"{name}.html").write_text(text, encoding="utf-8")
        print(f"{HELP / name}.html: {len(text) // 1000} kB", flush=True)
    for language, words in WORDS.items():
        folder = HELP / language
        folder.mkdir()
        translator = QTranslator()
        translator.load(str(PACKAGE / "i18n" / f"superseg_{language}.qm"))
        QCoreApplication.installTranslator(translator)
        for name, example in shown.items():
            algorithm = plugin.provider.algorithm(name).create()
            shorter = example if name in SET_UP else without_prose(example)
            text = with_files(page_of(algorithm, shorter, words), name, kept, folder)
            text = text.replace('lang="en"', f'lang="{language.replace("_", "-")}"', 1)
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        QCoreApplication.removeTranslator(translator)
    # Ending QGIS from Python crashes some releases.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
