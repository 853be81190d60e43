"""How much is measured: the usual numbers, and small ones to see that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """Of one run of everything; `sizes` are as on the command line, with commas between."""

    events: int
    rounds: int
    latency_seconds: int
    reports: int
    cases: str
    cases_of_care: str
    events_a_case: str
    grown_events: int
    grown_rounds: int
    replicated_events: int
    replicated_rounds: int
    again_reports: int
    sizes: str


USUAL = Numbers(
    events=5000,
    rounds=3,
    latency_seconds=10,
    reports=4000,
    cases="1000,10000,100000",
    cases_of_care="1000,100000,1000000",
    events_a_case="1,10,100,1000",
    grown_events=2000,
    grown_rounds=2,
    replicated_events=5000,
    replicated_rounds=4,
    again_reports=3000,
    sizes="1000,10000,50000",
)
"""Some three quarters of an hour on two cores."""

SHORT = Numbers(
    events=1000,
    rounds=1,
    latency_seconds=5,
    reports=800,
    cases="1000,100000",
    cases_of_care="1000,100000",
    events_a_case="1,10,100",
    grown_events=500,
    grown_rounds=1,
    replicated_events=1000,
    replicated_rounds=1,
    again_reports=500,
    sizes="300,900,2000",
)
"""Some six minutes: the same, far less sure."""

LOOK = Numbers(
    events=200,
    rounds=1,
    latency_seconds=1,
    reports=200,
    cases="1000,2000",
    cases_of_care="1000,2000",
    events_a_case="1,10",
    grown_events=200,
    grown_rounds=1,
    replicated_events=200,
    replicated_rounds=1,
    again_reports=200,
    sizes="200,400,800",
)
"""A few minutes; the figures mean nothing."""
