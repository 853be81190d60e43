"""Who is who within a family: caregivers by document and name, children by id; what contradicts is never merged."""

from collections.abc import Sequence

from services.intake.domain.words import cleaned, compared, document, identifies
from shared.events import Caregiver


def caregivers(known: Sequence[Caregiver], told: Sequence[Caregiver]) -> tuple[Caregiver, ...]:
    """Those known, with what a report newly tells. The entries of one report are different people.

    Whoever has a document is looked for first, so that a namesake without one does not take their place.
    """
    found, free, new = list(known), set(range(len(known))), list[Caregiver]()
    for each in sorted(told, key=lambda one: document(one.document_number) is None):
        shown = each.but(name=cleaned(each.name) or each.name)
        place = next((at for at in sorted(free) if same_person(known[at], shown)), None)
        if place is None:
            new.append(shown)
        else:
            free.remove(place)
            found[place] = _newer(known[place], shown)
    return (*found, *new)


def same_person(one: Caregiver, other: Caregiver) -> bool:
    """The same document, or the same name and relation with no other document between them."""
    documents = document(one.document_number), document(other.document_number)
    if all(documents):
        return documents[0] == documents[1]
    if not (identifies(one.name) and identifies(other.name)):
        return False
    return compared(one.name) == compared(other.name) and one.relation == other.relation


def _newer(known: Caregiver, told: Caregiver) -> Caregiver:
    """What is told; what is not told stays, and so does a document that is one."""
    number = told.document_number if document(told.document_number) or not known.document_number else None
    return told.but(document_number=number or known.document_number, phone=told.phone or known.phone)
