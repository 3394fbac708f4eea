# SPDX-License-Identifier: GPL-2.0-or-later
"""A dialog that proposes names for the classes of the workbench from a reference layer."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsFieldComboBox
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from ..errors import SuperSegError
from ..pipeline.classes.colors import color_of_hex
from ..pipeline.classes.edits import named_as
from ..pipeline.classes.name_proposals import proposal_of_group, read_proposals
from .edited_raster import EditedRasters
from .layer_choice import LayerChoice
from .swatches import swatch_icon

translate = QCoreApplication.translate

ALGORITHM = "superseg:suggestnames"


class SuggestionsDialog(QDialog):
    """Runs Suggest names on a layer; the accepted proposals become one undo step.

    Args:
        session: the `ClassSession` whose classes are named.
        parent: a widget.
    """

    def __init__(self, session, parent=None):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("SuperSeg", "Suggest names from a layer"))
        self._session = session
        self._task = None
        self._closed = False
        self._edited = EditedRasters(self._failed)
        self._proposed = []
        self.layers = LayerChoice("RasterLayer", "PolygonLayer")
        self.layers.setExceptedLayerList([session.layer])
        self.field = QgsFieldComboBox()
        self.purity = QSpinBox()
        self.purity.setRange(0, 100)
        self.purity.setValue(60)
        self.purity.setSuffix(" %")
        self.run_button = QPushButton(translate("SuperSeg", "&Suggest"))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.table = QTreeWidget()
        self.table.setRootIsDecorated(False)
        self.table.setHeaderLabels(
            [
                translate("SuperSeg", "Class"),
                translate("SuperSeg", "Proposed name"),
                translate("SuperSeg", "Purity"),
            ]
        )
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.button(buttons.Ok).setText(translate("SuperSeg", "Accept checked names"))
        self._build()
        self._connect()
        self._choose_layer(self.layers.currentLayer())
        self._show_accepted()

    def suggest(self):
        """Run the algorithm in the background."""
        layer = self.layers.currentLayer()
        if layer is None:
            return
        self.run_button.setEnabled(False)
        self.state.setText(translate("SuperSeg", "Comparing…"))
        reference = {"REFERENCE": layer.id()}
        if isinstance(layer, QgsVectorLayer):
            reference = {"POLYGONS": layer.id(), "FIELD": self.field.currentField()}
        session = self._session
        self._edited.of(
            session.layer,
            session.now,
            session.superpixels,
            lambda raster: self._run({"CLASSIFICATION": raster, **reference}),
        )

    def _run(self, inputs):
        if self._closed:
            return
        path = QgsProcessingUtils.generateTempFilename("names.csv")
        values = {**inputs, "PURITY": self.purity.value(), "TABLE": path}
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
        context, feedback = QgsProcessingContext(), _Errors()
        context.setProject(QgsProject.instance())
        self._task = QgsProcessingAlgRunnerTask(algorithm, values, context, feedback)
        # Both are needed as long as the task runs, even if the dialog is closed.
        kept = (context, feedback)
        self._task.executed.connect(lambda fine, _results: self._done(fine, path, kept[1].text))
        QgsApplication.taskManager().addTask(self._task)

    def accept(self):
        """Name the classes as the checked proposals say."""
        names = {}
        for item, (group, proposal) in self._rows():
            if item.checkState(0) == Qt.CheckState.Checked:
                color = color_of_hex(proposal.color) if proposal.color else None
                numbers, _ = names.setdefault(proposal.name, ([], color))
                numbers.append(group.number)
        text = translate("SuperSeg", "Suggested names")
        if not names or self._session.edit(text, named_as, names):
            super().accept()

    def done(self, result):
        """Close the dialog; a run that is not ready is cancelled."""
        self._closed = True
        if self._task is not None:
            task, self._task = self._task, None
            task.cancel()
        super().done(result)

    def _failed(self, error):
        if not self._closed:
            self.run_button.setEnabled(True)
            self.state.setText(error)

    def _done(self, fine, path, error):
        if self._task is None:
            # The dialog was closed.
            return
        self._task = None
        self.run_button.setEnabled(True)
        self._proposed = []
        error = "" if fine else error
        try:
            if fine:
                self._proposed = read_proposals(path)
        except SuperSegError as failure:
            error = str(failure)
        self.state.setText(error)
        self._show()

    def _show(self):
        """List the proposals for the classes as they are shown now."""
        self.table.blockSignals(True)
        self.table.clear()
        self._shown = []
        for group in self._session.groups if self._proposed else ():
            proposal = proposal_of_group(group, self._proposed)
            purity = f"{100 * proposal.purity:.0f} %" if proposal.purity else ""
            item = QTreeWidgetItem([group.name, proposal.name or proposal.remark, purity])
            item.setIcon(0, swatch_icon(QColor(*group.color)))
            item.setCheckState(
                0, getattr(Qt.CheckState, "Checked" if proposal.name else "Unchecked")
            )
            if proposal.color:
                item.setIcon(1, swatch_icon(QColor(proposal.color)))
            item.setDisabled(not proposal.name)
            self.table.addTopLevelItem(item)
            self._shown.append((group, proposal))
        for column in range(2):
            self.table.resizeColumnToContents(column)
        self.table.blockSignals(False)
        self._show_accepted()

    def _rows(self):
        items = (self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount()))
        return zip(items, self._shown if self._proposed else ())

    def _show_accepted(self):
        checked = any(item.checkState(0) == Qt.CheckState.Checked for item, _ in self._rows())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(checked)

    def _choose_layer(self, layer):
        vector = isinstance(layer, QgsVectorLayer)
        self.field.setLayer(layer if vector else None)
        self.field.setEnabled(vector)
        if vector and not self.field.currentField():
            self.field.setCurrentIndex(0)
        self.run_button.setEnabled(layer is not None)
        if layer is None:
            self.state.setText(
                translate(
                    "SuperSeg",
                    "Add a land-cover map or polygons with a field of names to the project first.",
                )
            )

    def _build(self):
        form = QFormLayout()
        form.addRow(translate("SuperSeg", "&Land-cover map or polygons"), self.layers)
        form.addRow(translate("SuperSeg", "&Field of the names"), self.field)
        form.addRow(translate("SuperSeg", "Smallest &purity"), self.purity)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.run_button)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.buttons)
        # Seven classes and their names without scrolling.
        letter = self.fontMetrics().horizontalAdvance("x")
        self.resize(70 * letter, 24 * self.fontMetrics().height())

    def _connect(self):
        self.layers.layerChanged.connect(self._choose_layer)
        self.run_button.clicked.connect(lambda _checked=False: self.suggest())
        self.table.itemChanged.connect(lambda _item, _column: self._show_accepted())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._session.changed.connect(self._show)
        # The layer is removed, or another raster is shown.
        self._session.destroyed.connect(self.close)


class _Errors(QgsProcessingFeedback):
    """Keeps the last error."""

    def __init__(self):
        super().__init__(False)
        self.text = ""

    def reportError(self, error, fatalError=False):  # noqa: N803 - QGIS's own name
        self.text = error
