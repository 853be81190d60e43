"""Birth months: how old a child is on a day, as far as a month can tell."""

from datetime import date


def age_at(birth_month: str, on_date: date) -> int:
    """Whole years on that day, for a birth month `YYYY-MM`; the birthday counts from the first of its month."""
    year, month = int(birth_month[:4]), int(birth_month[5:7])
    return on_date.year - year - (on_date.month < month)
