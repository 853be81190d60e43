"""Tells the figures: tables on the console; a page, pictures and JSON for `docs/`."""

from benchmarks.report.page import show, write

__all__ = ["show", "write"]
