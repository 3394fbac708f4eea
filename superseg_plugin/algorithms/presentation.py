# SPDX-License-Identifier: GPL-2.0-or-later
"""How algorithms and models are presented in a window."""

from __future__ import annotations


def make_dialog(algorithm):
    """Return the dialog of an algorithm; None stands for that of Processing."""
    # The plugin sets the function in the provider; qgis_process has no window.
    make = getattr(algorithm.provider(), "make_dialog", None)
    return make(algorithm) if make else None
