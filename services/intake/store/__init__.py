"""Intake's data beside its views: reports as received, sender keys, records of reads, the key of its ids."""

from services.intake.store.collections import INDEXES, about

__all__ = ["INDEXES", "about"]
