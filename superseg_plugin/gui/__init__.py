# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows and panels: widgets only, what they show is computed elsewhere."""
