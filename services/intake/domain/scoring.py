"""The table of rules that turns a report into a risk level with reasons: a function of the report alone.

A rule weighs either a level (the report is at least that) or points for a hardship; points add up. Working ages
and hours are those of the Código de los Niños y Adolescentes, articles 51 and 56.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shared.events import Concern, LivesWith, ReportedChild, ReportSubmitted, RiskLevel, age_at

HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
SCALE = ((6, HIGH), (3, MEDIUM), (1, LOW))
ADULT, OLDEST_REPORTED = 18, 25
EARLIEST_YEAR = 1900


@dataclass(frozen=True)
class Minor:
    """A child of a report: its id, what was reported, its birth month and age that day as far as known."""

    child_id: str
    told: ReportedChild
    birth_month: str | None
    age: int | None

    @property
    def out_of_school(self) -> bool:
        return self.told.in_school is False and self.between(6, 16)

    @property
    def works_too_young(self) -> bool:
        return self.told.working is True and self.between(0, 13)

    @property
    def works_too_long(self) -> bool:
        hours = self.told.work_hours or 0
        return (hours > 24 and self.between(12, 14)) or (hours > 36 and self.between(15, 17))

    def between(self, youngest: int, oldest: int) -> bool:
        """Whether the age is known and within these years, both included."""
        return self.age is not None and youngest <= self.age <= oldest


@dataclass(frozen=True)
class Case:
    """What the rules look at: the concerns of a report and its children."""

    concerns: frozenset[Concern]
    children: tuple[Minor, ...]


Condition = Callable[[Case], bool]


@dataclass(frozen=True)
class Rule:
    """One line of the table. Its code is stable: it is cited in answers and records."""

    code: str
    weight: RiskLevel | int
    applies: Condition
    en: str
    es: str

    @property
    def reason(self) -> str:
        return f"{self.code} {self.en}"


@dataclass(frozen=True)
class Score:
    """The risk level of a report, None for a plain question, and the reasons, each citing its rule."""

    level: RiskLevel | None
    reasons: tuple[str, ...]


def told(concern: Concern) -> Condition:
    """The report names this concern."""
    return lambda case: concern in case.concerns


def child(fits: Callable[[Minor], bool]) -> Condition:
    """At least one child of the report is like this."""
    return lambda case: any(map(fits, case.children))


def lives(*where: LivesWith) -> Condition:
    """At least one child of the report lives like this."""
    return child(lambda minor: minor.told.lives_with in where)


def either(*conditions: Condition) -> Condition:
    """One of the conditions holds."""
    return lambda case: any(condition(case) for condition in conditions)


PROTECTION = (
    Rule("R01", HIGH, told(Concern.SEXUAL_VIOLENCE), "sexual violence", "violencia sexual"),
    Rule("R02", HIGH, told(Concern.PHYSICAL_VIOLENCE), "physical violence", "violencia física"),
    Rule("R03", HIGH, told(Concern.PSYCHOLOGICAL_VIOLENCE), "psychological violence", "violencia psicológica"),
    Rule("R04", HIGH, told(Concern.TRAFFICKING), "human trafficking", "trata de personas"),
    Rule("R05", HIGH, told(Concern.EXPLOITATION), "exploitation", "explotación"),
    Rule("R06", HIGH, told(Concern.ABANDONMENT), "abandonment", "abandono"),
    Rule("R07", HIGH, told(Concern.STREET_LIFE), "life in the street", "vida en calle"),
    Rule("R08", HIGH, lives(LivesWith.STREET), "a child lives in the street", "un niño vive en la calle"),
    Rule("R09", HIGH, lives(LivesWith.ALONE), "a child lives without any adult", "un niño vive sin adultos"),
    Rule("R10", MEDIUM, told(Concern.NEGLECT), "neglect", "negligencia"),
    Rule("R11", MEDIUM, told(Concern.BEGGING), "begging", "mendicidad"),
    Rule("R12", MEDIUM, told(Concern.PARENTS_DEAD), "parents dead", "orfandad"),
    Rule("R13", MEDIUM, told(Concern.PARENTS_ABSENT), "parents absent", "ausencia de los padres"),
    Rule("R14", MEDIUM, told(Concern.PARENTS_UNABLE), "parents unable to care", "padres imposibilitados"),
    Rule("R15", MEDIUM, lives(LivesWith.INSTITUTION), "a child in an institution", "un niño en una institución"),
    Rule("R16", MEDIUM, lives(LivesWith.OTHER_ADULTS), "a child with adults outside the family",
         "un niño con adultos ajenos a la familia"),
)  # fmt: skip

HARDSHIP = (
    Rule("R21", 1, told(Concern.ILLNESS_IN_FAMILY), "illness in the family", "enfermedad en la familia"),
    Rule("R22", 1, told(Concern.HEALTH_EXPENSES), "health expenses", "gastos de salud"),
    Rule("R23", 1, told(Concern.INCOME_LOSS), "loss of income", "pérdida de ingresos"),
    Rule("R24", 1, told(Concern.POVERTY), "poverty", "pobreza"),
    Rule("R25", 2, told(Concern.FOOD_INSECURITY), "food insecurity", "inseguridad alimentaria"),
    Rule("R26", 2, either(told(Concern.CHILD_LABOUR), child(lambda c: c.works_too_young)),
         "child labour", "trabajo infantil"),
    Rule("R27", 1, told(Concern.SCHOOL_ABSENCE), "school absence", "inasistencia escolar"),
    Rule("R28", 2, either(told(Concern.SCHOOL_DROPOUT), child(lambda c: c.out_of_school)),
         "a child of school age out of school", "un niño en edad escolar fuera de la escuela"),
    Rule("R29", 2, either(told(Concern.CHRONIC_MALNUTRITION), child(lambda c: c.told.malnutrition == "chronic")),
         "chronic malnutrition", "desnutrición crónica"),
)  # fmt: skip

CHILDREN = (
    Rule("R31", 1, child(lambda c: c.works_too_young and c.told.in_school is False),
         "a child under fourteen works and is out of school", "un menor de catorce trabaja y no estudia"),
    Rule("R32", 1, child(lambda c: c.told.malnutrition == "chronic" and c.between(0, 4)),
         "chronic malnutrition in a child under five", "desnutrición crónica en un menor de cinco"),
    Rule("R33", MEDIUM, child(lambda c: c.told.malnutrition == "acute"), "acute malnutrition", "desnutrición aguda"),
    Rule("R34", HIGH, child(lambda c: c.told.malnutrition == "acute" and c.between(0, 4)),
         "acute malnutrition in a child under five", "desnutrición aguda en un menor de cinco"),
    Rule("R35", MEDIUM, child(lambda c: c.works_too_long),
         "a child works longer than the law allows", "un niño trabaja más horas que las permitidas"),
)  # fmt: skip

RULES = PROTECTION + HARDSHIP + CHILDREN
ADDED_UP = "R40 several hardships at once"
URGENT = "R50 the sender asks for a faster answer"


@lru_cache(maxsize=500)  # asked by the assessment, then by the record: one group of reports
def score(report: ReportSubmitted) -> Score:
    """The level and reasons of a report. The sender's urgency can hasten an answer, never make a risk of none."""
    case = Case(frozenset(report.concerns), minors(report))
    found = [rule for rule in RULES if rule.applies(case)]
    points = [rule.weight for rule in found if not isinstance(rule.weight, RiskLevel)]
    added = next((level for least, level in SCALE if sum(points) >= least), None)
    level = highest(added, *(rule.weight for rule in found if isinstance(rule.weight, RiskLevel)))
    reasons = [rule.reason for rule in found]
    if len(points) > 1 and added in (MEDIUM, HIGH):
        reasons.append(ADDED_UP)
    if level and highest(level, report.urgency) != level:
        level = report.urgency
        reasons.append(URGENT)
    return Score(level, tuple(reasons))


