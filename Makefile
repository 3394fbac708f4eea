# SPDX-License-Identifier: GPL-2.0-or-later
# `make help` lists what can be made. Everything made lies in build/ and dist/, but for the worker
# environment, which lies in the user's data folder so that QGIS finds it.

# The interpreter of QGIS, which need not be the first python3 in PATH.
QGIS_PYTHON ?= /usr/bin/python3
# Where `make install` puts the plugin: the default profile of QGIS 3 on Linux.
PLUGINS ?= $(HOME)/.local/share/QGIS/QGIS3/profiles/default/python/plugins
# What to test with: `make test-qgis TESTS=tests/qgis/test_segment.py PYTEST="-x -k cancel"`.
PYTEST ?=
# How many suites of tests run side by side.
JOBS ?= 2

ENGINE := build/env/engine/bin
VERSION := $(shell sed -n 's/^version=//p' metadata.txt)
ZIP := dist/superseg_plugin-$(VERSION).zip
SOURCES := superseg_plugin tests
TYPED := superseg_plugin/contracts.py superseg_plugin/blocks.py superseg_plugin/class_tree.py superseg_plugin/engine superseg_plugin/node superseg_plugin/pipeline superseg_plugin/raster superseg_plugin/worker superseg_plugin/runtime

# Tests and tools see this checkout and none of the user's Python, plugins or QGIS profile.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP QGIS_PLUGINPATH QGIS_PREFIX_PATH
HEADLESS := QT_QPA_PLATFORM=offscreen XDG_RUNTIME_DIR=$(CURDIR)/build/run \
	QGIS_CUSTOM_CONFIG_PATH=$(CURDIR)/build/profiles/tests

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-python setup-system setup-worker setup-qgis setup-fuzz setup-locks setup-engine setup-peers \
	setup-browser demo demo-values test test-engine test-pipeline test-worker test-qgis test-desktop test-windows test-response-times test-tools test-versions \
	test-cases test-cluster test-faults test-fuzz test-install \
	lint format scan package install dev benchmark-speed benchmark-giga benchmark-quality \
	benchmark-plain benchmark-values benchmark-embedding benchmark-cluster benchmark-desk benchmark-desk-speed benchmark-desktop \
	pictures screenshots help-pages locks \
	translations clean

# Into a folder of its own, not into the user's profile.
test-install: PLUGINS := $(CURDIR)/build/install-test/plugins

help: ## list what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-19s %s\n", $$1, $$2}' Makefile

# --- Set-up: each part is quick when it is done already

# The runtime needs no QGIS, whose packages take as long as the runtime does.
setup: ## install all that the other targets need
	@$(MAKE) --no-print-directory -j$(JOBS) --output-sync=line setup-engine setup-qgis

setup-python:
	@sh tests/tools/system_packages.sh $(QGIS_PYTHON) python

setup-system: setup-python
	@sh tests/tools/system_packages.sh $(QGIS_PYTHON)

setup-worker: setup-python
	@$(QGIS_PYTHON) -m tests.tools.environments worker

setup-qgis: setup-system
	@mkdir -p -m 700 build/run
	@$(QGIS_PYTHON) -m tests.tools.environments qgis

setup-fuzz: setup-system
	@$(QGIS_PYTHON) -m tests.tools.environments fuzz

setup-locks: setup-system
	@$(QGIS_PYTHON) -m tests.tools.environments locks

setup-engine: setup-worker
	@$(QGIS_PYTHON) -m tests.tools.environments engine

setup-peers: setup-worker
	@$(QGIS_PYTHON) -m tests.tools.environments peers
	@sh tests/tools/system_packages.sh $(QGIS_PYTHON) peers

# What runs QGIS or its Python without an environment for tests.
demo demo-values help-pages benchmark-speed benchmark-giga benchmark-quality benchmark-plain \
	benchmark-values benchmark-embedding benchmark-desk pictures: setup-system

# --- Use

demo: setup-worker ## segment a small Landsat image; results in build/demo
	@$(QGIS_PYTHON) -m tests.demo.demo

# KINDS="elevation radar" narrows it.
demo-values: setup-worker ## reports of small rasters of every kind, and their pictures on one sheet
	@$(QGIS_PYTHON) -m tests.demo.values $(KINDS)

setup-browser:
	@sh tests/tools/system_packages.sh $(QGIS_PYTHON) browser

locks: setup-locks ## versions and SHA-256 sums of the packages of the runtime
	@$(QGIS_PYTHON) -m tests.tools.locks

