# SPDX-License-Identifier: GPL-2.0-or-later
"""The verbs of assessment: drawing a sample, and accuracy by samples or by a reference."""
