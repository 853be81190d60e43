"""Draws the household behind a sample report: who lives there, of what, and what is wrong."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from ops.samples import data
from ops.samples.data import District, Shares
from shared.events import Concern, LivesWith

LATEST = 20
"""Days a report may be late. Nobody is drawn with a birthday in the days before the first report of the family, so
that a child is as old in a late report as in the first."""

CAREGIVERS: dict[LivesWith, tuple[tuple[str, str], ...]] = {
    LivesWith.BOTH_PARENTS: (("mother", "female"), ("father", "male")),
    LivesWith.MOTHER: (("mother", "female"),),
    LivesWith.FATHER: (("father", "male"),),
    LivesWith.GRANDPARENTS: (("grandparent", "female"), ("grandparent", "male")),
    LivesWith.RELATIVES: (("relative", "female"),),
    LivesWith.OTHER_ADULTS: (("guardian", "female"),),
}


@dataclass(frozen=True, slots=True)
class SampleChild:
    """A child as it is; a report may tell less."""

    name: str
    sex: str
    born: date
    age: int
    working: bool
    hours: int | None
    in_school: bool | None
    malnutrition: str | None


@dataclass(frozen=True, slots=True)
class SampleHousehold:
    """A household as it is. `caregivers` are as any report tells them."""

    number: int
    district: District
    income: int
    size: int
    address: str
    lives_with: LivesWith
    caregivers: tuple[dict[str, Any], ...]
    children: tuple[SampleChild, ...]
    concerns: tuple[Concern, ...]
    needs_care: bool
    in_danger: bool

    @property
    def documented(self) -> bool:
        """Whether another report of it can be recognised by a document number."""
        return any(caregiver["document_number"] for caregiver in self.caregivers)


def draw_household(rng: Random, number: int, first_document: int, on: date) -> SampleHousehold:
    """A household as it is on that day."""
    district = data.PLACES.draw(rng)
    poor = rng.random() < (data.RURAL_POOR if district.rural else data.URBAN_POOR)
    surnames = (rng.choice(data.SURNAMES), rng.choice(data.SURNAMES))
    children = draw_children(rng, district.rural, poor, " ".join(surnames), on)
    protection, lives_with = draw_protection(rng, children[0].age)
    caregivers = draw_caregivers(rng, lives_with, surnames, first_document)
    size = len(children) + len(caregivers) + data.OTHERS_AT_HOME.draw(rng)
    needs_care = any(concern is row[0] for concern in protection for row in data.WITHOUT_PARENTS)
    return SampleHousehold(
        number=number,
        district=district,
        income=draw_income(rng, poor, size),
        size=size,
        address=draw_address(rng, district),
        lives_with=lives_with,
        caregivers=caregivers,
        children=children,
        concerns=protection + draw_hardship(rng, poor, children),
        needs_care=needs_care,
        in_danger=bool(protection) and not needs_care,
    )


def draw_children(rng: Random, rural: bool, poor: bool, surnames: str, on: date) -> tuple[SampleChild, ...]:
    """The children, oldest first; every age from 0 to 17 is as likely, wherever they live."""
    ages = sorted(rng.sample(range(18), data.CHILDREN.draw(rng)), reverse=True)
    return tuple(draw_child(rng, age, rural, poor, surnames, on) for age in ages)


def draw_child(rng: Random, age: int, rural: bool, poor: bool, surnames: str, on: date) -> SampleChild:
    """One child: works or not by age and district, goes to school or not by age and work."""
    sex = data.SEX.draw(rng)
    working = rng.random() < chance_of_work(age, rural)
    return SampleChild(
        name=f"{rng.choice(data.FEMALE if sex == 'female' else data.MALE)} {surnames}",
        sex=sex,
        born=on - timedelta(days=int(age * 365.25) + rng.randint(LATEST + 1, 360)),
        age=age,
        working=working,
        hours=(rng.randint(4, 18) if age < 12 else rng.randint(8, 40)) if working else None,
        in_school=rng.random() >= chance_out_of_school(age, rural, working) if age >= 3 else None,
        malnutrition=draw_malnutrition(rng, poor) if age < 5 else None,
    )


def chance_of_work(age: int, rural: bool) -> float:
    """Rises with age: from five in the country (herding), from eight in town. Its mean from 5 to 17 is the rate."""
    if rural:
        return data.RURAL_WORKING * (0.4 + 0.1 * (age - 5)) if age >= 5 else 0.0
    return data.URBAN_WORKING * (0.4 + 0.2 * (age - 8)) if age >= 8 else 0.0


def chance_out_of_school(age: int, rural: bool, working: bool) -> float:
    """A child that works is several times as often out of school."""
    if age < 6:
        return 0.22
    if age == 17:
        return 0.65 if working else 0.35
    return 0.30 if working else 0.07 if rural else 0.04


def draw_malnutrition(rng: Random, poor: bool) -> str:
    """For a child under five."""
    chronic = data.POOR_MALNOURISHED if poor else data.OTHER_MALNOURISHED
    drawn = rng.random()
    return "chronic" if drawn < chronic else "acute" if drawn < chronic + data.ACUTELY_MALNOURISHED else "none"


def draw_protection(rng: Random, oldest: int) -> tuple[tuple[Concern, ...], LivesWith]:
    """What the children need protection from, if anything, and who they live with."""
    drawn = rng.random()
    if drawn < data.NEEDS_CARE:
        possible = {row: share for row, share in data.WITHOUT_PARENTS.items() if row[2] <= oldest}
        concern, lives_with, _ = Shares(possible).draw(rng)
        return (concern,), lives_with
    if drawn < data.NEEDS_CARE + data.IN_DANGER:
        return (data.DANGERS.draw(rng),), data.AT_HOME.draw(rng)
    return (), data.AT_HOME.draw(rng)


def draw_hardship(rng: Random, poor: bool, children: tuple[SampleChild, ...]) -> tuple[Concern, ...]:
    """The causes of hardship. Most are not poor for want of trying: somebody fell ill, and illness costs."""
    ill = rng.random() < 0.48
    chances = {
        Concern.ILLNESS_IN_FAMILY: float(ill),
        Concern.HEALTH_EXPENSES: 0.62 if ill else 0.17,
        Concern.INCOME_LOSS: 0.22,
        Concern.POVERTY: 0.35 * poor,
        Concern.FOOD_INSECURITY: 0.22 * poor,
        Concern.CHILD_LABOUR: 0.6 * any(child.working and child.age < 14 for child in children),
        Concern.SCHOOL_DROPOUT: 0.55 * any(child.in_school is False and 6 <= child.age <= 16 for child in children),
        Concern.SCHOOL_ABSENCE: 0.08 * any(child.in_school is True for child in children),
        Concern.DISABILITY_WITHOUT_SUPPORT: 0.03,
        Concern.EMOTIONAL_DISTRESS: 0.04,
        Concern.CAREGIVER_SUBSTANCE_USE: 0.06,
        Concern.ACUTE_MALNUTRITION: 0.7 * any(child.malnutrition == "acute" for child in children),
        Concern.CHRONIC_MALNUTRITION: 0.7 * any(child.malnutrition == "chronic" for child in children),
    }
    causes = tuple(concern for concern, chance in chances.items() if rng.random() < chance)
    return causes or (Concern.ILLNESS_IN_FAMILY,)


def draw_caregivers(
    rng: Random, lives_with: LivesWith, surnames: tuple[str, str], first_document: int
) -> tuple[dict[str, Any], ...]:
    """The adults at home; none for children alone, in the street or in an institution."""
    return tuple(
        {
            "name": f"{rng.choice(data.FEMALE if sex == 'female' else data.MALE)} "
            f"{surnames[sex == 'female']} {rng.choice(data.SURNAMES)}",
            "document_number": None if rng.random() < 0.1 else f"{(first_document + place) % 10**8:08d}",
            "relation": relation,
            "phone": f"9000{rng.randrange(10**5):05d}" if rng.random() < 0.6 else None,
        }
        for place, (relation, sex) in enumerate(CAREGIVERS.get(lives_with, ()))
    )


def draw_income(rng: Random, poor: bool, size: int) -> int:
    """Soles a month, to the next ten; per head never so near the line that rounding would cross it."""
    line = data.POVERTY_LINE
    a_head = rng.triangular(80, line - 15, 260) if poor else rng.triangular(line + 15, 4 * line, 550)
    return round(a_head * size / 10) * 10


def draw_address(rng: Random, district: District) -> str:
    """A hamlet in the country, a street and number in town."""
    if district.rural:
        return f"Caserío {rng.choice(data.HAMLETS)}, {district.name}"
    return f"{rng.choice(data.STREETS)} {rng.randint(100, 1990)}, {district.name}"
