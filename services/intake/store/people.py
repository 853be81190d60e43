"""The birth and sex first reported under each id, so that two children who share an id stay two."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pymongo import UpdateOne

from services.intake.domain.ages import Birth
from shared.mongo import Database, Document, insert_new

PEOPLE = "people"


class Claim(NamedTuple):
    """The birth and sex that a report gives for the child of this id; None if it does not."""

    child_id: str
    birth: Birth | None
    sex: str | None


async def told_apart(database: Database, claims: Sequence[Claim]) -> list[int]:
    """For each claim, which of the children of its id it is about: 0 the first, 1 the next, who contradicts it, …

    What is new is kept, and what is known of a child only becomes more: a day instead of an estimate, a sex where none
    was told. Asked again, after a crash or of a report sent twice, the answer is the same.
    """
    ids = list({claim.child_id for claim in claims if claim.birth or claim.sex})
    while True:
        rows = await database[PEOPLE].find({"_id": {"$in": ids}}).to_list(None) if ids else []
        known = {row["_id"]: row["told"] for row in rows}
        after = {name: list(told) for name, told in known.items()}
        found = [_place(after.setdefault(claim.child_id, []), claim) for claim in claims]
        if await _kept(database, known, {name: after[name] for name in ids if after[name] != known.get(name)}):
            return found


def _place(told: list[Document], claim: Claim) -> int:
    """The place of the first child that the claim does not contradict, which is known better from then on."""
    if not (claim.birth or claim.sex):
        return 0
    at = next((at for at, each in enumerate(told) if not _contradicts(each, claim)), len(told))
    first = told[at] if at < len(told) else {"born": None, "sex": None}
    told[at:] = [_learnt(first, claim), *told[at + 1 :]]
    return at


async def _kept(database: Database, known: Mapping[str, list[Document]], after: Mapping[str, list[Document]]) -> bool:
    """Write what is new or known better; whether no other replica wrote of the same children meanwhile."""
    raced = await insert_new(
        database[PEOPLE], [{"_id": name, "told": told} for name, told in after.items() if name not in known]
    )
    better = [
        UpdateOne({"_id": name, "told": known[name]}, {"$set": {"told": told}})
        for name, told in after.items()
        if name in known
    ]
    written = (await database[PEOPLE].bulk_write(better, ordered=False)).matched_count if better else 0
    return not raced and written == len(better)


def _learnt(first: Document, claim: Claim) -> Document:
    birth, born = claim.birth, first["born"]
    if birth and (born is None or (birth.exact and not born["exact"])):
        born = {"from": str(birth.earliest), "until": str(birth.latest), "exact": birth.exact}
    return {"born": born, "sex": first["sex"] or claim.sex}


def _contradicts(first: Document, claim: Claim) -> bool:
    if first["sex"] and claim.sex and first["sex"] != claim.sex:
        return True
    if not (first["born"] and claim.birth):
        return False
    born = first["born"]
    known = Birth(date.fromisoformat(born["from"]), date.fromisoformat(born["until"]), exact=born["exact"])
    return known.contradicts(claim.birth)
