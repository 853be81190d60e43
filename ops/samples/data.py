"""What sample reports are drawn from: districts, published figures, shares, names, sentences. Nobody in it is real."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from shared.events import Concern, LivesWith, Trade

T = TypeVar("T")


class Shares(Generic[T]):
    """Values drawn in proportion to their shares; these need not add up to one."""

    def __init__(self, shares: Mapping[T, float]) -> None:
        self.values = tuple(shares)
        self.bounds = tuple(accumulate(shares.values()))

    def draw(self, rng: Random) -> T:
        return self.values[bisect_right(self.bounds, rng.random() * self.bounds[-1])]


@dataclass(frozen=True)
class District:
    """A district of Cajamarca province. Population: census of 2017, as a weight."""

    ubigeo: str
    name: str
    population: int
    rural: bool = True


DISTRICTS = (
    District("060101", "Cajamarca", 231_243, rural=False),
    District("060102", "Asunción", 8_484),
    District("060103", "Chetilla", 3_878),
    District("060104", "Cospán", 7_264),
    District("060105", "Encañada", 20_568),
    District("060106", "Jesús", 16_064),
    District("060107", "Llacanora", 6_225),
    District("060108", "Los Baños del Inca", 48_602, rural=False),
    District("060109", "Magdalena", 8_848),
    District("060110", "Matara", 3_769),
    District("060111", "Namora", 10_085),
    District("060112", "San Juan", 4_564),
)
PLACES = Shares({district: district.population for district in DISTRICTS})
RURAL = sum(d.population for d in DISTRICTS if d.rural) / sum(d.population for d in DISTRICTS)

# Published figures given by the programme.
POOR_HOUSEHOLDS = 0.62
WORKING_CHILDREN = 0.15
"""Of children from five to seventeen."""
MALNOURISHED_UNDER_FIVES = 0.32
"""Chronically."""

POVERTY_LINE = 400
"""Soles a head and month below which a sample household is poor: a round value of the order of INEI's line."""


def rest(whole: float, share: float, rate: float) -> float:
    """The rate among the others, so that the whole has its published rate when this share has `rate`."""
    return (whole - share * rate) / (1 - share)


# How the published figures spread. The first of each pair is assumed, the second follows.
RURAL_POOR = 0.85
URBAN_POOR = rest(POOR_HOUSEHOLDS, RURAL, RURAL_POOR)
RURAL_WORKING = 0.30
URBAN_WORKING = rest(WORKING_CHILDREN, RURAL, RURAL_WORKING)
POOR_MALNOURISHED = 0.40
OTHER_MALNOURISHED = rest(MALNOURISHED_UNDER_FIVES, POOR_HOUSEHOLDS, POOR_MALNOURISHED)
ACUTELY_MALNOURISHED = 0.015

CHILDREN = Shares({1: 0.26, 2: 0.34, 3: 0.22, 4: 0.12, 5: 0.06})
OTHERS_AT_HOME = Shares({0: 0.7, 1: 0.2, 2: 0.1})
SEX = Shares({"female": 0.495, "male": 0.5, "other": 0.005})

AT_HOME = Shares(
    {
        LivesWith.BOTH_PARENTS: 0.62,
        LivesWith.MOTHER: 0.24,
        LivesWith.FATHER: 0.04,
        LivesWith.GRANDPARENTS: 0.07,
        LivesWith.RELATIVES: 0.03,
    }
)

NEEDS_CARE = 0.06
WITHOUT_PARENTS: dict[tuple[Concern, LivesWith, int], float] = {
    (Concern.PARENTS_DEAD, LivesWith.GRANDPARENTS, 0): 0.14,
    (Concern.PARENTS_DEAD, LivesWith.RELATIVES, 0): 0.10,
    (Concern.PARENTS_DEAD, LivesWith.ALONE, 12): 0.04,
    (Concern.PARENTS_ABSENT, LivesWith.GRANDPARENTS, 0): 0.16,
    (Concern.PARENTS_ABSENT, LivesWith.OTHER_ADULTS, 0): 0.05,
    (Concern.PARENTS_ABSENT, LivesWith.ALONE, 12): 0.09,
    (Concern.PARENTS_UNABLE, LivesWith.RELATIVES, 0): 0.11,
    (Concern.PARENTS_UNABLE, LivesWith.INSTITUTION, 0): 0.06,
    (Concern.ABANDONMENT, LivesWith.RELATIVES, 0): 0.08,
    (Concern.ABANDONMENT, LivesWith.INSTITUTION, 0): 0.07,
    (Concern.STREET_LIFE, LivesWith.STREET, 9): 0.10,
}
"""Why there is no parental care, who the children live with, the least age of the oldest; with its share."""

