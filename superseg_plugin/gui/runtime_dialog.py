# SPDX-License-Identifier: GPL-2.0-or-later
"""The window Plugins > SuperSeg > Runtime: state, installation and removal of the runtime."""

from __future__ import annotations

from functools import partial

from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from ..errors import SuperSegError
from ..runtime.diagnosis import runtime_report
from ..runtime.environment import install_environment, remove_environment, restore_previous
from ..runtime.state import all_commands, device_name, runtime_state
from ..settings import choose_python, chosen_python, facts, network
from .background_task import BackgroundTask
from .runtime_choices import RuntimeChoices
from .task_log import TaskLog, fitting

translate = QCoreApplication.translate
NOTHING = "-"


class RuntimeDialog(QDialog):
    """Shows the state of the runtime, and runs one task at a time in the background.

    Signals:
        ready: the runtime works.
        segmentRequested: the button for it was clicked, and the window closed.
    """

    ready = pyqtSignal()
    segmentRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWindowTitle(translate("SuperSeg", "SuperSeg: Runtime"))
        self.task = None
        # Python must hold a reference to each task until it ends.
        self._tasks = []
        self.destroyed.connect(partial(_cancel_all, self._tasks))
        self.choices = RuntimeChoices(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self._state_box())
        layout.addWidget(self.choices)
        self.work = TaskLog(self)
        self.activity, self.bar, self.log = self.work.activity, self.work.bar, self.work.log
        layout.addWidget(self.work, 1)
        layout.addWidget(self._buttons())
        self.choices.changed.connect(self._enable)
        self.choices.pythonChosen.connect(self._use_python)
        self.choices.cluster.told.connect(self.work.append)
        width = 96 * self.fontMetrics().averageCharWidth()
        self.resize(fitting(self, QSize(width, self.sizeHint().height())))
        self.refresh()

    # State

    def refresh(self):
        """Look for the runtime again."""
        self.state = None
        self.status.setText(translate("SuperSeg", "Looking for the runtime…"))
        for label in (self.python, self.packages, self.device):
            label.setText(NOTHING)
        chosen = chosen_python()
        self._background(
            translate("SuperSeg", "Look for SuperSeg's runtime"),
            lambda progress: runtime_state(chosen),
            self._show_state,
        )

    def _show_state(self, task):
        self.state = task.result
        if self.state is None:
            self.status.setText(task.error)
            return
        weight = "bold" if self.state.ready else "normal"
        self.status.setStyleSheet(f"font-weight: {weight}")
        self.status.setText(self.state.status)
        self.python.setText(self.state.python or NOTHING)
        self.packages.setText(self.state.packages or NOTHING)
        self._enable()
        if self.state.ready:
            self.ready.emit()
            self.device.setText(translate("SuperSeg", "querying the runtime…"))
            chosen = chosen_python()
            self._background(
                translate("SuperSeg", "Query the device of SuperSeg's runtime"),
                lambda progress: device_name(chosen, progress),
                lambda task: self.device.setText(task.result or task.error),
            )

    # Actions

    def install(self):
        """Install the chosen build."""
        try:
            # QGIS may ask for its master password, which is possible in this thread only.
            connection = network()
        except SuperSegError as error:
            self.work.append(str(error))
            return
        build, source, folder = self.choices.values()
        self._start(
            translate("SuperSeg", "Install SuperSeg's runtime"),
            lambda progress: install_environment(build, source, progress, connection, folder),
            self._installed,
        )

    def _installed(self, task):
        self.work.append(task.error or translate("SuperSeg", "Installed in {}").format(task.result))
        self.refresh()

    def remove(self):
        """Remove the installed runtimes, after a question."""
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.windowTitle(),
            translate(
                "SuperSeg",
                "Remove the runtime that SuperSeg has installed, and the previous one? Images "
                "cannot be segmented without a runtime. Results and models are kept.",
            ),
            buttons.Yes | buttons.No,
        )
        if answer == buttons.Yes:
            self._start(
                translate("SuperSeg", "Remove SuperSeg's runtime"),
                remove_environment,
                self._removed,
            )

    def _removed(self, task):
        self.work.append(task.error or translate("SuperSeg", "Removed: {} MB").format(task.result))
        self.refresh()

    def go_back(self):
        """Exchange the current installation and the previous one."""
        self._start(
            translate("SuperSeg", "Restore SuperSeg's previous runtime"),
            restore_previous,
            self._installed,
        )

    def report(self):
        """Test the runtime, and copy a report to the clipboard."""
        chosen, known = chosen_python(), facts()
        self._start(
            translate("SuperSeg", "Report on SuperSeg's runtime"),
            lambda progress: runtime_report(chosen, progress, known),
            self._reported,
        )

    def _reported(self, task):
        text = task.error or task.result
        QGuiApplication.clipboard().setText(text)
        self.work.append(text)
        self.work.append(translate("SuperSeg", "The report is on the clipboard."))

    def show_commands(self):
        """Show the commands of the installation for a terminal."""
        build, source, folder = self.choices.values()
        try:
            self.work.append(all_commands(build, source, folder, network(with_login=False)))
        except SuperSegError as error:
            self.work.append(str(error))

    def cancel(self):
        """Cancel the running task; the current runtime is kept."""
        if self.task is not None:
            self.activity.setText(translate("SuperSeg", "Cancelling…"))
            self.task.cancel()

    def _segment(self):
        """Lead on to the image; this window would lie over it."""
        self.close()
        self.segmentRequested.emit()

    def _use_python(self, path):
        choose_python(path)
        self.refresh()

    # Tasks

    def _start(self, title, work, done):
        """Run a task with its progress and log in the window."""
        self.work.begin(title)
        self.task = self._background(title, work, done, quiet=False)
        self.task.logged.connect(self.work.append)
        self.task.activity.connect(self.activity.setText)
        self.task.progressChanged.connect(lambda percent: self.bar.setValue(round(percent)))
        self._enable()

    def _background(self, title, work, done, quiet=True):
        task = BackgroundTask(title, work, quiet)
        self._tasks.append(task)
        task.done.connect(lambda: self._end(task, done))
        task.start()
        return task

    def _end(self, task, done):
        self._tasks.remove(task)
        if task is self.task:
            self.task = None
            self.work.end(bool(task.error))
        done(task)
        self._enable()

    def _enable(self):
        busy = self.task is not None
        self.install_button.setEnabled(not busy and self.choices.fits)
        self.segment_button.setVisible(not busy and self.state is not None and self.state.ready)
        self.cancel_button.setEnabled(busy)
        self.report_button.setEnabled(not busy)
        self.commands_button.setEnabled(not busy)
        self.back_button.setVisible(self.state is not None and self.state.previous)
        self.back_button.setEnabled(not busy)
        self.remove_button.setEnabled(not busy and self.state is not None and self.state.removable)
        self.choices.setEnabled(not busy)

    # Widgets

    def _state_box(self):
        box = QGroupBox(translate("SuperSeg", "Current state"))
        form = QFormLayout(box)
        labels = []
        for title in (
            translate("SuperSeg", "Status:"),
            translate("SuperSeg", "Python:"),
            translate("SuperSeg", "Packages:"),
            translate("SuperSeg", "Device:"),
        ):
            label = QLabel(NOTHING)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            form.addRow(title, label)
            labels.append(label)
        self.status, self.python, self.packages, self.device = labels
        return box

    def _buttons(self):
        roles = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        box.rejected.connect(self.close)
        self.install_button = QPushButton(translate("SuperSeg", "Install"))
        self.segment_button = QPushButton(translate("SuperSeg", "Segment an image…"))
        self.cancel_button = QPushButton(translate("SuperSeg", "Cancel"))
        self.commands_button = QPushButton(translate("SuperSeg", "Show commands"))
        self.report_button = QPushButton(translate("SuperSeg", "Copy report"))
        self.back_button = QPushButton(translate("SuperSeg", "Use previous"))
        self.remove_button = QPushButton(translate("SuperSeg", "Remove…"))
        for button, role, action in (
            (self.segment_button, roles.ActionRole, self._segment),
            (self.install_button, roles.ActionRole, self.install),
            (self.cancel_button, roles.ActionRole, self.cancel),
            (self.commands_button, roles.ResetRole, self.show_commands),
            (self.report_button, roles.ResetRole, self.report),
            (self.back_button, roles.ResetRole, self.go_back),
            (self.remove_button, roles.ResetRole, self.remove),
        ):
            button.setAutoDefault(button is self.install_button)
            button.clicked.connect(lambda _checked=False, action=action: action())
            box.addButton(button, role)
        return box


def _cancel_all(tasks, _window=None):
    """Cancel the tasks of a window that no longer exists."""
    for task in tasks:
        task.done.disconnect()
        task.cancel()


def open_runtime(interface):
    """Create the window; the plugin shows it."""
    return RuntimeDialog(interface.mainWindow())
