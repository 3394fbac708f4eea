# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps from an image to a land-cover map, and how far the project is.

Nearly all is read from the layers of the project, so that it is right however a step was taken.
The settings of the last preview or run, and results that leave no layer, are entries of the
project, which QGIS saves with it.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from qgis.core import (
    QgsFeatureRequest,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.utils import iface

from ..settings import chosen_python
from ..worker.interpreter import interpreter_missing_reason
from .class_layers import may_be_classes, raster_layers
from .images import first_image
from .parameter_words import translated, zero_words

translate = QCoreApplication.translate

SCOPE, SETTINGS, FINISHED = "superseg", "guide/settings", "guide/finished"
SEGMENT, CHECKS = "superseg:segment", ("superseg:evaluate",)
RESULTS = ("superseg:mergeclasses", "superseg:classpolygons", "superseg:objects")
# Other parameters belong to one image.
KEPT = ("CLASSES", "SMOOTHNESS", "SUPERPIXEL_SIZE", "UNITS", "IMAGERY", "PRESET")
# The label of a class without a name of its own, with or without its share.
UNNAMED = re.compile(r"Class \d+( \(.*\))?$")


class Step(NamedTuple):
    """The state of a step.

    Attributes:
        done: whether it is done.
        ready: whether it can be taken.
        text: what was done, or what is missing.
    """

    done: bool
    ready: bool
    text: str


def guide_steps():
    """Return the states of the steps: image, settings, run, names, check, export."""
    image, classes = first_image(), class_layer()
    steps = [_image_step(image)]
    if runtime_missing():
        missing = translate("SuperSeg", "Missing: the runtime.")
    else:
        missing = "" if image is not None else translate("SuperSeg", "Missing: an image.")
    steps += [_settings_step(missing, classes), _run_step(classes, missing)]
    if classes is None:
        nothing = Step(False, False, translate("SuperSeg", "Missing: classes."))
        return [*steps, nothing, nothing, nothing]
    return [*steps, _name_step(classes), _check_step(), _export_step()]


def runtime_missing():
    """Return whether there is no runtime, as far as files tell."""
    return bool(interpreter_missing_reason(chosen_python()))


def class_layer():
    """Return the selected class layer, the top one of the project if none is, or None."""
    order = [iface.activeLayer(), *QgsProject.instance().layerTreeRoot().layerOrder()]
    rasters = raster_layers()
    return next((one for one in order if one in rasters and _shows_classes(one)), None)


def _shows_classes(layer):
    return may_be_classes(layer) and isinstance(layer.renderer(), QgsPalettedRasterRenderer)


def accuracy_points():
    """Return the top layer of accuracy points, or None."""
    for layer in QgsProject.instance().layerTreeRoot().layerOrder():
        if isinstance(layer, QgsVectorLayer):
            names = set(layer.fields().names())
            if {"sample", "class", "label"} <= names:
                return layer
    return None


def keep_settings(parameters):
    """Keep the settings among parameters of superseg:segment in the project."""
    kept = {name: parameters[name] for name in KEPT if name in parameters}
    # An entry that is written makes QGIS ask whether to save the project.
    if kept != kept_settings():
        QgsProject.instance().writeEntry(SCOPE, SETTINGS, json.dumps(kept))


def kept_settings():
    """Return the settings kept in the project, as parameters of superseg:segment."""
    text, _ = QgsProject.instance().readEntry(SCOPE, SETTINGS, "")
    try:
        settings = json.loads(text or "{}")
    except ValueError:
        return {}
    return settings if isinstance(settings, dict) else {}


def note_finished(algorithm, parameters):
    """Keep in the project that an algorithm has finished, and the settings of a segmentation."""
    if algorithm == SEGMENT:
        keep_settings(parameters)
    elif algorithm in (*CHECKS, *RESULTS):
        known, _ = QgsProject.instance().readListEntry(SCOPE, FINISHED, [])
        QgsProject.instance().writeEntry(SCOPE, FINISHED, sorted({*known, algorithm}))


def _finished(algorithms):
    known, _ = QgsProject.instance().readListEntry(SCOPE, FINISHED, [])
    return bool(set(known) & set(algorithms))


def _image_step(image):
    if image is not None:
        return Step(True, True, image.name())
    text = translate("SuperSeg", "Missing: an image, your own or the sample (Great Salt Lake).")
    return Step(False, True, text)


def _settings_step(missing, classes):
    settings = kept_settings()
    if settings:
        text = translate("SuperSeg", "Number of classes: {}, smoothness: {}")
        count = settings.get("CLASSES") or translated(zero_words("CLASSES"))
        return Step(True, not missing, text.format(count, settings.get("SMOOTHNESS")))
    text = translate("SuperSeg", "Optional: the default settings are a good start.")
    return Step(classes is not None, not missing, missing or text)


def _run_step(classes, missing):
    if classes is not None:
        return Step(True, not missing, classes.name())
    text = translate("SuperSeg", "Missing: classes. A run takes from seconds to minutes.")
    return Step(False, not missing, missing or text)


def _name_step(classes):
    labels = [entry.label for entry in classes.renderer().classes() if entry.value > 0]
    named = sum(not UNNAMED.match(label) for label in labels)
    text = translate("SuperSeg", "{} of {} classes with names").format(named, len(labels))
    return Step(0 < len(labels) == named, True, text)


def _check_step():
    points = accuracy_points()
    done = _finished(CHECKS)
    if points is None or not points.featureCount():
        text = translate("SuperSeg", "How right is the map? Draw points, label them, evaluate.")
        evaluated = translate("SuperSeg", "Evaluated")
        return Step(done, True, evaluated if done else text)
    # This is asked every second: no geometries, and no points without a label.
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setNoAttributes()
    request.setFilterExpression("\"label\" <> ''")
    labelled, count = sum(1 for _ in points.getFeatures(request)), points.featureCount()
    text = translate("SuperSeg", "{} of {} points labelled").format(labelled, count)
    if done:
        text = translate("SuperSeg", "Evaluated; {}").format(text)
    return Step(done, True, text)


def _export_step():
    if _finished(RESULTS):
        return Step(True, True, translate("SuperSeg", "Written"))
    text = translate("SuperSeg", "As a raster with your names, as polygons or as measured objects.")
    return Step(False, True, text)
