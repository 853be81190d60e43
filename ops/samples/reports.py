"""Sample reports: what the systems around Ayllu would send about households of Cajamarca, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from ops.samples import data
from ops.samples.data import Shares
from ops.samples.households import LATEST, SampleChild, SampleHousehold, draw_household
from shared.events import Concern, LivesWith, Report, Trade

SPAN = timedelta(days=30)
REMEMBERED = 500
"""Households that may be reported again; older ones are forgotten, so that memory does not grow with the count."""

OCCASIONS = Shares({"new": 0.87, "other system": 0.07, "newer": 0.06})
AGES_TOLD = Shares({"birth_date": 0.55, "birth_year": 0.13, "age_years": 0.25, "nothing": 0.07})
LATE, QUESTION = 0.08, 0.08
DOCUMENT_STRIDE = 6_180_339
"""Coprime with the 100 million document numbers there are, and spreads them: no two households share one."""


def sample_reports(count: int, *, seed: int = 1, until: datetime) -> Iterator[Report]:
    """Reports made in the thirty days up to `until` (some before), in the order in which they arrive.

    The same arguments give the same reports, byte for byte; another seed gives other ids. A family reported by
    another system has the same caregivers and documents under that system's own id, `<system>-<seed>-f<number>`.
    """
    draw = _Draw(seed)
    for number in range(count):
        ago = int(SPAN.total_seconds()) * (count - 1 - number) // count
        yield Report.model_validate(draw.report(number, until - timedelta(seconds=ago)))


@dataclass(frozen=True, slots=True)
class _Known:
    """A household as one system knows it; not every system gives families or children an id."""

    household: SampleHousehold
    system: str
    family_id: str | None
    children_have_ids: bool


class _Draw:
    """One run: its random numbers, and the households it may report again."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = Random(f"ayllu sample reports {seed}")  # as text: as a number, -1 would be the same as 1
        self.first_document = self.rng.randrange(10**8)
        self.reported: list[_Known] = []

    def report(self, number: int, arrives: datetime) -> dict[str, Any]:
        """The next report: of a new household, or of one that was reported before."""
        occasion = OCCASIONS.draw(self.rng) if self.reported else "new"
        made = arrives if occasion == "newer" else self.made(arrives)
        known = self.new(number, made) if occasion == "new" else self.rng.choice(self.reported)
        if occasion == "other system":
            known = self.known_to_another(known)
        return self.told(number, known, made, newer=occasion == "newer")

    def made(self, arrives: datetime) -> datetime:
        """When a report was made: as it arrives, or days before."""
        if self.rng.random() >= LATE:
            return arrives
        return arrives - timedelta(days=self.rng.randint(1, LATEST - 1), seconds=self.rng.randrange(86_400))

    def new(self, number: int, made: datetime) -> _Known:
        """A household nobody has reported, remembered if a later report of it could be recognised."""
        document = self.first_document + number * 2 * DOCUMENT_STRIDE
        household = draw_household(self.rng, number, document, made.date())
        known = self.known(household, data.SYSTEMS.draw(self.rng), has_id=self.rng.random() < 0.93)
        if known.family_id and household.documented:
            self.remember(known)
        return known

    def remember(self, known: _Known) -> None:
        if len(self.reported) < REMEMBERED:
            self.reported.append(known)
        else:
            self.reported[self.rng.randrange(REMEMBERED)] = known

    def known(self, household: SampleHousehold, system: str, *, has_id: bool) -> _Known:
        family_id = f"{system}-{self.seed}-f{household.number:07d}" if has_id else None
        return _Known(household, system, family_id, children_have_ids=has_id and self.rng.random() < 0.75)

    def known_to_another(self, known: _Known) -> _Known:
        """The same household as another system knows it."""
        others = [system for system in data.SYSTEMS.values if system != known.system]
        return self.known(known.household, self.rng.choice(others), has_id=True)

    def told(self, number: int, known: _Known, made: datetime, *, newer: bool) -> dict[str, Any]:
        """The report of the system about the household."""
        household = known.household
        protection = household.needs_care or household.in_danger
        question = not protection and self.rng.random() < QUESTION
        concerns = () if question else self.concerns(household, newer)
        children = self.children(known, made, question=question)
        role = "family" if question and self.rng.random() < 0.7 else data.REPORTERS[known.system]
        return {
            "report_id": f"{known.system}-{self.seed}-r{number:07d}",
            "reported_at": made,
            "reporter": {"role": role, "contact": self.contact()},
            "district": household.district.ubigeo,
            "family": self.family(known),
            "children": children,
            "concerns": self.of_whole_family(household, children, concerns),
            "urgency": self.urgency(protection) if concerns else None,
            "narrative": self.narrative(household, concerns),
            "consent": self.consent(role, protection),
        }

    def concerns(self, household: SampleHousehold, newer: bool) -> tuple[Concern, ...]:
        if newer and self.rng.random() < 0.5:
            return tuple(dict.fromkeys((*household.concerns, data.NEWS.draw(self.rng))))
        return household.concerns

    def of_whole_family(
        self, household: SampleHousehold, children: list[dict[str, Any]], concerns: tuple[Concern, ...]
    ) -> tuple[Concern, ...]:
        """The concerns of all; a danger is often reported of one named child, the first."""
        danger = [each for each in concerns if household.in_danger and each in data.DANGERS.values]
        if not danger or not children:
            return concerns
        for child in children:
            child["protective_adult"] = data.PROTECTED.draw(self.rng)
        if self.rng.random() >= data.OF_ONE_CHILD:
            return concerns
        children[0]["concerns"] = danger
        return tuple(each for each in concerns if each not in danger)

    def family(self, known: _Known) -> dict[str, Any]:
        household, has_home = known.household, known.household.caregivers
        return {
            "id": known.family_id,
            "caregivers": household.caregivers,
            "address": household.address if has_home and self.rng.random() < 0.8 else None,
            "monthly_income": household.income if has_home and self.rng.random() < 0.85 else None,
            "household_size": household.size if has_home and self.rng.random() < 0.95 else None,
        }

    def children(self, known: _Known, made: datetime, *, question: bool) -> list[dict[str, Any]]:
        """The children. A plain question gives no work, school or health, and may name no child."""
        children = known.household.children
        if question and self.rng.random() < 0.3:
            return []
        told = [self.child(child, made) for child in children]
        for place, (child, facts) in enumerate(zip(children, told, strict=True), start=1):
            facts["id"] = f"{known.family_id}-c{place}" if known.children_have_ids else None
            facts["lives_with"] = known.household.lives_with
            if not question:
                facts |= self.facts(child, rural=known.household.district.rural)
            if known.household.lives_with == LivesWith.INSTITUTION:
                facts["placed_by_authority"] = data.BY_AUTHORITY.draw(self.rng)
        return told

    def child(self, child: SampleChild, made: datetime) -> dict[str, Any]:
        """Who the child is, with its age as precisely as the reporter happens to know it."""
        years = made.year - child.born.year - ((made.month, made.day) < (child.born.month, child.born.day))
        ages = {"birth_date": child.born, "birth_year": child.born.year, "age_years": years, "nothing": None}
        told = AGES_TOLD.draw(self.rng)
        return {
            "name": child.name if self.rng.random() < 0.97 else None,
            "sex": child.sex if self.rng.random() < 0.97 else None,
            "birth_date" if told == "nothing" else told: ages[told],
        }

    def facts(self, child: SampleChild, *, rural: bool) -> dict[str, Any]:
        """Work, school and health; a fact is left out as often where it is bad as where it is good."""
        work_told = self.rng.random() < 0.93
        return {
            "working": child.working if work_told else None,
            "work_hours": child.hours if work_told and self.rng.random() < 0.7 else None,
            "trade": self.trade(child, rural=rural) if work_told else None,
            "night_work": True if work_told and child.working and self.rng.random() < data.NIGHT_WORK else None,
            "in_school": child.in_school if self.rng.random() < 0.93 else None,
            "malnutrition": child.malnutrition if self.rng.random() < 0.9 else None,
        }

    def trade(self, child: SampleChild, *, rural: bool) -> Trade | None:
        if not child.working or self.rng.random() < 0.5:
            return None
        return (data.RURAL_TRADES if rural else data.URBAN_TRADES).draw(self.rng)

    def contact(self) -> str | None:
        if self.rng.random() < 0.6:
            return None
        return f"{self.rng.choice(data.FEMALE)} {self.rng.choice(data.SURNAMES)}"

    def urgency(self, protection: bool) -> str | None:
        if self.rng.random() < 0.7:
            return None
        return self.rng.choice(("high", "high", "medium") if protection else ("low", "low", "medium"))

    def narrative(self, household: SampleHousehold, concerns: tuple[Concern, ...]) -> str | None:
        """A few sentences in the reporter's words; they name a child, as people do."""
        if self.rng.random() < 0.4:
            return None
        if not concerns:
            return self.rng.choice(data.QUESTIONS)
        about = next((child for child in household.children if child.working), household.children[0])
        sentences = [self.sentence(household, concern) for concern in concerns[:3]]
        return " ".join(sentences).format(child=about.name)

    def sentence(self, household: SampleHousehold, concern: Concern) -> str:
        herds = concern is Concern.CHILD_LABOUR and household.district.rural
        return data.HERDING if herds else data.SENTENCES[concern]

    def consent(self, role: str, protection: bool) -> dict[str, Any]:
        if protection:
            basis = "vital_interest" if self.rng.random() < 0.3 else "legal_duty"
        else:
            basis = "legal_duty" if role in ("demuna", "police") else "consent"
        return {"share_with_partners": basis != "consent" or self.rng.random() < 0.8, "basis": basis}
