# SPDX-License-Identifier: GPL-2.0-or-later
"""Groups of the algorithms in the toolbox, which sorts them by their titles: the steps of the work.

The shipped models have the titles in their files.
"""

from __future__ import annotations

SEGMENT = "1 Segment"
NAME = "2 Name and correct"
CHECK = "3 Check"
EXPORT = "4 Export"
OTHERS = "5 Other images and dates"
RUNTIME = "6 Runtime"
