#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the Debian packages that QGIS and its tests need, unless all are there.
# Usage: system_packages.sh PYTHON   (the interpreter of QGIS)
set -eu
python=$1
packages="qgis python3-qgis qgis-providers python3-venv python3-pip xvfb xauth"

complete() {
	command -v qgis >/dev/null && command -v xvfb-run >/dev/null && command -v xauth >/dev/null &&
		[ -n "$(command -v qgis_process.bin || command -v qgis_process)" ] &&
		[ -x "$python" ] && "$python" -I -c 'import ensurepip, pip, qgis.core, osgeo.gdal' 2>/dev/null
}

if complete; then exit 0; fi
if ! command -v apt-get >/dev/null; then
	echo "QGIS 3.22 or newer with its Python, pip, venv and xvfb-run is needed, and there is no" \
		"apt-get here. Install them, and name QGIS's interpreter: make QGIS_PYTHON=<path> ..." >&2
	exit 1
fi
echo "Installing with apt: $packages"
as_root=""
if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $packages
if ! complete; then
	echo "QGIS is still incomplete after apt: is $python its interpreter? Name another with" \
		"make QGIS_PYTHON=<path> ..." >&2
	exit 1
fi
