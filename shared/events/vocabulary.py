"""The words every service uses with the same meaning: concerns, levels, roles, with their labels."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

MOST = 50
"""The most children, concerns, goals and so on in one report: the row of each child holds all of them."""

Code = Annotated[str, Field(max_length=200)]
"""A word of a service's own, such as a goal or a check."""

Codes = Annotated[tuple[Code, ...], Field(max_length=MOST)]


class Labelled(StrEnum):
    """A code that travels, with the words people read: `es` in Spanish, `en` in English."""

    es: str
    en: str

    def __new__(cls, code: str, es: str = "", en: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.es, member.en = es, en
        return member


class Concern(Labelled):
    """Why somebody reports a family or a child: first the causes of hardship, then those that need protection."""

    ILLNESS_IN_FAMILY = "illness_in_family", "Enfermedad en la familia", "Illness in the family"
    HEALTH_EXPENSES = "health_expenses", "Gastos de salud", "Health expenses"
    INCOME_LOSS = "income_loss", "Pérdida de ingresos", "Loss of income"
    POVERTY = "poverty", "Pobreza", "Poverty"
    CHILD_LABOUR = "child_labour", "Trabajo infantil", "Child labour"
    SCHOOL_ABSENCE = "school_absence", "Inasistencia escolar", "School absence"
    SCHOOL_DROPOUT = "school_dropout", "Abandono escolar", "School drop-out"
    CHRONIC_MALNUTRITION = "chronic_malnutrition", "Desnutrición crónica", "Chronic malnutrition"
    FOOD_INSECURITY = "food_insecurity", "Inseguridad alimentaria", "Food insecurity"
    DISABILITY_WITHOUT_SUPPORT = "disability_without_support", "Discapacidad sin apoyo", "Disability without support"
    EMOTIONAL_DISTRESS = "emotional_distress", "Malestar emocional", "Emotional distress"
    CAREGIVER_SUBSTANCE_USE = (
        "caregiver_substance_use",
        "Consumo de alcohol o drogas de un cuidador",
        "Alcohol or drug use of a caregiver",
    )

    PHYSICAL_VIOLENCE = "physical_violence", "Violencia física", "Physical violence"
    PSYCHOLOGICAL_VIOLENCE = "psychological_violence", "Violencia psicológica", "Psychological violence"
    SEXUAL_VIOLENCE = "sexual_violence", "Violencia sexual", "Sexual violence"
    DOMESTIC_VIOLENCE_WITNESSED = (
        "domestic_violence_witnessed",
        "Testigo de violencia en el hogar",
        "Domestic violence witnessed",
    )
    SELF_HARM_RISK = "self_harm_risk", "Riesgo de autolesión o suicidio", "Risk of self-harm or suicide"
    ACUTE_MALNUTRITION = "acute_malnutrition", "Desnutrición aguda", "Acute malnutrition"
    EXPLOITATION = "exploitation", "Explotación", "Exploitation"
    TRAFFICKING = "trafficking", "Trata de personas", "Human trafficking"
    STREET_LIFE = "street_life", "Vida en calle", "Life in the street"
    BEGGING = "begging", "Mendicidad", "Begging"
    NEGLECT = "neglect", "Negligencia", "Neglect"
    ABANDONMENT = "abandonment", "Abandono", "Abandonment"
    PARENTS_DEAD = "parents_dead", "Orfandad", "Parents dead"
    PARENTS_ABSENT = "parents_absent", "Ausencia de los padres", "Parents absent"
    PARENTS_UNABLE = "parents_unable", "Padres imposibilitados", "Parents unable to care"


class RiskLevel(Labelled):
    """How soon somebody must respond to a family; compare with `rank`."""

    LOW = "low", "Bajo", "Low"
    MEDIUM = "medium", "Medio", "Medium"
    HIGH = "high", "Alto", "High"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return list(type(self)).index(self)

    def or_higher(self, other: "RiskLevel | None") -> "RiskLevel":
        """The higher of the two."""
        return other if other is not None and other.rank > self.rank else self


class LivesWith(Labelled):
    """Who a child lives with on the day of the report."""

    BOTH_PARENTS = "both_parents", "Ambos padres", "Both parents"
    MOTHER = "mother", "Madre", "Mother"
    FATHER = "father", "Padre", "Father"
    GRANDPARENTS = "grandparents", "Abuelos", "Grandparents"
    RELATIVES = "relatives", "Otros familiares", "Other relatives"
    OTHER_ADULTS = "other_adults", "Otros adultos", "Other adults"
    FOSTER_FAMILY = "foster_family", "Familia acogedora", "Foster family"
    INSTITUTION = "institution", "Institución", "Institution"
    ALONE = "alone", "Sin adultos", "No adult"
    STREET = "street", "En la calle", "In the street"


class Role(Labelled):
    """Who acts. Staff tokens carry one; notifications go to one."""

    SOCIAL_WORKER = "social_worker", "Trabajo social", "Social worker"
    CARE_COORDINATOR = "care_coordinator", "Coordinación de acogimiento", "Care coordinator"
    EDUCATION_OFFICER = "education_officer", "Educación", "Education officer"
    DUTY_OFFICER = "duty_officer", "Guardia", "Duty officer"
    SUPERVISOR = "supervisor", "Supervisión", "Supervisor"


class Trade(Labelled):
    """The work a child does. The rules of triage say which kinds are forbidden, and until which age."""

    FAMILY_FARM = "family_farm", "Chacra o ganado de la familia", "The family's farm or animals"
    AGRICULTURE = "agriculture", "Agricultura para otros", "Agriculture for others"
    INDUSTRIAL_AGRICULTURE = "industrial_agriculture", "Agricultura industrial", "Industrial agriculture"
    DOMESTIC_WORK = "domestic_work", "Trabajo en casa de otros", "Work in another household"
    COMMERCE = "commerce", "Comercio", "Commerce"
    STREET_SELLING = "street_selling", "Venta ambulante", "Selling in the street"
    INDUSTRY = "industry", "Industria o taller", "Industry or workshop"
    CONSTRUCTION = "construction", "Construcción", "Construction"
    BRICK_MAKING = "brick_making", "Ladrilleras", "Brick making"
    MINING = "mining", "Minería o canteras", "Mining or quarries"
    WASTE_PICKING = "waste_picking", "Reciclaje de basura", "Waste picking"
    TRANSPORT = "transport", "Transporte o carga", "Transport or carrying loads"
    INDUSTRIAL_FISHING = "industrial_fishing", "Pesca industrial", "Industrial fishing"
    FIREWORKS = "fireworks", "Pirotécnicos", "Fireworks"
    BARS = "bars", "Bares o locales nocturnos", "Bars or night venues"
    OTHER = "other", "Otro", "Other"


class Authority(Labelled):
    """Who decides beside the programme."""

    DEMUNA = "demuna", "DEMUNA", "DEMUNA"
    UPE = "upe", "Unidad de Protección Especial", "Special protection unit"
    POLICE = "police", "Policía Nacional", "Police"
    PROSECUTOR = "prosecutor", "Fiscalía", "Prosecutor"
    COURT = "court", "Juzgado", "Court"


class Response(Labelled):
    """What somebody did in answer to what they were told."""

    CALLED = "called", "Llamó", "Called"
    VISITED = "visited", "Visitó", "Visited"
    REFERRED = "referred", "Derivó", "Referred"
    TOLD_DEMUNA = "told_demuna", "Avisó a la DEMUNA", "Told the DEMUNA"
    TOLD_UPE = "told_upe", "Avisó a la UPE", "Told the UPE"
    TOLD_POLICE = "told_police", "Avisó a la policía", "Told the police"
    FALSE_ALARM = "false_alarm", "Falsa alarma", "False alarm"
    OTHER = "other", "Otra respuesta", "Another answer"


SCHOOL_BEGINS = 3
"""Years of age."""


class SchoolLevel(Labelled):
    """The school a child of that age belongs in."""

    KINDERGARTEN = "kindergarten", "Inicial", "Kindergarten"
    PRIMARY = "primary", "Primaria", "Primary"
    SECONDARY = "secondary", "Secundaria", "Secondary"

    @classmethod
    def for_age(cls, age: int) -> Self | None:
        """Kindergarten 3 to 5, primary 6 to 11, secondary from 12; None for those too young.

        No upper end: events are about children only, and a child behind its age belongs in school too.
        """
        starts = ((12, cls.SECONDARY), (6, cls.PRIMARY), (SCHOOL_BEGINS, cls.KINDERGARTEN))
        return next((level for start, level in starts if start <= age), None)
