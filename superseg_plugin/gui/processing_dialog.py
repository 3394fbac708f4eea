# SPDX-License-Identifier: GPL-2.0-or-later
"""Dialogs of the algorithms: Processing's own, with words, units and an estimate.

The widgets of Processing stay, and so do their values; only what they show is changed. Where a
later QGIS has other widgets, they are left as they are.
"""

from __future__ import annotations

import html

from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.tools.dataobjects import createContext
from qgis.core import QgsProcessingParameterEnum, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QSplitter,
    QTextBrowser,
)
from qgis.utils import iface

from .estimate_line import EstimateLine
from .guide_steps import KEPT, note_finished
from .images import first_image, is_image
from .parameter_words import choice_words, translated, zero_words
from .wheel_filter import WheelFilter

translate = QCoreApplication.translate

UNITS, LENGTHS, AREAS = "UNITS", ("SUPERPIXEL_SIZE",), ("MIN_AREA",)


def processing_dialog(algorithm):
    """Return the dialog of an algorithm.

    Args:
        algorithm: a new instance; if it has `estimator`, the dialog shows its estimate.
    """
    dialog = AlgorithmDialog(algorithm, parent=iface.mainWindow())
    panel = dialog.mainWidget()
    # A later QGIS may have a panel without wrappers.
    wrappers = getattr(panel, "wrappers", None)
    if not wrappers:
        return dialog
    dialog.algorithmFinished.connect(lambda fine, _results: fine and _remember(algorithm, wrappers))
    show_words(algorithm, wrappers)
    _show_help(algorithm, dialog)
    _choose_image(wrappers.get("INPUT"))
    panel.wheel_filter = WheelFilter(panel)
    if hasattr(algorithm, "estimator"):
        # Below the scroll areas of the tabs, so that the line is always in sight.
        layout = dialog.layout()
        tabs = layout.indexOf(dialog.findChild(QSplitter))
        layout.insertWidget(tabs + 1, _estimate_line(algorithm, wrappers, dialog))
    return dialog


def _remember(algorithm, wrappers):
    """Let the first steps know that an algorithm has finished."""
    values = {name: wrappers[name].parameterValue() for name in KEPT if name in wrappers}
    note_finished(algorithm.id(), values)


def _estimate_line(algorithm, wrappers, dialog):
    def values():
        return {name: one.parameterValue() for name, one in wrappers.items()}

    changes = [one.widgetValueHasChanged for one in wrappers.values()]
    return EstimateLine(algorithm, values, changes, dialog)


def _show_help(algorithm, dialog):
    """Show the help in the colors of the theme: Processing's dark gray is unreadable on black."""
    help_text = dialog.findChild(QTextBrowser, "textShortHelp")
    if help_text is None:
        return
    help_text.document().setDefaultStyleSheet("")
    title = html.escape(algorithm.displayName())
    help_text.setHtml(f"<h2>{title}</h2>{algorithm.shortHelpString()}")


def show_words(algorithm, wrappers):
    """Show words for the values of choices, for 0 and for no bands, and units in number boxes."""
    for definition in algorithm.parameterDefinitions():
        name = definition.name()
        wrapper = wrappers.get(name)
        widget = wrapper.wrappedWidget() if hasattr(wrapper, "wrappedWidget") else None
        if widget is None:
            continue
        if isinstance(definition, QgsProcessingParameterEnum):
            for box in _all(QComboBox, widget):
                _show_choice_words(box, choice_words(name))
        elif definition.type() == "number" and zero_words(name):
            for box in (*_all(QSpinBox, widget), *_all(QDoubleSpinBox, widget)):
                # Qt shows the words for the smallest value.
                if box.minimum() == 0:
                    box.setSpecialValueText(translated(zero_words(name)))
        elif definition.type() == "band":
            _show_all_bands(wrapper, widget)
    units = wrappers.get(UNITS)
    if units is not None:
        _show_units(units, wrappers)


def _show_choice_words(box, words):
    for index in range(box.count()):
        value = box.itemData(index)
        if value in words:
            box.setItemText(index, translated(words[value]))
            text = translate("SuperSeg", "In scripts: {}").format(value)
            box.setItemData(index, text, Qt.ItemDataRole.ToolTipRole)


def _show_all_bands(wrapper, widget):
    lines = _all(QLineEdit, widget)
    if not lines or _all(QComboBox, widget):
        return

    def show(*_changed):
        if not wrapper.parameterValue():
            lines[0].setText(translate("SuperSeg", "All bands"))

    wrapper.widgetValueHasChanged.connect(show)
    show()


def _show_units(units, wrappers):
    """Show the unit that is chosen in the boxes of the sizes and areas that it rules."""

    def show(*_changed):
        in_meters = units.parameterValue() == "meters"
        for name in (*LENGTHS, *AREAS):
            if name not in wrappers:
                continue
            unit = translate("SuperSeg", " pixels")
            if in_meters:
                unit = " m²" if name in AREAS else " m"
            for box in _all(QDoubleSpinBox, wrappers[name].wrappedWidget()):
                box.setSuffix(unit)

    units.widgetValueHasChanged.connect(show)
    show()


def _choose_image(wrapper):
    """Choose an image of the project where Processing has chosen a class raster."""
    if wrapper is None or wrapper.parameterDefinition().type() != "raster":
        return
    layer = QgsProject.instance().mapLayer(str(wrapper.parameterValue()))
    if isinstance(layer, QgsRasterLayer) and not is_image(layer):
        image = first_image()
        if image is not None:
            wrapper.setParameterValue(image.id(), createContext())


def _all(kind, widget):
    return [widget] if isinstance(widget, kind) else widget.findChildren(kind)