def highest(*levels: RiskLevel | None) -> RiskLevel | None:
    """The highest of the levels that are one, None if none is."""
    return max((level for level in levels if level), key=lambda level: level.rank, default=None)


@lru_cache(maxsize=500)
def minors(report: ReportSubmitted) -> tuple[Minor, ...]:
    """The children of a report who are not known to be adults, with the ids intake gave them."""
    day = report.reported_at.date()
    seen = (see(child_id, child, day) for child_id, child in zip(report.child_ids, report.children, strict=True))
    return tuple(minor for minor in seen if minor.age is None or minor.age < ADULT)


def see(child_id: str, child: ReportedChild, day: date) -> Minor:
    """One reported child; an impossible age (a slip of the pen) is an unknown age, so that no child drops out."""
    month = birth_month(child, day)
    age = age_at(month, day) if month else None
    if age is None or not 0 <= age <= OLDEST_REPORTED:
        return Minor(child_id, child, None, None)
    return Minor(child_id, child, month, age)


def birth_month(child: ReportedChild, day: date) -> str | None:
    """`YYYY-MM` from the most precise fact: date, year (its middle), or age (the middle of the possible year)."""
    if child.birth_date:
        return f"{child.birth_date.year:04d}-{child.birth_date.month:02d}"
    if child.birth_year:
        return f"{child.birth_year:04d}-07"
    if child.age_years is None or day.year < EARLIEST_YEAR:
        return None
    months = day.year * 12 + day.month - 1 - child.age_years * 12 - 6
    return f"{months // 12:04d}-{months % 12 + 1:02d}"