screenshots: demo setup-browser ## pictures of a real QGIS window, and the clicks to a named map
	@$(QGIS_PYTHON) -m tests.desktop.screenshots
	@$(QGIS_PYTHON) -m tests.desktop.clicks

help-pages: setup-worker ## the help pages in the package, with examples that are run
	@$(HEADLESS) LC_ALL=C.UTF-8 $(QGIS_PYTHON) -m tests.tools.help_pages

translations: setup-system ## texts to translate, and the translations as QGIS reads them
	@$(HEADLESS) LC_ALL=C.UTF-8 $(QGIS_PYTHON) -m tests.tools.translations

# --- Checks

# Suites run side by side, each printed whole when it ends: the longest first, and the windows, which
# mostly wait. They share the threads of torch, which would spend most of the time waiting for each
# other on cores that are taken.
test: setup ## lint and run all tests but those that measure time
	@threads=$$(expr $$(getconf _NPROCESSORS_ONLN) / $(JOBS)); \
	OMP_NUM_THREADS=$$([ $$threads -gt 1 ] && echo $$threads || echo 1) \
	$(MAKE) --no-print-directory --keep-going -j$(JOBS) --output-sync=target \
		test-windows test-pipeline test-qgis test-engine test-worker lint

# The worker starts with this policy too.
test-engine: setup-engine ## tests of the kernels, in the worker's Python
	OMP_WAIT_POLICY=PASSIVE $(ENGINE)/python -m pytest $(or $(TESTS),tests/test_rooms.py tests/test_credentials.py tests/engine) $(PYTEST)

# Where no test may need QGIS, the plugin of pytest that starts one stays out.
test-pipeline: setup-qgis setup-worker ## tests of rasters and pipeline, in QGIS's Python
	$(HEADLESS) build/env/qgis/bin/python -m pytest -p no:pytest_qgis \
		$(or $(TESTS),tests/raster tests/pipeline) $(PYTEST)

test-worker: setup-qgis setup-worker ## tests of worker, cluster and runtime, in QGIS's Python
	$(HEADLESS) build/env/qgis/bin/python -m pytest -p no:pytest_qgis \
		$(or $(TESTS),tests/test_run_folder.py tests/test_memory.py tests/worker tests/runtime tests/fuzz) $(PYTEST)

test-qgis: setup-qgis setup-worker ## tests of the algorithms, inside a QGIS without a window
	$(HEADLESS) build/env/qgis/bin/python -m pytest $(or $(TESTS),tests/qgis) $(PYTEST)

DESKTOP = $(HEADLESS) build/env/qgis/bin/python -m pytest -p no:pytest_qgis \
	$(or $(TESTS),tests/desktop) $(PYTEST)

test-desktop: setup-qgis setup-worker ## runs through the dialogs and docks of real QGIS windows
	$(DESKTOP)

test-windows: setup-qgis setup-worker ## those of them that measure nothing
	$(DESKTOP) -m "not response_times"

# Nothing may run beside these.
test-response-times: setup-qgis setup-worker ## those of them that measure how long one waits
	$(DESKTOP) -m response_times

test-tools: setup-qgis setup-worker ## tests of the benchmarks
	$(HEADLESS) build/env/qgis/bin/python -m pytest -p no:pytest_qgis \
		$(or $(TESTS),tests/benchmarks) $(PYTEST)

# CHROOTS holds Debian systems with other releases of QGIS, each a folder; needs root.
test-versions: package setup ## all tests on other releases of QGIS: make test-versions CHROOTS=<folder>
	@$(QGIS_PYTHON) -m tests.tools.versions $(ZIP) $(CHROOTS)

# CASES="F4 antimeridian" runs those with one of these words in number or text.
test-cases: setup-worker setup-qgis ## cases from the field, with what is expected and what came
	@$(HEADLESS) build/env/qgis/bin/python -m tests.cases $(if $(CASES),--cases $(CASES))

test-fuzz: setup-worker setup-fuzz ## bad input, made up for so long: make test-fuzz MINUTES=5
	@build/env/fuzz/bin/python -m tests.fuzz.run --minutes $(or $(MINUTES),5) \
		$(if $(TARGETS),--targets $(TARGETS))

# FAULTS="'disk full' 'held open'" makes those with one of these phrases in their names; mounts small
# disks, so needs root.
test-faults: setup-qgis setup-worker ## every fault made for real, as a table: ten minutes
	@$(HEADLESS) build/env/qgis/bin/python -m tests.faults $(FAULTS)

