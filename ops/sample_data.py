"""What sample households are drawn from: districts of Cajamarca province, names, causes of hardship, senders."""

from dataclasses import dataclass

from shared.events import Concern


@dataclass(frozen=True)
class Place:
    """A district: its UBIGEO code, its name, about how much of the province lives there, whether it is rural."""

    ubigeo: str
    name: str
    weight: float
    rural: bool


DISTRICTS = (
    Place("060101", "Cajamarca", 60.0, rural=False),
    Place("060102", "Asunción", 3.0, rural=True),
    Place("060103", "Chetilla", 1.2, rural=True),
    Place("060104", "Cospán", 2.2, rural=True),
    Place("060105", "Encañada", 6.6, rural=True),
    Place("060106", "Jesús", 4.2, rural=True),
    Place("060107", "Llacanora", 1.5, rural=True),
    Place("060108", "Los Baños del Inca", 12.0, rural=False),
    Place("060109", "Magdalena", 2.7, rural=True),
    Place("060110", "Matara", 1.0, rural=True),
    Place("060111", "Namora", 3.0, rural=True),
    Place("060112", "San Juan", 1.4, rural=True),
)

POOR = 0.62
MALNOURISHED_UNDER_FIVE = 0.32
WORKING = 0.15
WORKING_RURAL = 0.30
"""Published figures, as the programme gives them: poor households; under-fives with chronic malnutrition; children
from five to seventeen who work, and of the rural ones, whom herding takes from the age of five."""

RURAL = sum(each.weight for each in DISTRICTS if each.rural) / sum(each.weight for each in DISTRICTS)
WORKING_URBAN = (WORKING - RURAL * WORKING_RURAL) / (1 - RURAL)

OUT_OF_SCHOOL_WORKING = 0.35
OUT_OF_SCHOOL = 0.06
POVERTY_LINE = 370.0
"""Soles a head and month below which a sample household counts as poor."""

CAUSES = {
    Concern.ILLNESS_IN_FAMILY: 0.42,
    Concern.HEALTH_EXPENSES: 0.38,
    Concern.INCOME_LOSS: 0.22,
    Concern.POVERTY: 0.20,
    Concern.FOOD_INSECURITY: 0.16,
}
"""How often a household in hardship names each cause: illness and its expenses come first."""

HARMS = {
    Concern.NEGLECT: 0.04,
    Concern.PSYCHOLOGICAL_VIOLENCE: 0.03,
    Concern.PHYSICAL_VIOLENCE: 0.03,
    Concern.BEGGING: 0.01,
    Concern.SEXUAL_VIOLENCE: 0.01,
    Concern.EXPLOITATION: 0.005,
    Concern.TRAFFICKING: 0.002,
}
"""How often a report names a harm."""

QUESTION = 0.12
NO_PARENTAL_CARE = 0.05
REPEATED_ELSEWHERE = 0.06
REPEATED_HERE = 0.05
LATE = 0.10
"""Shares of reports: plain questions; without parental care; on a family another system, or the same one, has
reported; sent days after they were made."""

SENDERS = ("municipalidad", "salud", "escuelas", "demuna")

WOMEN = ("María", "Rosa", "Flor", "Yesenia", "Asunción", "Ñusta", "Killa", "Nélida", "Santos", "Úrsula", "Wayta", "Luz")
MEN = ("José", "Segundo", "Víctor", "Wilmer", "Ángel", "Illari", "Iñigo", "Inti", "Germán", "Rumi", "Andrés", "Élmer")
SURNAMES = (
    "Quispe",
    "Huamán",
    "Chávez",
    "Cueva",
    "Muñoz",
    "Tanta",
    "Chilón",
    "Cusquisibán",
    "Ñontol",
    "Yopla",
    "Guevara",
    "Ramírez",
    "Llanos",
    "Sangay",
    "Castañeda",
    "Culqui",
)
STREETS = ("Jr. Amazonas", "Jr. Dos de Mayo", "Psje. San Martín", "Av. Atahualpa", "Caserío Tual", "Caserío Huacataz")
STORIES = (
    "La madre enfermó y los gastos del hospital se llevaron lo ahorrado.",
    "El niño pastorea ovejas por la mañana y llega tarde a la escuela.",
    "Preguntan por la matrícula del próximo año.",
    "Una vecina avisó que los niños pasan el día solos.",
    "El padre perdió su trabajo en la construcción.",
)
