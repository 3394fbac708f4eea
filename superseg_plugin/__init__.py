# SPDX-License-Identifier: GPL-2.0-or-later
"""SuperSeg: superpixel-guided unsupervised segmentation of remote-sensing images in QGIS."""


def classFactory(iface):
    """Return the plugin object; called by QGIS when it loads the plugin."""
    from .plugin import SuperSegPlugin

    return SuperSegPlugin(iface)
