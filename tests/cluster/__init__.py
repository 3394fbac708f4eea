# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs on real Dask clusters, with nodes and schedulers that are killed: `make test-cluster`."""
