# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets of the labelling form."""

from __future__ import annotations

from qgis.core import QgsFieldProxyModel
from qgis.gui import QgsFieldComboBox
from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..pipeline.assessment.sample_places import (
    CANNOT_TELL,
    DEFAULT_VIEW,
    KEYS,
    LARGEST_VIEW,
    SMALLEST_VIEW,
)
from .layer_choice import optional_layer

translate = QCoreApplication.translate

# Names that are seen at least.
LEAST_NAMES = 6


class SamplePanel(QWidget):
    """Widgets only; `SampleForm` connects them.

    Attributes:
        NAME: role of the name in the items of `names`.
    """

    NAME = Qt.ItemDataRole.UserRole

    def __init__(self, parent=None):
        super().__init__(parent)
        self.points = optional_layer("PointLayer")
        self.new_points = QToolButton()
        self.new_points.setText(translate("SuperSeg", "New…"))
        self.new_points.setToolTip(translate("SuperSeg", "Draw accuracy points"))
        self.field = QgsFieldComboBox()
        filters = getattr(QgsFieldProxyModel, "Filter", QgsFieldProxyModel)
        self.field.setFilters(filters.String)
        self.classes = optional_layer("RasterLayer")
        self.scheme = QComboBox()
        self.view = QSpinBox()
        self.view.setRange(SMALLEST_VIEW, LARGEST_VIEW)
        self.view.setValue(DEFAULT_VIEW)
        self.view.setSingleStep(10)
        self.view.setSuffix(translate("SuperSeg", " pixels"))
        self.view.setToolTip(translate("SuperSeg", "Side of the part of the map that is shown"))
        self.blind = QCheckBox(translate("SuperSeg", "&Hide the classes while labelling"))
        self.blind.setChecked(True)
        self.progress = QProgressBar()
        self.place = QLabel(wordWrap=True)
        self.names = _Names()
        self.names.setAlternatingRowColors(True)
        self.names.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.names.setAccessibleName(translate("SuperSeg", "Names with their keys"))
        self.other = QLineEdit()
        self.other.setPlaceholderText(translate("SuperSeg", "Another name, then Enter"))
        self.unclear = QPushButton(translate("SuperSeg", "Cannot tell (0)"))
        self.back = QPushButton(translate("SuperSeg", "Back (Backspace)"))
        self.skip = QPushButton(translate("SuperSeg", "Skip (Space)"))
        self.clear = QPushButton(translate("SuperSeg", "Clear (Delete)"))
        self.accuracy = QPushButton(translate("SuperSeg", "&Accuracy…"))
        self.accuracy.setToolTip(
            translate("SuperSeg", "Accuracy and areas of the classes by the labels so far")
        )
        for button in (self.unclear, self.back, self.skip, self.clear):
            # After a click the keys go on to work.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._build()

    def _build(self):
        form = QFormLayout()
        row = QHBoxLayout()
        row.addWidget(self.points, 1)
        row.addWidget(self.new_points)
        form.addRow(translate("SuperSeg", "Points"), row)
        form.addRow(translate("SuperSeg", "Field"), self.field)
        form.addRow(translate("SuperSeg", "Classes"), self.classes)
        form.addRow(translate("SuperSeg", "Names"), self.scheme)
        form.addRow(translate("SuperSeg", "Shown"), self.view)
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        layout.addLayout(form)
        layout.addWidget(self.blind)
        layout.addWidget(self.progress)
        layout.addWidget(self.place)
        layout.addWidget(self.names, 1)
        layout.addWidget(self.other)
        grid = QGridLayout()
        grid.addWidget(self.unclear, 0, 0)
        grid.addWidget(self.back, 0, 1)
        grid.addWidget(self.skip, 1, 0)
        grid.addWidget(self.clear, 1, 1)
        layout.addLayout(grid)
        layout.addWidget(self.accuracy)

    def show_names(self, names, label):
        """List names with their keys; the label of the place is selected."""
        self.names.clear()
        for index, name in enumerate(names):
            key = KEYS[index] if index < len(KEYS) else " "
            item = QListWidgetItem(f"{key}   {name}")
            item.setData(self.NAME, name)
            self.names.addItem(item)
            if name == label:
                self.names.setCurrentItem(item)

    def show_session(self, session):
        """Show progress and place of a `LabellingSession`, or None."""
        for widget in (self.names, self.other, self.unclear, self.skip, self.clear):
            widget.setEnabled(session is not None)
        self.back.setEnabled(session is not None and session.may_go_back)
        self.accuracy.setEnabled(session is not None and session.done > 0)
        total = len(session.labels) if session is not None else 0
        self.progress.setVisible(session is not None)
        if session is None:
            self.place.setText(
                translate("SuperSeg", "Choose a layer of accuracy points, or draw new ones.")
            )
            return
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(session.done)
        self.progress.setFormat(translate("SuperSeg", "{} of {}").format(session.done, total))
        self.place.setText(self._text_of(session, total))

    def _text_of(self, session, total):
        text = translate("SuperSeg", "Point {}").format(session.number)
        label = session.labels.get(session.current, "")
        if label == CANNOT_TELL:
            label = translate("SuperSeg", "cannot tell")
        if label:
            text += f": {label}"
        if not self.blind.isChecked():
            shown = session.attribute("name") or session.attribute("class")
            if shown:
                text += translate("SuperSeg", "; in the map: {}").format(shown)
        if session.done == total:
            text += translate("SuperSeg", ". All points have a label.")
        if session.layer.isTemporary():
            text += "\n" + translate(
                "SuperSeg",
                "{} is temporary: save it (Make Permanent) before QGIS is closed.",
            ).format(session.layer.name())
        return text


class _Names(QListWidget):
    """A list that is small on small screens."""

    def sizeHint(self):
        return QSize(super().sizeHint().width(), LEAST_NAMES * self.fontMetrics().height())

    def minimumSizeHint(self):
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())
