# SPDX-License-Identifier: GPL-2.0-or-later
"""The window Plugins > SuperSeg > Runtime: what there is, and how to get, change or remove it."""

from __future__ import annotations

from functools import partial

from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..errors import SuperSegError
from ..runtime.diagnosis import runtime_report
from ..runtime.environment import install_environment, remove_environment, restore_previous
from ..runtime.state import all_commands, device_name, runtime_state
from ..settings import choose_python, chosen_python, facts, network
from .runtime_choices import RuntimeChoices
from .runtime_task import RuntimeTask

translate = QCoreApplication.translate
NOTHING = "-"


class RuntimeDialog(QDialog):
    """Shows the runtime's state and runs one thing at a time in the background."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWindowTitle(translate("SuperSeg", "SuperSeg: Runtime"))
        self.task = None
        # QGIS forgets tasks that nobody holds, also those whose end does not matter any more.
        self._tasks = []
        self.destroyed.connect(partial(_abandon, self._tasks))
        self.choices = RuntimeChoices(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self._state_box())
        layout.addWidget(self.choices)
        layout.addWidget(self._work_box(), 1)
        layout.addWidget(self._buttons())
        self.choices.changed.connect(self._enable)
        self.choices.pythonChosen.connect(self._use_python)
        width = self.fontMetrics().averageCharWidth()
        wanted = QSize(96 * width, 48 * self.fontMetrics().lineSpacing())
        self.resize(wanted.boundedTo(self.screen().availableSize()))
        self.refresh()

    # What there is

    def refresh(self):
        """Look for the runtime anew."""
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
            self.device.setText(translate("SuperSeg", "asking the runtime…"))
            chosen = chosen_python()
            self._background(
                translate("SuperSeg", "Ask SuperSeg's runtime for its device"),
                lambda progress: device_name(chosen, progress),
                lambda task: self.device.setText(task.result or task.error),
            )

    # What can be done

    def install(self):
        """Install what is chosen."""
        try:
            # QGIS may ask for its master password, which only this thread can.
            reach = network()
        except SuperSegError as error:
            self._say(str(error))
            return
        build, source, folder = self.choices.values()
        self._start(
            translate("SuperSeg", "Install SuperSeg's runtime"),
            lambda progress: install_environment(build, source, progress, reach, folder),
            self._installed,
        )

    def _installed(self, task):
        self._say(task.error or translate("SuperSeg", "Installed in {}").format(task.result))
        self.refresh()

    def remove(self):
        """Remove what was installed, after asking."""
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.windowTitle(),
            translate(
                "SuperSeg",
                "Remove the runtime that SuperSeg has installed, and the one before it? Segmenting "
                "is not possible without; results and models stay.",
            ),
            buttons.Yes | buttons.No,
        )
        if answer == buttons.Yes:
            self._start(
                translate("SuperSeg", "Remove SuperSeg's runtime"),
                lambda progress: remove_environment(),
                self._removed,
            )

    def _removed(self, task):
        self._say(task.error or translate("SuperSeg", "Removed: {} MB").format(task.result))
        self.refresh()

    def go_back(self):
        """Use the installation before the last; the last is kept in its stead."""
        self._start(
            translate("SuperSeg", "Go back to SuperSeg's previous runtime"),
            lambda progress: restore_previous(),
            self._installed,
        )

    def report(self):
        """Try the runtime out, and copy a report for those who help."""
        chosen, known = chosen_python(), facts()
        self._start(
            translate("SuperSeg", "Report on SuperSeg's runtime"),
            lambda progress: runtime_report(chosen, progress, known),
            self._reported,
        )

    def _reported(self, task):
        text = task.error or task.result
        QGuiApplication.clipboard().setText(text)
        self._say(text)
        self._say(translate("SuperSeg", "The report is in the clipboard."))

    def show_commands(self):
        """Show what to type in a terminal to do the same."""
        build, source, folder = self.choices.values()
        try:
            self._say(all_commands(build, source, folder, network(with_login=False)))
        except SuperSegError as error:
            self._say(str(error))

    def cancel(self):
        """Stop what runs; what was there stays."""
        if self.task is not None:
            self.activity.setText(translate("SuperSeg", "Cancelling…"))
            self.task.cancel()

    def _use_python(self, path):
        choose_python(path)
        self.refresh()

    # How it is done

    def _start(self, title, work, done):
        """Do one thing that the user waits for."""
        self.log.clear()
        self.activity.setText(title)
        self.bar.setValue(0)
        self.task = self._background(title, work, done, quiet=False)
        self.task.said.connect(self._say)
        self.task.activity.connect(self.activity.setText)
        self.task.progressChanged.connect(lambda percent: self.bar.setValue(round(percent)))
        self._enable()

    def _background(self, title, work, done, quiet=True):
        task = RuntimeTask(title, work, quiet)
        self._tasks.append(task)
        task.done.connect(lambda: self._end(task, done))
        task.start()
        return task

    def _end(self, task, done):
        self._tasks.remove(task)
        if task is self.task:
            self.task = None
            self.bar.setValue(0 if task.error else 100)
            self.activity.setText("")
        done(task)
        self._enable()

    def _say(self, text):
        self.log.appendPlainText(text)

    def _enable(self):
        busy = self.task is not None
        self.install_button.setEnabled(not busy and self.choices.fits)
        self.cancel_button.setEnabled(busy)
        self.report_button.setEnabled(not busy)
        self.commands_button.setEnabled(not busy)
        self.back_button.setVisible(self.state is not None and self.state.previous)
        self.back_button.setEnabled(not busy)
        self.remove_button.setEnabled(not busy and self.state is not None and self.state.removable)
        self.choices.setEnabled(not busy)

    # Widgets

    def _state_box(self):
        box = QGroupBox(translate("SuperSeg", "What there is"))
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

    def _work_box(self):
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        self.activity = QLabel("")
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(5000)
        self.log.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        for widget in (self.activity, self.bar, self.log):
            layout.addWidget(widget)
        return box

    def _buttons(self):
        roles = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        box.rejected.connect(self.close)
        self.install_button = QPushButton(translate("SuperSeg", "Install"))
        self.cancel_button = QPushButton(translate("SuperSeg", "Cancel"))
        self.commands_button = QPushButton(translate("SuperSeg", "Show commands"))
        self.report_button = QPushButton(translate("SuperSeg", "Copy report"))
        self.back_button = QPushButton(translate("SuperSeg", "Use previous"))
        self.remove_button = QPushButton(translate("SuperSeg", "Remove…"))
        for button, role, action in (
            (self.install_button, roles.ActionRole, self.install),
            (self.cancel_button, roles.ActionRole, self.cancel),
            (self.commands_button, roles.ResetRole, self.show_commands),
            (self.report_button, roles.ResetRole, self.report),
            (self.back_button, roles.ResetRole, self.go_back),
            (self.remove_button, roles.ResetRole, self.remove),
        ):
            button.setAutoDefault(button is self.install_button)
            button.clicked.connect(action)
            box.addButton(button, role)
        return box


def _abandon(tasks, _window=None):
    """Cancel tasks whose window is no more."""
    for task in tasks:
        task.done.disconnect()
        task.cancel()


def open_runtime(interface):
    """Make the window; the plugin shows it."""
    return RuntimeDialog(interface.mainWindow())
