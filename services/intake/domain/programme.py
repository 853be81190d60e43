"""The choices of a programme, which no rule has in its code: periods, the rules, its time zone."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from services.intake.domain.rulebook import Rulebook
from shared.events import RiskLevel


class Periods(Hashable, Protocol):
    """The response periods intake needs, in hours."""

    @property
    def respond_high_hours(self) -> float: ...
    @property
    def respond_medium_hours(self) -> float: ...
    @property
    def respond_low_hours(self) -> float: ...


@dataclass(frozen=True, eq=False)
class Programme:
    """One programme. `hardship` is how long a hardship adds up with others of the same family."""

    periods: Periods
    rules: Rulebook
    timezone: ZoneInfo
    hardship: timedelta

    def day(self, moment: datetime) -> date:
        """The local date at a moment: a child's age is counted where it lives."""
        try:
            return moment.astimezone(self.timezone).date()
        except OverflowError:  # the first day of the year 1: reports were once taken with such dates
            return moment.date()

    def period(self, level: RiskLevel) -> timedelta:
        """How long the first response to this level may take."""
        hours = {
            RiskLevel.HIGH: self.periods.respond_high_hours,
            RiskLevel.MEDIUM: self.periods.respond_medium_hours,
            RiskLevel.LOW: self.periods.respond_low_hours,
        }
        return timedelta(hours=hours[level])