IN_DANGER = 0.05
DANGERS = Shares(
    {
        Concern.PHYSICAL_VIOLENCE: 0.25,
        Concern.PSYCHOLOGICAL_VIOLENCE: 0.18,
        Concern.DOMESTIC_VIOLENCE_WITNESSED: 0.08,
        Concern.SELF_HARM_RISK: 0.04,
        Concern.NEGLECT: 0.23,
        Concern.SEXUAL_VIOLENCE: 0.08,
        Concern.BEGGING: 0.07,
        Concern.EXPLOITATION: 0.05,
        Concern.TRAFFICKING: 0.02,
    }
)
OF_ONE_CHILD = 0.5
"""Half of the reports of a danger say which child it is about."""

PROTECTED = Shares({True: 0.35, False: 0.15, None: 0.5})
"""Whether a protective adult is known to be there, where there is danger."""

BY_AUTHORITY = Shares({True: 0.5, False: 0.1, None: 0.4})
"""Whether an authority brought a child to its institution."""

RURAL_TRADES = Shares({Trade.FAMILY_FARM: 0.7, Trade.AGRICULTURE: 0.2, Trade.BRICK_MAKING: 0.05, Trade.MINING: 0.05})
URBAN_TRADES = Shares(
    {
        Trade.STREET_SELLING: 0.35,
        Trade.COMMERCE: 0.3,
        Trade.DOMESTIC_WORK: 0.15,
        Trade.WASTE_PICKING: 0.08,
        Trade.CONSTRUCTION: 0.07,
        Trade.OTHER: 0.05,
    }
)
NIGHT_WORK = 0.04

NEWS = Shares({Concern.HEALTH_EXPENSES: 0.4, Concern.INCOME_LOSS: 0.3, Concern.SCHOOL_ABSENCE: 0.3})
"""What a newer report of the same family may add."""

SYSTEMS = Shares({"demuna": 0.30, "salud": 0.30, "escuela": 0.22, "comisaria": 0.08, "comunidad": 0.10})
REPORTERS = {
    "demuna": "demuna",
    "salud": "health_worker",
    "escuela": "teacher",
    "comisaria": "police",
    "comunidad": "community",
}

FEMALE = (
    "María", "Rosa", "Flor de María", "Luz Marina", "Elita", "Nélida", "Begoña", "Edith", "Yesenia", "Ángela",
    "Inés", "Lucía", "Noemí", "Rocío", "Milagros", "Santos", "Killa", "Ñusta", "Sumaq", "Illari", "Wayra",
    "Quyllur", "Sami", "Urpi", "Ch'aska", "Yanay",
)  # fmt: skip
MALE = (
    "José", "Segundo", "Wilmer", "Andrés", "Jesús", "Ramón", "Iñigo", "Víctor Raúl", "Elmer", "Santos", "Óscar",
    "Martín", "Nicolás", "Tomás", "Eleuterio", "Inti", "Amaru", "Rumi", "Wayna", "Tupaq", "Kusi", "Atoq", "Sayri",
    "Ñawi", "Illapa", "Yawar",
)  # fmt: skip
SURNAMES = (
    "Huamán", "Quispe", "Chilón", "Ñontol", "Cusquisibán", "Minchán", "Tanta", "Llanos", "Chuquimango", "Infante",
    "Cueva", "Yopla", "Terán", "Cabanillas", "Vásquez", "Muñoz", "Núñez", "Ocas", "Sangay", "Huaccha", "Cotrina",
    "Zelada", "Castañeda", "Peña", "Tafur", "Malca", "Portal", "Mantilla", "Briones", "Díaz", "Ispilco", "Cóndor",
)  # fmt: skip
HAMLETS = (
    "Quebrada Honda", "La Ñuña", "Puca Pampa", "Alto Perú", "El Sauce", "Rumi Rumi", "Yanacancha", "Cruz Pampa",
    "Chaquil", "Agua Santa", "Cañafisto", "Río Grande",
)  # fmt: skip
STREETS = (
    "Jr. Dos de Mayo", "Jr. Amazonas", "Av. Atahualpa", "Jr. Unión", "Psje. Los Cañaverales", "Jr. Sucre",
    "Av. La Paz", "Jr. Leticia",
)  # fmt: skip

