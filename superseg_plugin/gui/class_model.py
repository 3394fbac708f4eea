# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of the class table: color and number, name, area, share and band means."""

from __future__ import annotations

from qgis.PyQt.QtCore import QAbstractTableModel, QCoreApplication, QLocale, Qt
from qgis.PyQt.QtGui import QColor

from .ground_areas import area_text
from .swatches import swatch_icon

translate = QCoreApplication.translate

CLASS, NAME, AREA, SHARE, SPECTRUM = range(5)
ROLE = Qt.ItemDataRole
# The proxy model sorts by this role.
SORT_ROLE = ROLE.UserRole
GROUP_ROLE = ROLE.UserRole + 1


class ClassModel(QAbstractTableModel):
    """One row for each group of merged classes.

    Args:
        rename: called with the number and the new name of a group; returns whether it is renamed.
        parent: the parent object.
    """

    def __init__(self, rename, parent=None):
        super().__init__(parent)
        self._rename = rename
        self._groups = []
        self._factor, self._unit = 1.0, ""
        self.limits = (0.0, 1.0)

    def show(self, groups, factor, unit, limits):
        """Replace the rows.

        Args:
            groups: of `merged_classes`.
            factor: areas of the groups are multiplied by it.
            unit: of the multiplied areas.
            limits: smallest and largest mean of any class, the range of the small spectra.
        """
        self.beginResetModel()
        self._groups, self._factor, self._unit, self.limits = groups, factor, unit, limits
        self.endResetModel()

    def group(self, row):
        """Return the group of a row."""
        return self._groups[row]

    def row_of(self, number):
        """Return the row of the group that contains a class, or -1."""
        return next((i for i, g in enumerate(self._groups) if number in g.members), -1)

    def rowCount(self, parent=None):
        return 0 if parent is not None and parent.isValid() else len(self._groups)

    def columnCount(self, parent=None):
        return 0 if parent is not None and parent.isValid() else SPECTRUM + 1

    def headerData(self, section, orientation, role=ROLE.DisplayRole):
        if role != ROLE.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (
            translate("SuperSeg", "Class"),
            translate("SuperSeg", "Name"),
            translate("SuperSeg", "Area ({})").format(self._unit),
            translate("SuperSeg", "Share"),
            translate("SuperSeg", "Spectrum"),
        )[section]

    def flags(self, index):
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def data(self, index, role=ROLE.DisplayRole):
        if not index.isValid():
            return None
        group, column = self._groups[index.row()], index.column()
        if role == GROUP_ROLE:
            return group
        if role == SORT_ROLE:
            return (group.number, group.name.casefold(), group.area, group.share, group.number)[
                column
            ]
        if role == ROLE.DecorationRole and column == CLASS:
            return swatch_icon(QColor(*group.color))
        if role == ROLE.TextAlignmentRole and column in (AREA, SHARE):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == ROLE.ToolTipRole:
            return self._tip(group)
        if role == ROLE.EditRole and column == NAME:
            return group.name
        if role == ROLE.DisplayRole:
            return (
                str(group.number),
                group.name,
                self._area(group.area),
                f"{QLocale().toString(100 * group.share, 'f', 1)} %",
                None,
            )[column]
        return None

    def setData(self, index, value, role=ROLE.EditRole):
        if role != ROLE.EditRole or index.column() != NAME:
            return False
        group = self._groups[index.row()]
        # A successful renaming replaces the rows through `show`.
        return str(value) == group.name or self._rename(group.number, str(value))

    def _area(self, area):
        return area_text(area * self._factor)

    def _tip(self, group):
        lines = [f"{group.name}: {self._area(group.area)} {self._unit}"]
        if len(group.members) > 1:
            numbers = ", ".join(map(str, group.members[:20]))
            more = ", …" if len(group.members) > 20 else ""
            lines.append(translate("SuperSeg", "Classes {}").format(numbers + more))
        return "\n".join(lines)