# SIDE=8192 makes the large scene larger; ONLY="killed" narrows the scenarios by their titles.
test-cluster: setup-qgis setup-worker ## segment on Dask clusters with losses, as a table: nine minutes
	@build/env/qgis/bin/python -m tests.cluster.run --side $(or $(SIDE),4096) --only "$(ONLY)"

test-install: setup-qgis install ## the runtime, installed on a machine without one: minutes
	@build/env/qgis/bin/python -m tests.install.fresh_machine "$(PLUGINS)"

# QGS202 goes by a method's name, setValue, which sliders and settings have too.
lint: setup-engine ## style, types and PyQGIS spellings
	$(ENGINE)/python -m ruff check $(SOURCES)
	$(ENGINE)/python -m ruff format --check $(SOURCES)
	$(ENGINE)/python -m mypy $(TYPED)
	$(ENGINE)/python -m flake8 --isolated --select QGS --extend-ignore QGS202,QGS402 $(SOURCES)

format: setup-engine ## put the code into its standard form
	$(ENGINE)/python -m ruff check --fix $(SOURCES)
	$(ENGINE)/python -m ruff format $(SOURCES)

scan: setup-engine ## security checks of the QGIS plugin site
	@$(ENGINE)/python -m tests.tools.scan

# --- The plugin itself

