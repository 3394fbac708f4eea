# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions in the class workbench, by keys and clicks in a QGIS window.

The job has `folder` with classes.tif, image.tif, reference.tif, other.tif (another grid),
height.tif (no classes), many.tif (too many values) and tables.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from qgis.PyQt.QtGui import QColor, QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QDockWidget,
    QLineEdit,
    QStyle,
    QStyleOptionSlider,
)
from qgis.utils import iface

from superseg_plugin.gui.algorithm_dialogs import images_like
from superseg_plugin.gui.suggestions_dialog import SuggestionsDialog
from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

FOLDER = Path(JOB["folder"])
KEYS = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
# Not the layers' own: clicks have to be transformed.
CANVAS_CRS = "EPSG:3857"


class WorkbenchScript(WindowScript):
    """Everything in one session, as each start of QGIS takes its time."""

    def actions(self):
        for name in ("reference", "other", "height", "many", "image", "classes"):
            self.add(FOLDER / f"{name}.tif", name)
        project = QgsProject.instance()
        project.setCrs(QgsCoordinateReferenceSystem(CANVAS_CRS))
        iface.setActiveLayer(self.layer("classes"))
        self.zoom()
        yield from self.rest(5)
        yield from self.open_workbench()
        self.look("opened")
        yield from self.slide()
        yield from self.select_and_merge()
        yield from self.name_and_color()
        yield from self.export()
        yield from self.refuse()
        yield from self.save_and_reopen()

    # Scenes

    def open_workbench(self):
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([self.dock], [430], Qt.Orientation.Horizontal)
        self.panel = self.dock.panel
        yield from self.rest(5)
        self.seen["least height"] = self.dock.minimumSizeHint().height()
        self.seen["focus on the table"] = QApplication.focusWidget() is self.panel.table

    def slide(self):
        slider = self.panel.slider
        slider.setFocus()
        for _ in range(2):
            QTest.keyClick(slider, KEYS.Key_Left)
        yield from self.rest()
        self.look("keys")
        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        handle = slider.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
        )
        start, y = handle.center().x(), handle.center().y()
        QTest.mousePress(slider, LEFT, NO_KEY, QPoint(start, y))
        for x in range(start, 0, -8):
            # QTest would move the real cursor, without a button held.
            place = QPointF(x, y)
            held = QMouseEvent(QEvent.Type.MouseMove, place, place, LEFT, LEFT, NO_KEY)
            QApplication.sendEvent(slider, held)
            yield
        QTest.mouseRelease(slider, LEFT, NO_KEY, QPoint(2, y))
        yield from self.rest()
        self.look("dragged")
        self.picture(self.window, "dragged")
        # However far the drag went, one step takes it back; the others take back the keys.
        QTest.keyClick(self.panel.table, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.look("drag undone")
        for _ in range(2):
            QTest.keyClick(self.panel.table, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.look("keys undone")

    def select_and_merge(self):
        QTest.mouseClick(self.tool_button("Select on the map"), LEFT)
        self.click_class(2)
        yield from self.rest()
        self.look("clicked")
        self.click_class(5, CONTROL)
        yield from self.rest()
        self.look("clicked another")
        self.picture(self.window, "selected")
        QTest.keyClick(self.panel.table, KEYS.Key_M, CONTROL)
        yield from self.rest()
        self.look("merged")
        QTest.keyClick(self.panel.table, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.look("undone")
        QTest.keyClick(self.panel.table, KEYS.Key_Z, CONTROL | SHIFT)
        yield from self.rest()
        self.look("redone")
        yield from self.press_on_map()
        self.panel.tabs.setCurrentIndex(1)
        yield from self.rest()
        tree = self.panel.tree
        QTest.mouseClick(tree, LEFT, NO_KEY, QPoint(10, round(tree._y(0))))
        self.look("picked in the tree")
        self.picture(self.window, "tree")
        self.panel.tabs.setCurrentIndex(0)

    def press_on_map(self):
        """Shortcuts after a click on the map, which has the keyboard focus then."""
        self.click_class(3)
        self.click_class(4, CONTROL)
        yield from self.rest()
        canvas = iface.mapCanvas()
        self.seen["focus on the map"] = QApplication.focusWidget() is canvas
        undone = ("map undone", KEYS.Key_Z, CONTROL)
        for name, key, keys in (
            ("map merged", KEYS.Key_M, CONTROL),
            undone,
            ("map redone", KEYS.Key_Z, CONTROL | SHIFT),
            ("map separated", KEYS.Key_M, CONTROL | SHIFT),
            undone,
            undone,
        ):
            QTest.keyClick(canvas, key, keys)
            yield from self.rest()
            self.look(name)
        self.click_class(4)
        QTimer.singleShot(400, self.choose_blue)
        QTest.keyClick(canvas, KEYS.Key_K, CONTROL)
        yield from self.rest()
        self.look("map colored")
        QTest.keyClick(canvas, *undone[1:])
        self.click_class(4)
        QTest.keyClick(canvas, KEYS.Key_F2)
        editor = self.panel.table.findChild(QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, "Pond")
        QTest.keyClick(editor, KEYS.Key_Return)
        yield from self.rest()
        self.look("map renamed")
        self.seen["tool on the map"] = canvas.mapTool() is self.dock.tool
        self.picture(self.window, "keys on the map")
        self.click_class(4)
        QTest.keyClick(canvas, *undone[1:])
        yield from self.rest()
        self.look("map name undone")

    def name_and_color(self):
        table = self.panel.table
        self.panel.pick((3,), False)
        table.setFocus()
        self.type_name("Meadow")
        yield from self.rest()
        self.look("renamed")
        self.panel.pick((4,), False)
        self.type_name("meadow")
        yield from self.rest()
        self.look("same name")
        editor = table.findChild(QLineEdit)
        if editor is not None and editor.isVisible():
            QTest.keyClick(editor, KEYS.Key_Escape)
        QTimer.singleShot(400, self.choose_blue)
        QTest.keyClick(table, KEYS.Key_K, CONTROL)
        yield from self.rest()
        self.look("colored")
        menu = self.panel.actions_bar.names
        worldcover = next(a.menu() for a in menu.actions() if a.text() == "ESA WorldCover")
        self.panel.pick((1, 6), False)
        next(a for a in worldcover.actions() if a.text() == "Tree cover").trigger()
        yield from self.rest()
        self.look("named as")
        yield from self.suggest()
        self.panel.actions_bar.read_file(str(FOLDER / "table.csv"))
        yield from self.rest()
        self.look("table")
        self.panel.actions_bar.undo.trigger()
        yield from self.wait(lambda: not self.dock.session._timer.isActive())
        self.look("named")
        self.picture(self.window, "named")

    def suggest(self):
        """Names from a layer: the proposals of two classes are accepted, one is declined."""
        bar = self.panel.actions_bar
        entry = next(a for a in bar.names.actions() if a.text().startswith("Suggest names"))
        entry.trigger()
        yield from self.rest()
        dialog = self.window.findChild(SuggestionsDialog)
        dialog.layers.setLayer(self.layer("reference"))
        QTest.mouseClick(dialog.run_button, LEFT)
        table = dialog.table
        yield from self.wait(table.topLevelItemCount)
        items = [table.topLevelItem(row) for row in range(table.topLevelItemCount())]
        self.seen["proposals"] = [[item.text(column) for column in range(3)] for item in items]
        # Class 3 keeps its name.
        items[2].setCheckState(0, Qt.CheckState.Unchecked)
        yield from self.rest()
        self.picture(dialog, "suggestions")
        accept = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.seen["may accept"] = accept.isEnabled()
        QTest.mouseClick(accept, LEFT)
        yield from self.rest()
        self.look("suggested")
        bar.undo.trigger()
        yield from self.rest()
        self.look("suggestions undone")

    def export(self):
        yield from self.run_dialog(self.panel.write_button, "merged.tif", "written")
        yield from self.follow()
        yield from self.run_dialog(self.panel.polygons_button, "polygons.gpkg", "polygons")
        self.compare("other")
        self.look("another grid")
        yield from self.compare_with_reference()
        QTest.mouseClick(self.panel.model_button, LEFT)
        yield from self.rest()
        batch = self.dock.dialogs.dialog
        self.seen["batch"] = [
            batch.mainWidget().valueForParameter(row, "INPUT")
            for row in range(batch.mainWidget().batchRowCount())
        ]
        self.seen["images"] = [self.layer("image").id()]
        self.picture(batch, "batch")
        batch.close()
        yield from self.rest()
        yield from self.classify_others()
        self.seen["dialogs"] = self.dialogs()

    def classify_others(self):
        """Without the image that the classes come from, and without a model."""
        path = Path(self.dock.session.catalog.path)
        record = path.with_name(f"{path.name}.superseg.json")
        before = record.read_text() if record.exists() else None
        record.write_text('{"input": {"name": "image.tif"}}')
        self.seen["other images"] = [one.name() for one in images_like(self.dock.session)]
        record.unlink() if before is None else record.write_text(before)
        models = [*path.parent.glob("*.superseg")]
        for model in models:
            model.rename(model.with_suffix(".away"))
        self.messages()
        QTest.mouseClick(self.panel.model_button, LEFT)
        yield from self.rest()
        self.seen["no model"] = [self.messages(), self.dialogs()]
        for model in models:
            model.with_suffix(".away").rename(model)

    def compare_with_reference(self):
        project = QgsProject.instance()
        for kind, name in (("Polygon", "parcels"), ("Point", "visits"), ("LineString", "roads")):
            fields = "field=id:integer&field=Name:string"
            layer = QgsVectorLayer(f"{kind}?crs=EPSG:32632&{fields}", name, "memory")
            assert project.addMapLayer(layer)
        self.panel.references.aboutToShow.emit()
        self.seen["references"] = [
            action.text() for action in self.panel.references.actions() if action.text()
        ]
        seen = {}
        for name in ("reference", "parcels", "visits"):
            self.compare(name)
            dialog = self.dock.dialogs.dialog
            values = {key: one for key, one in self.values_of(dialog).items() if one}
            for key in ("CLASSIFICATION", "REFERENCE", "POLYGONS", "SAMPLES"):
                if key in values:
                    values[key] = project.mapLayer(values[key]).name()
            table = Path(values.pop("TABLE")).read_text(encoding="utf-8").splitlines()
            seen[name] = values, table
            dialog.close()
        self.seen["compare"] = seen
        for name in ("parcels", "visits", "roads"):
            project.removeMapLayer(self.layer(name).id())
        yield from self.rest()

    def follow(self):
        """The result has been loaded; then layers are selected in the layer panel."""
        self.seen["result in the dock"] = Path(self.dock.session.catalog.path).name
        before = self.panel.table.model().rowCount()
        result = self.dock.session.layer
        self.dock.tabs.setCurrentIndex(1)
        yield from self.select("classes")
        self.seen["classes in front"] = self.dock.tabs.currentIndex() == 0
        self.look("followed back")
        self.picture(self.window, "followed")
        for name in ("image", "reference", "height"):
            yield from self.select(name)
        self.look("followed no other layer")
        QTest.mouseClick(self.dock.pin, LEFT)
        iface.setActiveLayer(result)
        yield from self.rest()
        self.look("pinned")
        QTest.mouseClick(self.dock.pin, LEFT)
        yield from self.select("image")
        iface.setActiveLayer(result)
        yield from self.rest()
        self.seen["rows of the result"] = [before, self.panel.table.model().rowCount()]
        QgsProject.instance().removeMapLayer(result.id())
        yield from self.select("classes")
        self.panel.actions_bar.undo.trigger()
        self.look("undone after all")
        self.panel.actions_bar.redo.trigger()
        yield from self.rest()

    def select(self, name):
        """Click a layer in the layer panel."""
        view = iface.layerTreeView()
        node = QgsProject.instance().layerTreeRoot().findLayer(self.layer(name).id())
        index = view.node2index(node)
        view.scrollTo(index)
        place = view.visualRect(index).center()
        QTest.mouseClick(view.viewport(), LEFT, NO_KEY, place)
        yield from self.rest()

    def refuse(self):
        for name in ("height", "many", "image"):
            self.dock.layers.setLayer(self.layer(name))
            yield from self.rest()
            self.look(name)
        bar = self.panel.actions_bar
        for name in ("unknown.csv", "twice.csv", "green.csv", "none.csv"):
            bar.read_file(str(FOLDER / name))
            self.look(name)
        moved = FOLDER / "away.tif"
        (FOLDER / "classes.tif").rename(moved)
        self.panel.slider.setFocus()
        QTest.keyClick(self.panel.slider, KEYS.Key_Left)
        self.look("file gone")
        QTest.mouseClick(self.panel.write_button, LEFT)
        self.look("file gone, write")
        moved.rename(FOLDER / "classes.tif")
        yield from self.rest()

    def save_and_reopen(self):
        project = QgsProject.instance()
        project.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
        for name in ("written", "polygons"):
            project.removeMapLayers([layer.id() for layer in project.mapLayersByName(name)])
        self.look("before saving")
        if not project.write(str(FOLDER / "project.qgz")):
            raise OSError(project.error())
        project.clear()
        yield from self.rest()
        self.seen["without layers"] = [self.dock.session is None, self.panel.isEnabled()]
        shown = [self.dock.empty, self.dock.segment_button, self.panel]
        self.seen["shown without layers"] = [widget.isVisible() for widget in shown]
        self.picture(self.window, "empty")
        QTest.mouseClick(self.dock.segment_button, LEFT)
        yield from self.rest()
        self.seen["segment"] = self.dialogs()
        self.dock.dialogs.dialog.close()
        yield from self.rest()
        elsewhere = FOLDER.with_name("elsewhere")
        shutil.copytree(FOLDER, elsewhere)
        shutil.rmtree(FOLDER)
        if not project.read(str(elsewhere / "project.qgz")):
            raise OSError(project.error())
        yield from self.rest(5)
        self.look("reopened")
        self.seen["source"] = self.layer("classes").source()
        self.picture(self.window, "reopened")
        yield from self.open_elsewhere(elsewhere / "classes.tif")
        self.window.removeDockWidget(self.dock)

    def open_elsewhere(self, path):
        """The file as another layer of the project, and of another project."""
        project = QgsProject.instance()
        self.panel.actions_bar.suggest_names()
        yield from self.rest()
        self.seen["suggesting"] = self.dialogs()
        # The layer is removed under an open dialog.
        project.removeMapLayer(self.layer("classes").id())
        yield from self.rest()
        self.seen["suggesting without layer"] = self.dialogs()
        for name in ("added again", "in another project"):
            # As QGIS opens it, with the style beside the file and without the workbench.
            plain = QgsRasterLayer(str(path), "plain")
            self.seen[f"plain {name}"] = [[c.value, c.label] for c in plain.renderer().classes()]
            iface.setActiveLayer(self.add(path, "classes"))
            yield from self.rest(8)
            self.look(name)
            self.picture(self.window, name.replace(" ", "_"))
            project.clear()
            yield from self.rest()

    # Doing

    def zoom(self):
        layer = self.layer("classes")
        canvas = QgsProject.instance().crs()
        transform = QgsCoordinateTransform(layer.crs(), canvas, QgsProject.instance())
        iface.mapCanvas().setExtent(transform.transformBoundingBox(layer.extent()))

    def click_class(self, number, keys=NO_KEY):
        """Click into the middle of a class's stripe."""
        layer = self.layer("classes")
        values = layer.dataProvider().block(1, layer.extent(), layer.width(), layer.height())
        rows = [row for row in range(layer.height()) if values.value(row, 0) == number]
        extent = layer.extent()
        y = extent.yMaximum() - (rows[len(rows) // 2] + 0.5) * layer.rasterUnitsPerPixelY()
        transform = QgsCoordinateTransform(
            layer.crs(), QgsProject.instance().crs(), QgsProject.instance()
        )
        place = transform.transform(QgsPointXY(extent.center().x(), y))
        self.click_map(place.x(), place.y(), keys)

    def tool_button(self, text):
        bar = self.panel.actions_bar
        return bar.widgetForAction(next(a for a in bar.actions() if a.text() == text))

    def type_name(self, name):
        table = self.panel.table
        QTest.keyClick(table, KEYS.Key_F2)
        editor = table.findChild(QLineEdit)
        editor.selectAll()
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, KEYS.Key_Return)

    def choose_blue(self):
        dialog = QApplication.activeModalWidget()
        dialog.setColor(QColor("#0000ff"))
        dialog.accept()

    def compare(self, name):
        self.panel.references.aboutToShow.emit()
        next(a for a in self.panel.references.actions() if a.text() == name).trigger()

    def run_dialog(self, button, file, name):
        QTest.mouseClick(button, LEFT)
        yield from self.rest()
        dialog = self.dock.dialogs.dialog
        values = {**self.values_of(dialog), "OUTPUT": str(FOLDER / file)}
        self.seen[f"{name} from"] = Path(values["TABLE"]).read_text(encoding="utf-8")
        dialog.setParameters(values)
        self.picture(dialog, name)
        finished = []
        dialog.algorithmFinished.connect(lambda fine, _results: finished.append(fine))
        dialog.runButton().click()
        yield from self.wait(lambda: finished)
        dialog.close()
        yield from self.rest()
        layer = QgsRasterLayer if file.endswith(".tif") else QgsVectorLayer
        made = layer(str(FOLDER / file), name)
        self.seen[name] = [finished[0], made.isValid()]
        if isinstance(made, QgsVectorLayer):
            index = made.fields().indexFromName("name")
            self.seen[f"{name} names"] = sorted(made.uniqueValues(index))
            self.seen[f"{name} area"] = sum(f["area"] for f in made.getFeatures())

    def look(self, name):
        """Keep what can be seen now."""
        session = self.dock.session
        layer = session.layer
        model = self.panel.table.model()
        node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
        legend = iface.layerTreeView().layerTreeModel().layerLegendNodes(node)
        self.seen[name] = {
            "layer": layer.name(),
            "groups": [[g.number, list(g.members), g.name, list(g.color)] for g in session.groups],
            "rows": [
                [model.index(row, column).data() for column in range(4)]
                for row in range(model.rowCount())
            ],
            "header": model.headerData(2, Qt.Orientation.Horizontal),
            "selected": sorted(g.number for g in self.panel.table.chosen_groups()),
            "renderer": [[c.value, c.color.name(), c.label] for c in layer.renderer().classes()],
            "legend": [str(n.data(Qt.ItemDataRole.DisplayRole)) for n in legend],
            "slider": [
                self.panel.slider.minimum(),
                self.panel.slider.value(),
                self.panel.slider.maximum(),
            ],
            "count": self.panel.count.value(),
            "messages": self.messages(),
            "dialogs": self.dialogs(),
            "scale": QgsApplication.instance().devicePixelRatio(),
        }


start(WorkbenchScript)
