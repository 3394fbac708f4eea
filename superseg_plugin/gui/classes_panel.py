# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel of one class layer: toolbar, slider, table, plots and buttons."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..pipeline.classes.edits import renamed
from ..pipeline.classes.merge_tree import most_classes, tree_of
from .advice_list import AdviceList
from .assign_bar import AssignBar
from .class_actions import ClassActions
from .class_menu import fill_menu
from .class_table import ClassTable
from .dendrogram import Dendrogram
from .ground_areas import area_unit
from .reference_menu import ReferenceMenu
from .see_bar import SeeBar
from .spectrum_plot import SpectrumPlot

translate = QCoreApplication.translate

# More spectra cannot be distinguished in one plot.
MOST_LINES = 10


class ClassesPanel(QWidget):
    """Shows and edits a `ClassSession`; disabled without one.

    Signals:
        writeRequested, polygonsRequested, modelRequested: a button was clicked.
        chosenShown: numbers of all classes in the selected groups, after each change of the
            selection and of the groups.
    """

    writeRequested = pyqtSignal()
    polygonsRequested = pyqtSignal()
    modelRequested = pyqtSignal()
    chosenShown = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.session = None
        self._limits = (0.0, 1.0)
        self._tree_of, self._laid_out = None, None
        self.table = ClassTable(self._rename, self)
        self.actions_bar = ClassActions(self.table, self)
        self.see_bar = SeeBar(self)
        self.assign_bar = AssignBar(self)
        self.assign_bar.hide()
        self.bars = [self.actions_bar, self.see_bar, self.assign_bar]
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.count = QSpinBox()
        self.spectra = SpectrumPlot()
        self.tree = Dendrogram(self.table)
        self.advice = AdviceList()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.actions_bar)
        layout.addWidget(self.see_bar)
        layout.addWidget(self.assign_bar)
        layout.addLayout(self._granularity())
        layout.addWidget(self._views(), 1)
        layout.addLayout(self._buttons())
        self.table.chosenChanged.connect(self._show_chosen)
        self.table.recolorRequested.connect(self.actions_bar.recolor_chosen)
        self.tree.picked.connect(self.pick)
        self.advice.picked.connect(lambda numbers: self.pick(numbers, False))
        self.advice.counted.connect(self._count_advice)
        self.tree.cutPressed.connect(lambda: self.session.begin_drag())
        self.tree.countRequested.connect(lambda count, drag: self.session.set_count(count, drag))
        fill_menu(self)
        self.show_session(None)

    def show_session(self, session):
        """Show a session, or None."""
        if self.session is not None:
            self.session.changed.disconnect(self.refresh)
            self.session.stack.indexChanged.disconnect(self.actions_bar.refresh)
        self.session = None
        self.table.choose(())
        self.session = session
        for bar in self.bars:
            bar.session = session
        self.advice.show_session(session)
        self.references.classes = session.layer if session is not None else None
        self.setEnabled(session is not None)
        self.actions_bar.refresh()
        if session is None:
            self.table.show_groups([], 1.0, "", self._limits)
            self.spectra.show_groups([], ())
            self.tree.show_tree(None, [], frozenset(), "")
            return
        session.changed.connect(self.refresh)
        session.stack.indexChanged.connect(self.actions_bar.refresh)
        known = session.catalog.means[np.isfinite(session.catalog.means)]
        self._limits = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        self._tree_of = None
        self.refresh()
        self.table.fit_columns()

    def refresh(self):
        """Show the current groups of the session."""
        session = self.session
        most, count = most_classes(session.catalog, session.state), len(session.groups)
        tip = session.catalog.no_order or translate(
            "SuperSeg", "Fewer classes: the most similar ones are merged"
        )
        for widget in (self.slider, self.count):
            widget.blockSignals(True)
            widget.setRange(min(2, most), most)
            widget.setValue(count)
            widget.blockSignals(False)
            widget.setEnabled(bool(session.catalog.steps) and most > 2)
            widget.setToolTip(tip)
        factor, unit = area_unit(session.layer)
        self.table.show_groups(session.groups, factor, unit, self._limits)
        self._show_chosen()

    def pick(self, numbers, add):
        """Select the groups that contain these classes.

        Args:
            numbers: of the classes.
            add: add the groups to the selection; remove them if all of them are selected.
        """
        selected = {n for number in numbers for n in self._members(number)}
        if add:
            chosen = set(self.table.chosen)
            selected = chosen - selected if selected and selected <= chosen else chosen | selected
        self.table.choose(selected)

    def action_for(self, event):
        """Return the action whose shortcut a key event is, or None.

        QGIS uses some of these shortcuts itself; panel and map tool ask here before QGIS does.
        """
        found = (bar.action_for(event) for bar in self.bars)
        return next((action for action in found if action is not None), None)

    def add_bar(self, bar):
        """Add a toolbar below those of the classes."""
        self.layout().insertWidget(2, bar)
        self.bars.append(bar)
        bar.session = self.session

    def event(self, event):
        # Accepting the override sends the key here instead of to the shortcut of QGIS.
        if event.type() == QEvent.Type.ShortcutOverride and self.action_for(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event):
        action = self.action_for(event)
        if action is None:
            super().keyPressEvent(event)
        elif action.isEnabled():
            action.trigger()

    def _rename(self, number, name):
        return self.session.edit(translate("SuperSeg", "Rename"), renamed, number, name)

    def _members(self, number):
        group = self.session.group_of(number)
        return group.members if group is not None else ()

    def _show_chosen(self):
        session = self.session
        if session is None:
            return
        chosen = self.table.chosen_groups()
        shown = chosen or sorted(session.groups, key=lambda group: -group.area)
        note = ""
        if len(shown) > MOST_LINES:
            text = translate("SuperSeg", "{} of {} classes; select those to compare")
            note = text.format(MOST_LINES, len(shown))
        catalog = session.catalog
        self.spectra.show_groups(shown[:MOST_LINES], catalog.band_names, note, catalog.wavelengths)
        numbers = frozenset(number for group in chosen for number in group.members)
        text = session.catalog.no_order or translate("SuperSeg", "All classes are merged into one.")
        # The tree depends only on manual merges.
        if self._tree_of != session.state.joined:
            self._tree_of = session.state.joined
            self._laid_out = tree_of(session.catalog, session.state)
        self.tree.show_tree(self._laid_out, session.groups, numbers, text)
        if numbers:
            self._tree_area.ensureVisible(0, self.tree.place_of(numbers))
        self.actions_bar.refresh()
        self.chosenShown.emit(numbers)

    # Building

    def _count_advice(self, count):
        text = translate("SuperSeg", "&Advice")
        self.tabs.setTabText(self.tabs.indexOf(self.advice), f"{text} ({count})" if count else text)

    def _granularity(self):
        row = QHBoxLayout()
        label = QLabel(translate("SuperSeg", "C&lasses"))
        label.setBuddy(self.slider)
        self.slider.setPageStep(4)
        self.slider.sliderPressed.connect(lambda: self.session.begin_drag())
        self.slider.valueChanged.connect(
            lambda count: self.session.set_count(count, self.slider.isSliderDown())
        )
        self.count.setKeyboardTracking(False)
        self.count.valueChanged.connect(lambda count: self.session.set_count(count, False))
        for widget in (self.slider, self.count):
            widget.setAccessibleName(translate("SuperSeg", "Number of classes"))
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.count)
        return row

    def _views(self):
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.spectra, translate("SuperSeg", "&Spectra"))
        area = self._tree_area = QScrollArea()
        area.setWidget(self.tree)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tabs.addTab(area, translate("SuperSeg", "&Tree"))
        self.tabs.addTab(self.advice, "")
        self._count_advice(0)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.table)
        splitter.addWidget(self.tabs)
        # The table needs more room than one plot.
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        return splitter

    def _buttons(self):
        def button(text, tip, signal):
            made = QPushButton(text)
            made.setToolTip(tip)
            if signal is not None:
                made.clicked.connect(lambda _checked=False: signal.emit())
            return made

        self.write_button = button(
            translate("SuperSeg", "&Write merged classes…"),
            translate("SuperSeg", "A class raster with the classes as they are shown here"),
            self.writeRequested,
        )
        self.polygons_button = button(
            translate("SuperSeg", "To &polygons…"),
            translate("SuperSeg", "Polygons of the classes as they are shown here"),
            self.polygonsRequested,
        )
        self.compare_button = button(
            translate("SuperSeg", "&Compare with reference"),
            translate("SuperSeg", "Accuracy of the classes as they are shown here"),
            None,
        )
        self.model_button = button(
            translate("SuperSeg", "&Apply model to others…"),
            translate("SuperSeg", "Classify other layers with the model of these classes"),
            self.modelRequested,
        )
        self.references = ReferenceMenu(self)
        self.compare_button.setMenu(self.references)
        grid = QGridLayout()
        grid.addWidget(self.write_button, 0, 0)
        grid.addWidget(self.polygons_button, 0, 1)
        grid.addWidget(self.compare_button, 1, 0)
        grid.addWidget(self.model_button, 1, 1)
        return grid
