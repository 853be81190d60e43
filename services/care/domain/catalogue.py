"""What the family strengthening programme offers: the goals and services for each concern."""

from collections.abc import Collection, Iterable
from typing import TypeVar

from shared.events import Concern, Labelled, LivesWith

Value = TypeVar("Value")


class Goal(Labelled):
    """A goal of a support plan."""

    HEALTH_RESTORED = "health_restored", "Salud recuperada", "Health restored"
    INCOME_SECURED = "income_secured", "Ingresos asegurados", "Income secured"
    ENOUGH_TO_EAT = "enough_to_eat", "Alimentación suficiente", "Enough to eat"
    FREE_OF_WORK = "free_of_work", "Niñez sin trabajo", "Children free of work"
    IN_SCHOOL = "in_school", "Niños en la escuela", "Children in school"
    FREE_OF_VIOLENCE = "free_of_violence", "Hogar sin violencia", "Home free of violence"
    CARED_FOR = "cared_for", "Niños bien cuidados", "Children well cared for"


class Service(Labelled):
    """A service of the programme for a family."""

    PARENTING_WORKSHOP = "parenting_workshop", "Taller de crianza", "Workshop on parenting"
    RIGHTS_WORKSHOP = "rights_workshop", "Taller de derechos del niño", "Workshop on children's rights"
    JOB_TRAINING = "job_training", "Capacitación laboral", "Job training"
    BUSINESS_TRAINING = "business_training", "Capacitación en negocios", "Business training"
    MEDICAL_HELP = "medical_help", "Atención médica", "Medical help"
    NUTRITION = "nutrition", "Apoyo nutricional", "Nutrition"
    SCHOOL_ACCESS = "school_access", "Acceso a la escuela", "School access"
    COUNSELLING = "counselling", "Apoyo psicológico", "Counselling"
    LEGAL_HELP = "legal_help", "Asesoría legal", "Legal help"
    FAMILY_VISITS = "family_visits", "Visitas familiares", "Visits to the family"
    AUTHORITY_FIRST = "authority_first", "Primero acordar con la autoridad", "First agree with the authority"


class Question(Labelled):
    """A question of a care assessment."""

    GUARDIANSHIP = "guardianship", "¿Quién tiene la tutela?", "Who is the guardian?"
    AUTHORITY = "authority", "¿Qué autoridad lo decidió?", "Which authority decided so?"
    PROTECTIVE_ADULT = "protective_adult", "¿Qué adulto protege al niño?", "Which adult protects the child?"


G, S = Goal, Service

