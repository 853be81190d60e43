"""Intake's rules, pure: what a report means, what is said of it, and the record of a family."""

from services.intake.domain.record import SHAPE, STATE, FamilyRecord, begin, conclude, decide, evolve

__all__ = ["SHAPE", "STATE", "FamilyRecord", "begin", "conclude", "decide", "evolve"]