package: ## dist/superseg_plugin-<version>.zip, as the plugin site takes it
	@test -z "$$(git status --porcelain)" || { git status --short; \
		echo "Commit or remove these first: the package is made from the last commit."; exit 1; }
	@mkdir -p dist && rm -f $(ZIP)
	git archive --format=zip -o $(ZIP) --prefix=superseg_plugin/ \
		--add-file=metadata.txt --add-file=LICENSE \
		--prefix=superseg_plugin/icons/ $(patsubst %,--add-file=%,$(wildcard icons/*)) \
		--prefix=superseg_plugin/ HEAD:superseg_plugin
	@$(QGIS_PYTHON) -m tests.tools.check_package $(ZIP)

install: package ## put the package into a QGIS profile: make install PLUGINS=<folder>
	@mkdir -p "$(PLUGINS)" && rm -rf "$(PLUGINS)/superseg_plugin"
	$(QGIS_PYTHON) -m zipfile -e $(ZIP) "$(PLUGINS)"
	@echo "Installed in $(PLUGINS). Enable SuperSeg in QGIS under Plugins > Manage and Install Plugins."

dev: setup-system ## start QGIS with the plugin straight from this checkout
	@ln -sfn ../metadata.txt superseg_plugin/metadata.txt && ln -sfn ../icons superseg_plugin/icons
	QGIS_PLUGINPATH="$(CURDIR)" qgis

# --- Benchmarks

benchmark-speed: setup-engine setup-peers ## seconds and memory: make benchmark-speed SIZES="1 4 16 49"
	@$(QGIS_PYTHON) -m tests.benchmarks.speed $(if $(SIZE),--size $(SIZE)) \
		$(if $(SIZES),--sizes $(SIZES)) $(if $(REPEATS),--repeats $(REPEATS)) \
		$(if $(IMAGE),--image "$(IMAGE)") $(if $(CLASSES),--classes $(CLASSES)) \
		$(if $(PRESET),--preset $(PRESET)) $(if $(CROP),--crop $(CROP)) \
		$(if $(BANDS),--bands $(BANDS)) $(if $(LIMIT),--limit $(LIMIT)) \
		$(if $(PEER_CROP),--peer-crop $(PEER_CROP))

# A quarter of its rows: make benchmark-giga SIZE=31623x7906; STEPS="segment superpixels classification pixels".
benchmark-giga: setup-engine ## memory over time on 10^9 pixels: make benchmark-giga SIZE=31623x31623
	@$(QGIS_PYTHON) -m tests.benchmarks.speed_giga $(if $(SIZE),--size $(SIZE)) \
		$(if $(TILE),--tile $(TILE)) $(if $(IMAGE),--image "$(IMAGE)") \
		$(if $(CLASSES),--classes $(CLASSES)) $(if $(BANDS),--bands $(BANDS)) \
		$(if $(STEPS),--steps $(STEPS))

# CLASSES="8 16 32", SEEDS="0 1 2", IMAGES and METHODS narrow it; KEEP=all, or methods, goes on from the
# last run instead of measuring them again. REFERENCE=<quality.json> adds the rows of another version,
# which MAPS=<folder of its benchmark> LABEL=<its name> FOLDER=<folder> measures; AGAINST="<rows>" are
# those that fast and balanced are compared with, `*` for the same preset.
benchmark-quality: setup-engine ## scores on labeled images: make benchmark-quality DATA=<folder>
	@test -n "$(DATA)" || { \
		echo "Name a folder with <name>_image.tif and <name>_label.tif: DATA=<folder>"; exit 2; }
	@$(QGIS_PYTHON) -m tests.benchmarks.quality "$(DATA)" $(if $(CLASSES),--classes $(CLASSES)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(METHODS),--methods $(METHODS)) \
		$(if $(IMAGES),--images $(IMAGES)) $(if $(KEEP),--keep $(KEEP)) \
		$(if $(REFERENCE),--reference "$(REFERENCE)") $(if $(AGAINST),--against $(AGAINST)) \
		$(if $(MAPS),--maps "$(MAPS)") $(if $(LABEL),--label "$(LABEL)") \
		$(if $(FOLDER),--folder "$(FOLDER)")

# NAMES="lake* drawn*" narrows it; PRESET=balanced, SEED=1.
benchmark-plain: setup-engine ## scenes of known truth, beside k-means: make benchmark-plain
	@$(QGIS_PYTHON) -m tests.benchmarks.plain $(if $(NAMES),--names $(foreach name,$(NAMES),'$(name)')) \
		$(if $(PRESET),--preset $(PRESET)) $(if $(SEED),--seed $(SEED)) \
		$(if $(FOLDER),--folder "$(FOLDER)")

# NAMES="tessera noise" narrows it; PRESET=balanced.
benchmark-values: setup-engine ## every kind of values, beside k-means; DATA=<folder> adds real images
	@$(QGIS_PYTHON) -m tests.benchmarks.values $(if $(DATA),--data "$(DATA)") \
		$(if $(NAMES),--names $(foreach name,$(NAMES),'$(name)')) $(if $(PRESET),--preset $(PRESET)) \
		$(if $(FOLDER),--folder "$(FOLDER)")

# PRESET=fast, CLASSES=16.
benchmark-embedding: setup-worker ## 64 signed bytes beside 3 bands: make benchmark-embedding SIZE=8192
	@$(QGIS_PYTHON) -m tests.benchmarks.speed_embedding $(if $(SIZE),--size $(SIZE)) \
		$(if $(CLASSES),--classes $(CLASSES)) $(if $(PRESET),--preset $(PRESET))

# IMAGES="ontario zurich" narrows it.
benchmark-cluster: setup-qgis setup-worker ## overhead, bytes and speed-up on simulated nodes; PARTS="overhead scene folder"
	@build/env/qgis/bin/python -m tests.cluster.benchmark $(if $(SIDE),--side $(SIDE)) \
		$(if $(SCENE_SIDE),--scene-side $(SCENE_SIDE)) $(if $(NODES),--nodes $(NODES)) $(if $(PARTS),--parts $(PARTS))

benchmark-desk: setup-engine ## maps after a few clicks on labeled images: make benchmark-desk DATA=<folder>
	@test -n "$(DATA)" || { \
		echo "Name a folder with <name>_image.tif and <name>_label.tif: DATA=<folder>"; exit 2; }
	@$(QGIS_PYTHON) -m tests.benchmarks.desk "$(DATA)" $(if $(IMAGES),--images $(IMAGES))

# SIZES="100000", REPEATS=5.
benchmark-desk-speed: setup-qgis setup-worker ## what selecting, splitting and teaching let one wait
	@build/env/qgis/bin/python -m tests.benchmarks.desk_speed $(if $(SIZES),--sizes $(SIZES)) \
		$(if $(REPEATS),--repeats $(REPEATS))

benchmark-desktop: setup-qgis setup-worker ## what the class workbench lets one wait
	@build/env/qgis/bin/python -m tests.benchmarks.desktop $(if $(SIZE),--size $(SIZE)) \
		$(if $(CLASSES),--classes $(CLASSES)) $(if $(REPEATS),--repeats $(REPEATS))

pictures: setup-engine ## the README's maps beside their references: make pictures DATA=<folder>
	@test -n "$(DATA)" || { echo "Name the folder with dubai_image.tif and _label.tif: DATA=<folder>"; \
		exit 2; }
	@$(QGIS_PYTHON) -m tests.benchmarks.pictures "$(DATA)" $(if $(IMAGES),--images $(IMAGES))

clean: ## remove what was made here; the worker environment stays
	rm -rf build dist .qgis-settings superseg_plugin/metadata.txt superseg_plugin/icons
	find superseg_plugin tests -name __pycache__ -type d -prune -exec rm -rf {} +