ANSWERS: dict[Concern, tuple[Goal, tuple[Service, ...]]] = {
    Concern.ILLNESS_IN_FAMILY: (G.HEALTH_RESTORED, (S.MEDICAL_HELP,)),
    Concern.HEALTH_EXPENSES: (G.HEALTH_RESTORED, (S.MEDICAL_HELP, S.BUSINESS_TRAINING)),
    Concern.INCOME_LOSS: (G.INCOME_SECURED, (S.JOB_TRAINING, S.BUSINESS_TRAINING)),
    Concern.POVERTY: (G.INCOME_SECURED, (S.JOB_TRAINING, S.BUSINESS_TRAINING)),
    Concern.CHILD_LABOUR: (G.FREE_OF_WORK, (S.RIGHTS_WORKSHOP, S.SCHOOL_ACCESS, S.JOB_TRAINING)),
    Concern.SCHOOL_ABSENCE: (G.IN_SCHOOL, (S.SCHOOL_ACCESS, S.PARENTING_WORKSHOP)),
    Concern.SCHOOL_DROPOUT: (G.IN_SCHOOL, (S.SCHOOL_ACCESS, S.RIGHTS_WORKSHOP)),
    Concern.CHRONIC_MALNUTRITION: (G.ENOUGH_TO_EAT, (S.NUTRITION, S.MEDICAL_HELP)),
    Concern.FOOD_INSECURITY: (G.ENOUGH_TO_EAT, (S.NUTRITION, S.BUSINESS_TRAINING)),
    Concern.DISABILITY_WITHOUT_SUPPORT: (G.HEALTH_RESTORED, (S.MEDICAL_HELP, S.SCHOOL_ACCESS, S.FAMILY_VISITS)),
    Concern.EMOTIONAL_DISTRESS: (G.CARED_FOR, (S.COUNSELLING, S.PARENTING_WORKSHOP)),
    Concern.CAREGIVER_SUBSTANCE_USE: (G.CARED_FOR, (S.COUNSELLING, S.MEDICAL_HELP, S.FAMILY_VISITS)),
    Concern.SELF_HARM_RISK: (G.HEALTH_RESTORED, (S.MEDICAL_HELP, S.COUNSELLING)),
    Concern.ACUTE_MALNUTRITION: (G.ENOUGH_TO_EAT, (S.NUTRITION, S.MEDICAL_HELP)),
    Concern.DOMESTIC_VIOLENCE_WITNESSED: (G.FREE_OF_VIOLENCE, (S.COUNSELLING, S.PARENTING_WORKSHOP, S.LEGAL_HELP)),
    Concern.PHYSICAL_VIOLENCE: (G.FREE_OF_VIOLENCE, (S.PARENTING_WORKSHOP, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.PSYCHOLOGICAL_VIOLENCE: (G.FREE_OF_VIOLENCE, (S.PARENTING_WORKSHOP, S.COUNSELLING)),
    Concern.SEXUAL_VIOLENCE: (G.FREE_OF_VIOLENCE, (S.MEDICAL_HELP, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.EXPLOITATION: (G.FREE_OF_WORK, (S.RIGHTS_WORKSHOP, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.TRAFFICKING: (G.FREE_OF_VIOLENCE, (S.MEDICAL_HELP, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.STREET_LIFE: (G.CARED_FOR, (S.FAMILY_VISITS, S.SCHOOL_ACCESS, S.COUNSELLING)),
    Concern.BEGGING: (G.FREE_OF_WORK, (S.RIGHTS_WORKSHOP, S.JOB_TRAINING, S.SCHOOL_ACCESS)),
    Concern.NEGLECT: (G.CARED_FOR, (S.PARENTING_WORKSHOP, S.FAMILY_VISITS)),
    Concern.ABANDONMENT: (G.CARED_FOR, (S.FAMILY_VISITS, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.PARENTS_DEAD: (G.CARED_FOR, (S.FAMILY_VISITS, S.COUNSELLING, S.LEGAL_HELP)),
    Concern.PARENTS_ABSENT: (G.CARED_FOR, (S.FAMILY_VISITS, S.PARENTING_WORKSHOP)),
    Concern.PARENTS_UNABLE: (G.CARED_FOR, (S.FAMILY_VISITS, S.PARENTING_WORKSHOP, S.MEDICAL_HELP)),
}

PARENTS_GONE = {Concern.PARENTS_DEAD, Concern.PARENTS_ABSENT, Concern.PARENTS_UNABLE}

FIRST_VISIT = (Goal.CARED_FOR, (Service.FAMILY_VISITS,))
"""For a family whose report names no concern: somebody visits."""


def goals_for(concerns: Iterable[Concern]) -> tuple[Goal, ...]:
    """The goals of a plan, in the order of the catalogue."""
    wanted = {goal for goal, _ in _answers(concerns)}
    return tuple(goal for goal in Goal if goal in wanted)


def services_for(concerns: Iterable[Concern]) -> tuple[Service, ...]:
    """The services of a plan, in the order of the catalogue."""
    wanted = {service for _, services in _answers(concerns) for service in services}
    return tuple(service for service in Service if service in wanted)


def questions_for(reasons: Collection[Concern], lives_with: LivesWith | None) -> tuple[Question, ...]:
    """The questions about a child that may be without parental care."""
    asked = {
        Question.GUARDIANSHIP: Concern.PARENTS_DEAD in reasons,
        Question.AUTHORITY: lives_with in (LivesWith.INSTITUTION, LivesWith.FOSTER_FAMILY),
        Question.PROTECTIVE_ADULT: not PARENTS_GONE.issuperset(reasons),
    }
    return tuple(question for question, needed in asked.items() if needed)


def _answers(concerns: Iterable[Concern]) -> list[tuple[Goal, tuple[Service, ...]]]:
    return [ANSWERS[concern] for concern in concerns] or [FIRST_VISIT]


def once(*values: Value) -> tuple[Value, ...]:
    """Each value once, in the order in which they came."""
    return tuple(dict.fromkeys(values))
