"""The words every service uses with the same meaning: concerns, levels, roles, with their labels."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

MOST = 50
"""Children in one report, concerns, goals, whatever there are several of: each child gets a row that holds them all."""

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
    """Why somebody reports a family. The first block are causes of hardship, the second needs protection."""

    ILLNESS_IN_FAMILY = "illness_in_family", "Enfermedad en la familia", "Illness in the family"
    HEALTH_EXPENSES = "health_expenses", "Gastos de salud", "Health expenses"
    INCOME_LOSS = "income_loss", "Pérdida de ingresos", "Loss of income"
    POVERTY = "poverty", "Pobreza", "Poverty"
    CHILD_LABOUR = "child_labour", "Trabajo infantil", "Child labour"
    SCHOOL_ABSENCE = "school_absence", "Inasistencia escolar", "School absence"
    SCHOOL_DROPOUT = "school_dropout", "Abandono escolar", "School drop-out"
    CHRONIC_MALNUTRITION = "chronic_malnutrition", "Desnutrición crónica", "Chronic malnutrition"
    FOOD_INSECURITY = "food_insecurity", "Inseguridad alimentaria", "Food insecurity"

    PHYSICAL_VIOLENCE = "physical_violence", "Violencia física", "Physical violence"
    PSYCHOLOGICAL_VIOLENCE = "psychological_violence", "Violencia psicológica", "Psychological violence"
    SEXUAL_VIOLENCE = "sexual_violence", "Violencia sexual", "Sexual violence"
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
    """How soon a family must be answered; comparable with `rank`."""

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


SCHOOL_BEGINS = 3
"""Years of age."""


class SchoolLevel(Labelled):
    """The school a child of that age belongs in."""

    KINDERGARTEN = "kindergarten", "Inicial", "Kindergarten"
    PRIMARY = "primary", "Primaria", "Primary"
    SECONDARY = "secondary", "Secundaria", "Secondary"

    @classmethod
    def for_age(cls, age: int) -> Self | None:
        """Kindergarten 3 to 5, primary 6 to 11, secondary 12 to 16; None outside school age."""
        starts = ((12, cls.SECONDARY), (6, cls.PRIMARY), (SCHOOL_BEGINS, cls.KINDERGARTEN))
        return next((level for start, level in starts if start <= age <= 16), None)
