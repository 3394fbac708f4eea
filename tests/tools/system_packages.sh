#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the Debian packages that QGIS and its tests need, unless all are there; or, with `python`,
# only the few of them that the runtime is installed with; or, with `peers`, the programs that the
# speed benchmark runs beside it, without which it runs all the same; or, with `browser`, what draws
# the picture of a report.
# Usage: system_packages.sh PYTHON [python|peers|browser]   (the interpreter of QGIS)
set -eu
python=$1
packages="python3-venv python3-pip python3-numpy"

python_complete() {
	[ -x "$python" ] && "$python" -I -c 'import ensurepip, pip, numpy' 2>/dev/null
}

complete() {
	command -v qgis >/dev/null && command -v xvfb-run >/dev/null && command -v xauth >/dev/null &&
		[ -n "$(command -v qgis_process.bin || command -v qgis_process)" ] &&
		python_complete && "$python" -I -c 'import qgis.core, osgeo.gdal' 2>/dev/null
}

apt_install() {
	echo "Installing with apt: $*"
	as_root=""
	if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
	$as_root apt-get update -q &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@"
}

if [ "${2:-}" = peers ]; then
	for pair in otbcli_LargeScaleMeanShift:otb-bin saga_cmd:saga; do
		if command -v "${pair%%:*}" >/dev/null; then continue; fi
		if ! command -v apt-get >/dev/null || ! apt_install "${pair#*:}"; then
			echo "${pair#*:} cannot be installed here: the benchmark leaves it out."
		fi
	done
	exit 0
fi

if [ "${2:-}" = browser ]; then
	command -v chromium >/dev/null || apt_install chromium
	exit 0
fi

wanted=python_complete
if [ "${2:-}" != python ]; then
	wanted=complete
	packages="qgis python3-qgis qgis-providers xvfb xauth $packages"
fi
if $wanted; then exit 0; fi
if ! command -v apt-get >/dev/null; then
	echo "QGIS 3.22 or newer with its Python, pip, venv and xvfb-run is needed, and there is no" \
		"apt-get here. Install them, and name QGIS's interpreter: make QGIS_PYTHON=<path> ..." >&2
	exit 1
fi
# shellcheck disable=SC2086 # a list of packages
apt_install $packages
if ! $wanted; then
	echo "QGIS is still incomplete after apt: is $python its interpreter? Name another with" \
		"make QGIS_PYTHON=<path> ..." >&2
	exit 1
fi
