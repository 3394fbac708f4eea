# SPDX-License-Identifier: GPL-2.0-or-later
"""The translation of the plugin, with its reports, into the language of QGIS."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from .resources import PACKAGE
from .translation import set_language


def load_translation():
    """Install the translation into the language of QGIS.

    Returns:
        The translator, for `remove_translation`; None if there is no translation.
    """
    # Simplified Chinese is zh-Hans in QGIS and zh_CN in the system.
    name = QLocale(QgsApplication.locale()).name()
    path = PACKAGE / "i18n" / f"superseg_{name}.qm"
    translator = QTranslator()
    if not path.is_file() or not translator.load(str(path)):
        return None
    QCoreApplication.installTranslator(translator)
    set_language(name.replace("_", "-"), lambda text: QCoreApplication.translate("SuperSeg", text))
    return translator


def remove_translation(translator):
    """Remove a translation that `load_translation` has installed."""
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
        set_language()
