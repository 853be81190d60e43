"""One name in many spellings: as keyboards, spreadsheets and systems leave it."""

import re
import unicodedata

from hypothesis import strategies as st

LETTERS = "aeiouáéíóúüñbcdlmnprstvzAEÑÁJLMR' -"
names = st.text(LETTERS, min_size=3, max_size=20).filter(lambda name: len(re.findall("[a-z]", name)) > 2)
"""Names of two letters or more; some have apostrophes, hyphens and several words."""

APOSTROPHES = "'\u2019\u2018\u02bc\u00b4\u0060"
FORMS = ("NFC", "NFD", "NFKC", "NFKD")
UNSEEN = ("", "\u200b", "\u200d", "\ufeff", "\u00ad")
SPACES = (" ", "  ", "\u00a0", "\t", " \u200b ")


@st.composite
def spelt(draw: st.DrawFn, name: str) -> str:
    """The name in some normal form, with some apostrophe, zero-width characters and double spaces."""
    written = unicodedata.normalize(draw(st.sampled_from(FORMS)), name)
    written = written.replace("'", draw(st.sampled_from(APOSTROPHES))).replace(" ", draw(st.sampled_from(SPACES)))
    at = draw(st.integers(0, len(written)))
    edge = draw(st.sampled_from(("", " ")))
    return edge + written[:at] + draw(st.sampled_from(UNSEEN)) + written[at:] + edge
