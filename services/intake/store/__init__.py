"""What intake keeps beside its views: reports as received, sender keys, who read what, the key of its ids."""

from services.intake.store.collections import INDEXES, about

__all__ = ["INDEXES", "about"]
