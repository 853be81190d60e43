"""Intake's rules, pure: the assessment of a report, the events to publish, and the record of a family."""

from services.intake.domain.record import SHAPE, STATE, FamilyRecord, begin, conclude, decide, evolve

__all__ = ["SHAPE", "STATE", "FamilyRecord", "begin", "conclude", "decide", "evolve"]
