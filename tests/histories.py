"""Arbitrary histories of one family, for properties that hold of every fold."""

from hypothesis import strategies as st

from shared.events import (
    ChildAtRisk,
    Concern,
    LivesWith,
    RiskLevel,
    Trade,
)
from tests.factories import (
    acknowledged,
    answered,
    approach_agreed,
    assessment_requested,
    at,
    child_needs_care,
    child_updated,
    enrolment_check_opened,
    event,
    family_at_risk,
    in_districts,
    placement_requested,
    report,
    reported_child,
    risk_reassessed,
    support_plan_opened,
    transferred,
)

maybe = st.none() | st.booleans()
concerns = st.lists(st.sampled_from(Concern), max_size=4)
levels = st.sampled_from(RiskLevel)
births = st.none() | st.builds("{:04d}-{:02d}".format, st.integers(2005, 2026), st.integers(1, 12))
ids = st.sampled_from(["c1", "c2", "c3"])
districts = st.sampled_from(["060101", "060105", "060108"])
deadlines = st.builds(at, st.integers(-200, 400))

reported_children = st.builds(
    reported_child,
    st.sampled_from(LivesWith),
    name=st.none() | st.text("aeiou ñ", min_size=1, max_size=5),
    birth_date=st.none() | st.dates(),
    birth_year=st.none() | st.integers(1900, 2200),
    age_years=st.none() | st.integers(0, 25),
    in_school=maybe,
    working=maybe,
    work_hours=st.none() | st.floats(0, 168),
    malnutrition=st.sampled_from([None, "none", "chronic", "acute"]),
    sex=st.sampled_from([None, "female", "male"]),
    trade=st.none() | st.sampled_from(Trade),
    night_work=maybe,
    placed_by_authority=maybe,
    protective_adult=maybe,
    district=st.none() | districts,
    concerns=concerns.map(tuple),
)
caregivers = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ana", "ANA", "Luis"]), "relation": st.sampled_from(["mother", "father"])},
    optional={"document_number": st.sampled_from(["1", "2"]), "phone": st.just("9")},
)
households = st.fixed_dictionaries(
    {}, optional={"id": ids, "address": st.text(max_size=5), "caregivers": st.lists(caregivers, max_size=3)}
)
reports = st.builds(
    lambda told, children, **rest: report(*told, children=tuple(children), **rest),
    concerns,
    st.lists(reported_children, max_size=3),
    report_id=st.sampled_from(["r1", "r2"]),
    urgency=st.none() | levels,
    family=households,
    reported_at=deadlines,
    district=districts,
    narrative=st.sampled_from([None, " ", "algo"]),
)
at_risk = st.builds(
    lambda **told: ChildAtRisk(**told),
    child_id=ids,
    birth_month=births,
    in_school=maybe,
    working=maybe,
    concerns=concerns.map(tuple),
    district=st.none() | districts,
)
risks = st.builds(
    lambda told, **rest: family_at_risk(*told, **rest),
    concerns,
    level=levels,
    children=st.lists(at_risk, max_size=3, unique_by=lambda each: each.child_id).map(tuple),
    respond_by=deadlines,
    district=districts,
    on_hold=st.booleans(),
)
needs = st.builds(
    lambda child_id, others, **rest: child_needs_care(child_id, *others, **rest),
    ids,
    st.lists(ids, max_size=2),
    urgency=levels,
    birth_month=births,
    in_school=maybe,
    respond_by=deadlines,
    reason=st.sampled_from(Concern),
    district=districts,
    on_hold=st.booleans(),
    lives_with=st.none() | st.sampled_from(LivesWith),
)
updates = st.builds(child_updated, ids, birth_month=births, in_school=maybe, working=maybe, district=districts)
moves = st.one_of(
    st.builds(transferred, districts, districts),
    st.builds(lambda told: in_districts(*told), st.lists(districts, min_size=1, max_size=3, unique=True)),
)
levelled = st.builds(risk_reassessed, st.none() | levels, st.none() | levels, district=districts)
done = st.one_of(
    st.sampled_from([support_plan_opened(), approach_agreed(), assessment_requested()]),
    st.builds(placement_requested, ids),
    st.builds(enrolment_check_opened, ids),
)
responses = st.builds(answered, more=st.integers(0, 4))
seen = st.builds(acknowledged, by=st.sampled_from(["ana", "luis"]), more=st.integers(0, 4))
events = st.builds(
    lambda fact, hours, late: event(fact, hours, learnt=hours + late),
    st.one_of(reports, risks, needs, updates, moves, levelled, done, seen, responses),
    st.integers(0, 20),
    st.integers(-5, 60),
)
histories = st.lists(events, max_size=8)
