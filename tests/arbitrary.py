"""Reports of every kind, drawn by hypothesis: impossible dates, unknown ages, all fields, none."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from shared.events import Concern, Household, LivesWith, RiskLevel, Trade
from tests.factories import at, report, reported_child

maybe = st.none() | st.booleans()
concerns = st.lists(st.sampled_from(Concern), max_size=2).map(tuple)
districts = st.sampled_from(["060101", "060105", "060108"])
births = st.dates(date(1899, 1, 1), date(2031, 1, 1)) | st.dates(date(2007, 1, 1), date(2026, 4, 1))

entries = st.builds(
    reported_child,
    st.sampled_from(LivesWith),
    name=st.sampled_from([None, "Ana", "José", "RN"]),
    birth_date=st.none() | births,
    birth_year=st.sampled_from([None, None, 1900, 2008, 2012, 2021, 2026, 2200]),
    age_years=st.none() | st.integers(0, 25),
    sex=st.sampled_from([None, "female", "male", "other"]),
    district=st.none() | districts,
    placed_by_authority=maybe,
    protective_adult=maybe,
    in_school=maybe,
    working=maybe,
    work_hours=st.sampled_from([None, None, 0, 24, 30, 40, 168]),
    trade=st.none() | st.sampled_from(Trade),
    night_work=maybe,
    malnutrition=st.sampled_from([None, "none", "chronic", "acute"]),
    concerns=st.just(()) | concerns,
)
"""A child that anything may be told of."""

quiet_entries = st.builds(
    reported_child,
    st.sampled_from(LivesWith),
    age_years=st.none() | st.integers(0, 25),
    in_school=maybe,
    working=st.sampled_from([None, False]),
    placed_by_authority=maybe,
    protective_adult=maybe,
)
"""A child of whom there may be nothing to worry about."""


def reports(children: Any = entries | quiet_entries, most: int = 3) -> st.SearchStrategy[Any]:
    """Reports on the family `f1`, its children c1, c2, …; with a list of ids some of them may be told of twice."""
    return st.builds(
        lambda told, of, **rest: report(*told, children=tuple(of), **rest),
        st.just(()) | concerns,
        st.lists(children, max_size=most),
        report_id=st.sampled_from(["r1", "r2", "r3"]),
        urgency=st.none() | st.sampled_from(RiskLevel),
        narrative=st.sampled_from([None, None, "", " \n", "Oyó gritos."]),
        district=districts,
        family=st.just(Household()),
        reported_at=st.builds(at, st.integers(-9000, 9000)),
    )
