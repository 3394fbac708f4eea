# SPDX-License-Identifier: GPL-2.0-or-later
"""The map that is assessed, and the files that an assessment writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ...progress import Progress
from ...raster.class_legend import Legend, read_legend
from ...raster.source import RasterSource
from ...raster.staging import Staging, check_output
from ..classes.merge_plan import check_known
from ..classes.merge_table import MergeTable, read_merge_table
from .figures import Figure, write_figures


@dataclass(frozen=True)
class AssessedMap:
    """The classes of a raster, merged and named by a table if there is one.

    Attributes:
        classification: the class raster.
        table: file with the merge table, as for merging; None to take the classes as they are.
    """

    classification: RasterSource
    table: str | None = None

    @property
    def name(self) -> str:
        """Name of the raster."""
        return self.classification.name

    @property
    def paths(self) -> list[str]:
        """Files that are read."""
        return [self.classification.path, *([self.table] if self.table else [])]

    def read_table(self, progress: Progress) -> MergeTable | None:
        """Read the table.

        Raises:
            SuperSegError: it cannot be read or used.
        """
        table = read_merge_table(self.table) if self.table else None
        if table is not None and table.remark:
            progress.log(table.remark)
        return table

    def check_table(self, table: MergeTable, known: Collection[int]) -> None:
        """Check that a table lists known classes only; raise `SuperSegError` if not."""
        check_known(table, known, self.name)

    def legend(self) -> Legend:
        """Return names and colors in the raster."""
        return read_legend(self.classification.path, self.classification.zero_is_value)

    @staticmethod
    def merged_legend(legend: Legend, table: MergeTable) -> Legend:
        """Return a legend with the names and colors that a table gives."""
        return Legend({**legend.names, **table.names}, {**legend.colors, **table.colors})


@dataclass(frozen=True)
class Outputs:
    """Files that an assessment writes.

    Attributes:
        report: web page; None for none.
        figures: table or JSON of all figures; None for none.
    """

    report: str | None = None
    figures: str | None = None

    def check(self, inputs: Sequence[str]) -> None:
        """Check that the files can be written.

        Raises:
            SuperSegError: they cannot, or one of them is an input.
        """
        for path, name in ((self.report, "REPORT"), (self.figures, "FIGURES")):
            if path:
                check_output(path, name, inputs, raster=False)

    def write(self, report: Callable[[], str], figures: Callable[[], list[Figure]]) -> None:
        """Write the files, both or none.

        Raises:
            SuperSegError: a file cannot be written.
        """
        with Staging() as staging:
            if self.report:
                staging.path(self.report).write_text(report(), encoding="utf-8")
            if self.figures:
                write_figures(staging.path(self.figures), figures())
            staging.commit()
