"""Sample reports: households drawn so that the published figures hold; the same seed draws the same reports."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from ops import sample_data as data
from ops.sample_data import Place
from shared.events import (
    Caregiver,
    Concern,
    Consent,
    Household,
    LivesWith,
    Report,
    ReportedChild,
    Reporter,
    RiskLevel,
)

REMEMBERED = 500
"""How many recent households may be reported again: memory stays bounded however many are drawn."""

REPORTERS: dict[str, Literal["community", "health_worker", "teacher", "demuna"]] = {
    "municipalidad": "community",
    "salud": "health_worker",
    "escuelas": "teacher",
    "demuna": "demuna",
}


@dataclass(frozen=True)
class Home:
    """A household as it is, whoever reports it; `number` is its number at the system that `sender` names."""

    number: int
    sender: str
    place: Place
    poor: bool
    caregivers: tuple[Caregiver, ...]
    children: tuple[ReportedChild, ...]
    address: str
    size: int
    income: float


def sample_reports(count: int, *, seed: int = 1, until: datetime) -> Iterator[Report]:
    """`count` reports made in the thirty days up to `until`, in the order in which they arrive.

    Some come from another system about the same people, some days after they were made, some are mere questions.
    """
    draw = random.Random(seed)
    recent: deque[Home] = deque(maxlen=REMEMBERED)
    for number in range(count):
        home = _again(draw, seed, number, recent) or _home(draw, seed, number, until.date())
        recent.append(home)
        arrives = until - timedelta(days=30) * (1 - number / count)
        yield _report(draw, seed, number, home, arrives)


def _again(draw: random.Random, seed: int, number: int, recent: deque[Home]) -> Home | None:
    chance = draw.random()
    if not recent or chance > data.REPEATED_ELSEWHERE + data.REPEATED_HERE:
        return None
    home = draw.choice(recent)
    if chance < data.REPEATED_HERE:
        return home
    other = draw.choice([each for each in data.SENDERS if each != home.sender])
    children = tuple(
        child.model_copy(update={"id": f"{other}-{number}-{at}"}) for at, child in enumerate(home.children)
    )
    return replace(home, number=number, sender=other, children=children)


def _home(draw: random.Random, seed: int, number: int, today: date) -> Home:
    place = draw.choices(data.DISTRICTS, [each.weight for each in data.DISTRICTS])[0]
    sender = draw.choice(data.SENDERS)
    surnames = (draw.choice(data.SURNAMES), draw.choice(data.SURNAMES))
    caregivers = tuple(_caregivers(draw, surnames))
    count = draw.choices((1, 2, 3, 4, 5), (25, 33, 24, 12, 6))[0]
    children = tuple(_child(draw, f"{sender}-{seed}-{number}-{at}", place, surnames, today) for at in range(count))
    poor = draw.random() < data.POOR
    size = count + len(caregivers) + draw.choice((0, 0, 1, 2))
    head = draw.uniform(60, data.POVERTY_LINE - 1) if poor else draw.uniform(data.POVERTY_LINE + 1, 1500)
    address = f"{draw.choice(data.STREETS)} {draw.randint(100, 999)}, {place.name}"
    return Home(number, sender, place, poor, caregivers, children, address, size, round(head * size, 2))


def _caregivers(draw: random.Random, surnames: tuple[str, str]) -> Iterator[Caregiver]:
    both = draw.random() < 0.7
    for relation, names in (("mother", data.WOMEN), ("father", data.MEN))[: 2 if both else 1]:
        yield Caregiver(
            name=f"{draw.choice(names)} {' '.join(surnames)}",
            relation="mother" if relation == "mother" else "father",
            document_number=f"{draw.randint(10_000_000, 79_999_999)}" if draw.random() < 0.85 else None,
            phone=f"9{draw.randint(10_000_000, 99_999_999)}" if draw.random() < 0.6 else None,
        )


def _child(draw: random.Random, child_id: str, place: Place, surnames: tuple[str, str], today: date) -> ReportedChild:
    born = today - timedelta(days=draw.randint(30, 365 * 18 - 1))
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    works = age >= 5 and draw.random() < (data.WORKING_RURAL if place.rural else data.WORKING_URBAN)
    out = draw.random() < (data.OUT_OF_SCHOOL_WORKING if works else data.OUT_OF_SCHOOL)
    female = draw.random() < 0.5
    undernourished = draw.random() < data.MALNOURISHED_UNDER_FIVE
    return ReportedChild(
        id=child_id,
        name=f"{draw.choice(data.WOMEN if female else data.MEN)} {' '.join(surnames)}",
        sex="female" if female else "male",
        lives_with=draw.choices((LivesWith.BOTH_PARENTS, LivesWith.MOTHER, LivesWith.GRANDPARENTS), (70, 22, 8))[0],
        in_school=not out if age >= 3 else None,
        working=works if age >= 5 else None,
        work_hours=float(draw.randint(4, 40)) if works else None,
        malnutrition=("chronic" if undernourished else "none") if age < 5 else None,
        **_birth(draw, born, age),
    )


def _birth(draw: random.Random, born: date, age: int) -> dict[str, date | int]:
    """As precisely as the reporter knows it."""
    known = draw.random()
    if known < 0.7:
        return {"birth_date": born}
    return {"birth_year": born.year} if known < 0.8 else {"age_years": age}


def _report(draw: random.Random, seed: int, number: int, home: Home, arrives: datetime) -> Report:
    late = timedelta(days=draw.randint(1, 12)) if draw.random() < data.LATE else timedelta(0)
    question, alone = draw.random() < data.QUESTION, draw.random() < data.NO_PARENTAL_CARE
    children = home.children
    concerns = () if question else tuple(_concerns(draw, home))
    if alone and not question:
        where = draw.choice((LivesWith.ALONE, LivesWith.STREET, LivesWith.RELATIVES, LivesWith.INSTITUTION))
        children = tuple(each.model_copy(update={"lives_with": where}) for each in children)
        concerns = (draw.choice((Concern.PARENTS_DEAD, Concern.PARENTS_ABSENT, Concern.ABANDONMENT)), *concerns)
    return Report(
        report_id=f"{home.sender}-{seed}-r{number}",
        reported_at=arrives - late,
        reporter=Reporter(role=REPORTERS[home.sender]),
        district=home.place.ubigeo,
        family=Household(
            id=f"{home.sender}-{seed}-f{home.number}",
            caregivers=() if alone and not question else home.caregivers,
            address=home.address if draw.random() < 0.8 else None,
            monthly_income=home.income,
            household_size=home.size,
        ),
        children=children,
        concerns=concerns,
        urgency=RiskLevel.HIGH if alone and not question and draw.random() < 0.5 else None,
        narrative=draw.choice(data.STORIES) if draw.random() < 0.4 else None,
        consent=Consent(share_with_partners=draw.random() < 0.8, basis=draw.choice(("consent", "legal_duty"))),
    )


def _concerns(draw: random.Random, home: Home) -> Iterator[Concern]:
    """What a reporter would name: causes of hardship in poor households, what is seen of the children, harms."""
    if home.poor or draw.random() < 0.35:
        yield from (cause for cause, share in data.CAUSES.items() if draw.random() < share)
    if any(each.working for each in home.children):
        yield Concern.CHILD_LABOUR
    if any(each.in_school is False for each in home.children):
        yield draw.choice((Concern.SCHOOL_ABSENCE, Concern.SCHOOL_DROPOUT))
    if any(each.malnutrition == "chronic" for each in home.children):
        yield Concern.CHRONIC_MALNUTRITION
    yield from (harm for harm, share in data.HARMS.items() if draw.random() < share)
