"""The documents that each fact received by education concerns."""

from shared.events import CaseInDistricts, CaseTransferred, ChildNeedsCare, ChildUpdated, FamilyAtRisk, child
from shared.folds.rules import Hears


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    return [child(each.child_id) for each in fact.children]


def about_a_child(fact: ChildNeedsCare | ChildUpdated) -> list[str]:
    return [child(fact.child_id)]


def whole_case(fact: CaseInDistricts | CaseTransferred) -> list[str]:
    return [child(child_id) for child_id in fact.child_ids]


HEARS: Hears = {
    "intake": {
        FamilyAtRisk: family_at_risk,
        ChildNeedsCare: about_a_child,
        ChildUpdated: about_a_child,
        CaseInDistricts: whole_case,
        CaseTransferred: whole_case,
    }
}
