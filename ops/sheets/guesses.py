"""The known column nearest to an unknown one: by its letters, or by the names partners often use."""

import re
from collections.abc import Iterable
from functools import lru_cache

from ops.sheets.columns import ANY, Kind, Known, known_columns
from ops.sheets.words import folded, nearest

OFTEN = {
    "reportId": ("uuid", "id", "instanceid", "folio", "codigo", "numero", "expediente", "caso"),
    "reportedAt": ("submission time", "start", "end", "today", "fecha", "fecha de reporte", "fecha hora", "date"),
    "reporter.role": ("informante", "rol", "quien reporta", "cargo"),
    "reporter.contact": ("contacto", "correo", "email"),
    "district": ("distrito", "ubigeo"),
    "family.id": ("familia", "id familia", "hogar", "codigo de familia"),
    "family.address": ("direccion", "domicilio"),
    "family.monthlyIncome": ("ingreso", "ingreso mensual", "ingresos"),
    "family.householdSize": ("miembros", "personas en el hogar", "tamano del hogar"),
    "family.caregivers.0.name": (
        "cuidador",
        "apoderado",
        "nombre del cuidador",
        "madre",
        "padre",
        "caregivers",
        "family caregivers",
    ),
    "family.caregivers.0.documentNumber": ("dni", "documento", "dni del cuidador"),
    "family.caregivers.0.relation": ("parentesco", "relacion"),
    "family.caregivers.0.phone": ("telefono", "celular"),
    "children.0.name": ("nombre", "nombres", "nombre del nino", "child name", "nino", "ninos", "hijos", "children"),
    "children.0.birthDate": ("fecha de nacimiento", "nacimiento", "fecha nac"),
    "children.0.birthYear": ("ano de nacimiento",),
    "children.0.ageYears": ("edad", "age"),
    "children.0.sex": ("sexo", "genero", "gender"),
    "children.0.livesWith": ("vive con", "con quien vive"),
    "children.0.inSchool": ("estudia", "asiste a la escuela", "colegio"),
    "children.0.working": ("trabaja",),
    "concerns": ("preocupaciones", "riesgos", "problemas", "motivo", "motivos"),
    "urgency": ("urgencia", "prioridad"),
    "narrative": ("relato", "descripcion", "observaciones", "comentarios", "hechos"),
    "consent.shareWithPartners": ("consentimiento", "autoriza"),
    "consent.basis": ("base legal",),
}
"""Names people give a column, folded: only to suggest the nearest one, never to replace one."""

CODES_OFTEN = {
    "teacher": ("docente", "profesor", "profesora", "maestro", "maestra"),
    "health_worker": ("salud", "personal de salud", "enfermera", "enfermero", "medico", "obstetra", "posta"),
    "police": ("policia", "pnp", "comisaria"),
    "family": ("familia", "familiar"),
    "community": ("comunidad", "vecino", "vecina"),
    "mother": ("madre", "mama"),
    "father": ("padre", "papa"),
    "grandparent": ("abuelo", "abuela"),
    "grandparents": ("abuelo", "abuela"),
    "relative": ("tio", "tia", "primo", "prima", "familiar"),
    "relatives": ("tio", "tia", "tios"),
    "sibling": ("hermano", "hermana"),
    "guardian": ("tutor", "tutora", "apoderado", "apoderada"),
    "both_parents": ("padres", "mama y papa", "madre y padre"),
    "alone": ("solo", "sola"),
    "street": ("calle",),
    "institution": ("albergue", "car"),
    "female": ("mujer", "femenino", "nina"),
    "male": ("hombre", "masculino", "varon", "nino"),
    "other": ("otro", "otra", "otros"),
    "consent": ("consentimiento",),
    "legal_duty": ("ley", "deber legal", "obligacion legal"),
    "vital_interest": ("interes vital",),
    "none": ("ninguna", "ninguno", "no"),
    "chronic": ("cronica",),
    "acute": ("aguda",),
    "high": ("alta", "urgente"),
    "medium": ("media", "regular"),
    "low": ("baja",),
}
"""Words people use for a code, folded: also only to suggest."""

MEANT = {word: column for column, words in OFTEN.items() for word in words}


def nearest_column(header: str) -> Known | None:
    """The known column nearest to a header."""
    return _of_list_of_codes(header) or _by_way(header) or _by_name(header) or _by_last_word(header)


@lru_cache(maxsize=1024)
def nearest_code(known: Known, text: str) -> str | None:
    """The code nearest to what is written: by the words people use, or by its letters."""
    said = folded(text)
    meant = next((codes[0] for codes in known.codes if said in CODES_OFTEN.get(codes[0], ())), None)
    near = nearest(text, (word for codes in known.codes for word in codes), cutoff=0.75)
    return meant or next((codes[0] for codes in known.codes if near in codes), None)


def numbers_in(header: str) -> list[int]:
    """The numbers of entries in a header such as `children[0].name` or `children/1/name`."""
    found = re.findall(r"(?<![A-Za-z0-9_])[0-9]{1,3}(?![A-Za-z0-9_])", header)  # not those of `group_1/`
    return [int(number) for number in (found or re.findall(r"(?<=_)[0-9]{1,3}", header))[-1:]]


def _of_list_of_codes(header: str) -> Known | None:
    """`concerns/poverty`, `concerns.0`: a column for each code, where one holds them all."""
    *before, last = re.split(r"[./:\[\]]+", header.strip("/.[]: "))
    found = next((each for each in _known() if before and each.kind is Kind.CODES and _same(each, before)), None)
    codes = {folded(code) for each in found.codes for code in each} if found else set()
    return found if folded(last) in codes or last.isdigit() else None


def _same(known: Known, parts: list[str]) -> bool:
    named = [folded(part) for part in parts if not part.isdigit()]
    return named == [folded(part) for part in known.way if part != ANY]


def _by_way(header: str) -> Known | None:
    """`family/id`, `group_1/children/0/ageYears`: the whole way, divided by another sign, in a group perhaps."""
    parts = [folded(part) for part in re.split(r"[./:\[\]]+", header) if part and not part.isdigit()]
    ways = [(each, [folded(part) for part in each.way if part != ANY]) for each in _known() if len(each.way) > 1]
    return next((each for each, way in ways if parts[-len(way) :] == way), None)


def _by_name(header: str) -> Known | None:
    spoken = " ".join(folded(part) for part in re.split(r"[./:\[\]]+", header) if not part.isdigit())
    if (meant := MEANT.get(spoken.strip()) or MEANT.get(folded(header.rpartition("/")[2]))) is not None:
        return _named(meant)
    found = nearest(spoken, (each for each in map(_spoken, _known())), cutoff=0.7)
    return next((each for each in _known() if found and _spoken(each) == found), None)


def _by_last_word(header: str) -> Known | None:
    last = re.split(r"[./:]+", header)[-1]
    found = nearest(last, (each.way[-1] for each in _known()), cutoff=0.8)
    same = [each for each in _known() if found and folded(each.way[-1]) == folded(found)]
    return next((each for each in same if folded(each.way[0])[:4] in folded(header)), same[0] if same else None)


def _spoken(known: Known) -> str:
    return " ".join(part for part in known.way if part != ANY)


def _named(name: str) -> Known | None:
    return next((each for each in _known() if each.at() == name), None)


def _known() -> Iterable[Known]:
    return known_columns().values()
