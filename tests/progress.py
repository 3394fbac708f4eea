# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress of runs that a test stops."""

from __future__ import annotations

from superseg_plugin.progress import Progress


class Stopping(Progress):
    """Is cancelled from the beginning."""

    def cancelled(self):
        return True
