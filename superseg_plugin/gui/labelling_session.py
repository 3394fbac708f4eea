# SPDX-License-Identifier: GPL-2.0-or-later
"""The labels of a point layer: which places have one, which is next, and writing them."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsFeatureRequest, QgsProject, QgsVectorDataProvider
from qgis.PyQt.QtCore import QCoreApplication, QMetaType, QObject, pyqtSignal

from ..errors import SuperSegError
from ..pipeline.assessment.sample_places import visiting_order
from .reference_menu import is_points

translate = QCoreApplication.translate


class LabellingSession(QObject):
    """Labels the points of a layer, one after the other. Each label is written at once.

    Args:
        layer: the QgsVectorLayer of points.
        field: name of the text field of the labels.

    Attributes:
        layer, field: as given.
        labels: label by feature id, "" for none.
        current: feature id of the place that is shown, None for none.

    Signals:
        changed: another place is shown, or a label has changed.
        failed: why a label was not written; nothing has changed.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, layer, field, parent=None):
        """Read the labels.

        Raises:
            SuperSegError: the layer has no points, no such field, or cannot be edited.
        """
        super().__init__(parent)
        self.layer, self.field = layer, field
        self.labels, self.current = {}, None
        self._order, self._visited = [], []
        _require_usable(layer, field)
        self.read_labels()
        layer.afterCommitChanges.connect(self.read_labels)

    def end(self):
        """Stop following the layer, which may be removed then."""
        self.layer.afterCommitChanges.disconnect(self.read_labels)

    def read_labels(self):
        """Read the labels again, after edits elsewhere."""
        index = self.layer.fields().lookupField(self.field)
        request = QgsFeatureRequest().setSubsetOfAttributes([index])
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
        found = {}
        for feature in self.layer.getFeatures(request):
            found[feature.id()] = _text_of(feature.attribute(index))
        if set(found) != set(self.labels):
            self._order = visiting_order(list(found))
        self.labels = found
        if self.current not in found:
            self.current = self._next(None)
        self._visited = [place for place in self._visited if place in found]
        self.changed.emit()

    @property
    def done(self):
        """Number of places with a label."""
        return sum(bool(label) for label in self.labels.values())

    @property
    def number(self):
        """Place of the current one in the order of visits, from 1; 0 for none."""
        return self._order.index(self.current) + 1 if self.current is not None else 0

    def point(self, crs):
        """Return the current place as a QgsPointXY in a CRS.

        Raises:
            QgsCsException: it cannot be transformed.
        """
        geometry = self.layer.getGeometry(self.current)
        transform = QgsCoordinateTransform(self.layer.crs(), crs, QgsProject.instance())
        return transform.transform(geometry.centroid().asPoint())

    def attribute(self, name):
        """Return the text of another field of the current place, "" if there is none."""
        if self.current is None or self.layer.fields().lookupField(name) < 0:
            return ""
        return _text_of(self.layer.getFeature(self.current).attribute(name))

    def label(self, text):
        """Label the current place, and go to the next one without a label.

        Returns:
            Whether the label was written; if not, `failed` has been emitted.
        """
        if self.current is None or not self._write(text):
            return False
        self._visited.append(self.current)
        self.current = self._next(self.current)
        self.changed.emit()
        return True

    def clear(self):
        """Remove the label of the current place, which stays."""
        if self.current is not None and self._write(""):
            self.changed.emit()

    def back(self):
        """Go to the place that was labelled or skipped last."""
        if self._visited:
            self.current = self._visited.pop()
            self.changed.emit()

    def skip(self):
        """Go to the next place without a label; this one keeps its label, or has none."""
        following = self._next(self.current)
        if following is not None:
            self._visited.append(self.current)
            self.current = following
            self.changed.emit()

    @property
    def may_go_back(self):
        """Whether `back` leads anywhere."""
        return bool(self._visited)

    def _next(self, place):
        """Return the next place without a label, the first one after the last; else None."""
        start = self._order.index(place) + 1 if place in self.labels else 0
        for one in self._order[start:] + self._order[:start]:
            if not self.labels[one] and one != place:
                return one
        # All others have a label: the map stays where it is.
        return place if place in self.labels else next(iter(self._order), None)

    def _write(self, text):
        try:
            _require_usable(self.layer, self.field)
            field = self.layer.fields().field(self.field)
            if 0 < field.length() < len(text):
                raise SuperSegError(
                    f"“{text}” has {len(text)} letters, and the field {self.field} of "
                    f"{self.layer.name()} holds {field.length()}; choose a shorter name or another "
                    "field."
                )
            index = self.layer.fields().lookupField(self.field)
            provider = self.layer.dataProvider()
            if not provider.changeAttributeValues({self.current: {index: text}}):
                reason = "; ".join(provider.errors()) or provider.error().message()
                raise SuperSegError(
                    f"The label cannot be written to {self.layer.name()} ({reason}); the earlier "
                    "labels are saved. Save it as a new layer, and label that."
                )
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        self.labels[self.current] = text
        # Tables and maps of the layer show the label.
        self.layer.dataChanged.emit()
        self.layer.triggerRepaint()
        return True


def text_fields(layer):
    """Return the names of the text fields of a layer."""
    texts = (QMetaType.Type.QString,)
    return [field.name() for field in layer.fields() if field.type() in texts]


def _text_of(value):
    """Return the value of a field as text, "" for NULL."""
    return "" if value is None or str(value) == "NULL" else str(value)


def _require_usable(layer, field):
    """Check that labels can be written to a layer.

    Raises:
        SuperSegError: they cannot.
    """
    name = layer.name()
    if not is_points(layer):
        raise SuperSegError(f"{name} has no points; choose a layer made by Accuracy points.")
    if not layer.featureCount():
        raise SuperSegError(f"{name} is empty; choose a layer made by Accuracy points.")
    if field not in text_fields(layer):
        found = ", ".join(text_fields(layer)) or "none"
        raise SuperSegError(
            f"{name} has no text field “{field}” for the labels; its text fields are: {found}."
        )
    if layer.isEditable():
        raise SuperSegError(
            f"{name} is being edited; save or discard these edits first (Toggle Editing)."
        )
    may = QgsVectorDataProvider.Capability.ChangeAttributeValues
    if layer.readOnly() or not layer.dataProvider().capabilities() & may:
        raise SuperSegError(
            f"{name} is read-only; save it as a new layer (Export > Save Features As), and label "
            "that."
        )
