"""Names and documents as people mean them: one spelling for each, and those that identify nobody."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.people import caregivers
from services.intake.domain.words import cleaned, compared, document, identifies
from shared.events import Caregiver
from tests.spelling import names, spelt

SAME = [
    ("José", "Jose\u0301"),
    ("Ana O'Higgins", "Ana O\u2019Higgins"),
    ("Ana O'Higgins", "Ana O\u00b4Higgins"),
    ("Ana O'Higgins", "Ana O\u02bcHiggins"),
    ("Ana Ruiz-Gallo", "Ana Ruiz\u2011Gallo"),
    ("Rosa Quispe", "  Rosa\u00a0 Quispe "),
    ("Rosa Quispe", "Ro\u200bsa Quis\u00adpe\ufeff"),
    ("Rosa Quispe", "Rosa\r\n\tQuispe"),
    ("Rosa Quispe", "Rosa\x0bQuispe"),
    ("Ñañez", "N\u0303an\u0303ez"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_name_are_shown_as_one(one: str, other: str) -> None:
    assert cleaned(one) == cleaned(other) == one


@given(name=names, data=st.data())
def test_a_name_is_compared_as_one_however_it_is_encoded_and_spaced(name: str, data: st.DataObject) -> None:
    assert compared(data.draw(spelt(name))) == compared(name)


@given(text=st.text(max_size=30))
def test_a_cleaned_name_is_clean_and_composed(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once == unicodedata.normalize("NFC", once)
    assert compared(compared(text)) == compared(text)


def test_names_that_people_tell_apart_stay_apart() -> None:
    assert len({compared(name) for name in ("José", "Jose", "Josefa", "José Luis", "Joseluis")}) == 5


NOBODY = [
    None,
    "",
    "-",
    "¿?",
    "NN",
    "N.N.",
    "nn",
    "RN",
    "R.N.",
    "RN de Rosa",
    "RN 1",
    "S/N",
    "x",
    "12345",
    "\u200b",
    "n/a",
]
NOBODY += [
    "Sin nombre",
    "SIN  NOMBRE",
    "Recién nacida",
    "Recie\u0301n nacido",
    "Bebé",
    "niña",
    "No registra",
    "desconocido",
    "desconocido/a",
    "No name",
    "bb",
    "Wawa",
    "Mana sutiyuq",
]


@pytest.mark.parametrize("name", NOBODY)
def test_a_placeholder_is_nobodys_name(name: str | None) -> None:
    assert not identifies(name)


@pytest.mark.parametrize("name", ["Rosa", "Ana", "Noé", "Nina", "Li", "Renzo", "Nani", "Bebeto", "Hija Quispe", "Þór"])
def test_a_name_is_somebodys(name: str) -> None:
    assert identifies(name)


DOCUMENTS = [
    ("45678912", "45678912"),
    (" 4567-8912 ", "45678912"),
    ("4567 8912", "45678912"),
    ("ce 00123x", "CE00123X"),
    ("00000000", None),
    ("0", None),
    ("9999-9999", None),
    ("12345678", None),
    ("S/N", None),
    ("no tiene", None),
    ("en trámite", None),
    ("S/D", None),
    ("No tiene DNI", None),
    ("no porta", None),
    ("mana kanchu", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("told", "bare"), DOCUMENTS)
def test_a_document_is_its_letters_and_digits_unless_it_identifies_nobody(told: str | None, bare: str | None) -> None:
    assert document(told) == bare


def adult(name: str = "Rosa Quispe", relation: str = "mother", number: str | None = None, **told: str) -> Caregiver:
    return Caregiver.model_validate({"name": name, "relation": relation, "document_number": number, **told})


TWO_PEOPLE = [
    (adult(relation="mother"), adult(relation="grandparent")),
    (adult("Ana", number="00000000"), adult("Luis", number="00000000")),
    (adult("NN"), adult("NN")),
    (adult(number="45678912"), adult(number="45678913")),
    (adult(), adult()),
]


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_the_entries_of_one_report_are_two_people_and_stay_two_when_they_are_told_again(
    one: Caregiver, other: Caregiver
) -> None:
    known = caregivers((), (one, other))
    assert len(known) == 2
    if one.name != "NN":
        assert caregivers(known, (other, one)) == known


ONE_PERSON = [
    (adult(number="45678912"), adult("Rosa Q. Mamani", "guardian", "4567-8912")),
    (adult("José", "father"), adult("JOSE\u0301", "father")),
    (adult(number="45678912"), adult()),
    (adult(number="00000000"), adult(number="45678912")),
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_a_caregiver_told_of_in_two_reports_is_one_person(one: Caregiver, other: Caregiver) -> None:
    assert len(caregivers(caregivers((), (one,)), (other,))) == 1


def test_what_a_later_report_leaves_out_of_a_caregiver_stays() -> None:
    (known,) = caregivers((adult(number="45678912", phone="976"),), (adult("ROSA QUISPE", number="00000000"),))
    assert (known.name, known.document_number, known.phone) == ("ROSA QUISPE", "45678912", "976")


def test_a_namesake_without_a_document_does_not_take_the_place_of_who_has_one() -> None:
    known = caregivers((), (adult(number="45678912"),))
    both = caregivers(known, (adult(), adult(number="45678912", phone="976")))
    assert [(each.document_number, each.phone) for each in both] == [("45678912", "976"), (None, None)]
