"""What the model takes for granted: each figure with where it comes from, or plainly an assumption."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A figure that was not measured here."""

    what: str
    value: float
    unit: str
    source: str


ASSUMED = "assumption"

PEOPLE = Assumption("people in Peru", 31_237_385, "", "INEI, census of 2017")
DISTRICTS = Assumption("districts of Peru", 1_890, "", "the programme: some 1,890")
COUNTRIES = Assumption("countries", 130, "", "SOS Children's Villages: more than 130 countries and territories")
COUNTRY = Assumption(
    "people in a country, of all 130", PEOPLE.value, "", f"{ASSUMED}: each as large as Peru, half of mankind together"
)
FAMILY = Assumption("people in a family", 3.8, "", f"{ASSUMED}: a household of the census of 2017")
REFERRED = Assumption(
    "reports made by people",
    33,
    "for 1,000 families a year",
    "US HHS, Child Maltreatment 2022: 4,276,000 referrals, where reporting is a duty; some 131 million households",
)
BY_MACHINE = Assumption(
    "reports with those by machine",
    10,
    "times those by people",
    f"{ASSUMED}: registers of schools and clinics report every absence and every missed visit",
)
PEAK = Assumption(
    "the busiest hour",
    10,
    "times the mean",
    f"{ASSUMED}: work is done in 40 of 168 hours a week, and a Monday morning has twice the mean of those",
)
YEARS = Assumption("years that everything is kept", 18, "", f"{ASSUMED}: from birth until of age")
IN_USE = Assumption(
    "documents in use", 1, "month's", f"{ASSUMED}: older ones are read now and then, and may come from disk"
)
TOUCHED = Assumption(
    "pages a change touches", 6, "", f"{ASSUMED}: the row, the view, and a leaf of each of some four indexes"
)
READS = Assumption("reads a second of a disk", 10_000, "", f"{ASSUMED}: an ordinary SSD, half of what it can")
USED = Assumption("of a core used at the peak", 0.5, "", f"{ASSUMED}: the rest is for what nobody foresaw")
FILLED = Assumption("of a disk filled", 0.6, "", f"{ASSUMED}: MongoDB needs room to compact and to resynchronise")
ENTRY = Assumption("an event in a stream", 2_000, "bytes", f"{ASSUMED}: an event about a family is some 1,300 bytes")
AWAY = Assumption("a listener may be away for", 24, "hours at the mean rate", ASSUMED)
COPIES = Assumption("copies of everything in MongoDB", 3, "", f"{ASSUMED}: a replica set of three")
CORES = Assumption("cores of a machine", 8, "", f"{ASSUMED}: an ordinary server")
MEMORY = Assumption("memory of a machine", 32, "GiB", f"{ASSUMED}: an ordinary server; half of it MongoDB's cache")
DISK = Assumption("disk of a machine", 2_000, "GiB", f"{ASSUMED}: an ordinary server")

ALL = (
    PEOPLE,
    DISTRICTS,
    COUNTRIES,
    COUNTRY,
    FAMILY,
    REFERRED,
    BY_MACHINE,
    PEAK,
    YEARS,
    IN_USE,
    TOUCHED,
    READS,
    USED,
    FILLED,
    ENTRY,
    AWAY,
    COPIES,
    CORES,
    MEMORY,
    DISK,
)
