"""Which documents concern each fact that care hears."""

from shared.events import ChildNeedsCare, FamilyAtRisk, child, family
from shared.folds.rules import Hears


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    return [family(fact.family_id)]


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    return [child(fact.child_id)]


HEARS: Hears = {"intake": {FamilyAtRisk: family_at_risk, ChildNeedsCare: child_needs_care}}