HERDING = "{child} pastorea las ovejas de la familia desde el amanecer."
QUESTIONS = (
    "¿Cuándo son los talleres para padres? Gracias.",
    "La señora pregunta por los horarios de la cuna y del jardín.",
    "¿Qué documentos se necesitan para matricular a un niño?",
    "Pide información sobre los cursos de capacitación laboral; añade que volverá mañana.",
)
SENTENCES = {
    Concern.ILLNESS_IN_FAMILY: "Una persona de la familia está enferma desde hace meses.",
    Concern.HEALTH_EXPENSES: "Los gastos de salud se llevan casi todo el ingreso del mes.",
    Concern.INCOME_LOSS: "Perdieron el trabajo en la última campaña y no han encontrado otro.",
    Concern.POVERTY: "El dinero no alcanza para lo más necesario.",
    Concern.CHILD_LABOUR: "{child} trabaja en el mercado, también en horas de clase.",
    Concern.SCHOOL_ABSENCE: "{child} falta a la escuela varios días por semana.",
    Concern.SCHOOL_DROPOUT: "Este año nadie matriculó a {child}.",
    Concern.CHRONIC_MALNUTRITION: "En el control del niño sano se encontró talla baja para la edad.",
    Concern.FOOD_INSECURITY: "Comen dos veces al día: mote, papa, a veces cuy.",
    Concern.ACUTE_MALNUTRITION: "En el control se encontró peso muy bajo para la talla.",
    Concern.DISABILITY_WITHOUT_SUPPORT: "{child} tiene una discapacidad y no recibe terapia ni apoyo.",
    Concern.EMOTIONAL_DISTRESS: "{child} está muy callado desde hace semanas y llora en clase.",
    Concern.CAREGIVER_SUBSTANCE_USE: "En la casa se bebe casi todos los días.",
    Concern.DOMESTIC_VIOLENCE_WITNESSED: "{child} ve cómo golpean a su madre.",
    Concern.SELF_HARM_RISK: "{child} dijo en la escuela que ya no quiere vivir.",
    Concern.PHYSICAL_VIOLENCE: "Se observaron señales de maltrato físico.",
    Concern.PSYCHOLOGICAL_VIOLENCE: "En casa hay gritos y amenazas; {child} tiene miedo.",
    Concern.SEXUAL_VIOLENCE: "Se pide atención reservada y urgente; el detalle se dará en persona.",
    Concern.EXPLOITATION: "Terceros se aprovechan de {child}.",
    Concern.TRAFFICKING: "Le ofrecieron llevarse a {child} a la costa; no se sabe quiénes son.",
    Concern.STREET_LIFE: "{child} duerme cerca del terminal desde hace semanas.",
    Concern.BEGGING: "Piden limosna en la plaza; llevan a {child}.",
    Concern.NEGLECT: "Los niños pasan el día sin que nadie los atienda.",
    Concern.ABANDONMENT: "La madre y el padre se fueron y no han vuelto.",
    Concern.PARENTS_DEAD: "Los padres de {child} fallecieron el año pasado.",
    Concern.PARENTS_ABSENT: "Los padres trabajan en la costa y no se han comunicado.",
    Concern.PARENTS_UNABLE: "Los padres no pueden hacerse cargo por ahora.",
}
