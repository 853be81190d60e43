"""Which documents concern each fact that education hears."""

from shared.events import ChildNeedsCare, FamilyAtRisk, child
from shared.folds.rules import Hears


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    return [child(each.child_id) for each in fact.children]


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    return [child(fact.child_id)]


HEARS: Hears = {"intake": {FamilyAtRisk: family_at_risk, ChildNeedsCare: child_needs_care}}
