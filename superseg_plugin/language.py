# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in the language of QGIS, where there is a translation."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from .resources import PACKAGE


def load_translation():
    """Install the translation to QGIS's language.

    Returns:
        The translator, to be kept and handed to `remove_translation`; None without a translation.
    """
    # QGIS calls Simplified Chinese zh-Hans, systems call it zh_CN.
    name = QLocale(QgsApplication.locale()).name()
    path = PACKAGE / "i18n" / f"superseg_{name}.qm"
    translator = QTranslator()
    if not path.is_file() or not translator.load(str(path)):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def remove_translation(translator):
    """Take a translation back."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
