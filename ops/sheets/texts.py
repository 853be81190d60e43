"""Turns bytes into text if the encoding is certain."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from ops.sheets.words import Unreadable, quoted

SAVE_AGAIN = "In Excel: Save As, CSV UTF-8"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
DOS_LETTERS = re.compile("[A-Za-z][\u00a1-\u00a5‚][a-z]")
"""Accented letters of the code page of MS-DOS, as Windows would show them: `Ram¡rez`."""

DAMAGED = re.compile("[\u00c3\u00c2][\u00a0-\u00bf]|\ufffd")
"""What is left of accents when UTF-8 was read as something else and saved again: `JosÃ©`."""

FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind (.xls), or one with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text of a word processor"),
    (b"<", "a web page or XML, whatever its name"),
)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text of a file, and notes on how it was read. Raises Unreadable."""
    for beginning, what in FOREIGN:
        if content.lstrip()[:4].startswith(beginning):
            raise Unreadable(f"This is {what}. Save it as XLSX or CSV, and send that.")
    text, notes = _text(content)
    if CONTROL.search(text.replace("\x85", "")):
        raise Unreadable("This is neither text nor an XLSX file. Save it as XLSX or CSV, and send that.")
    return text, notes


def undamaged(text: str) -> None:
    """Raises Unreadable for a text that has already lost its accents."""
    if found := DAMAGED.search(text):
        word = quoted(_word_at(text, found.start()))
        raise Unreadable(
            f"Accents were lost in this file, as in {word}. Export it again from the program that made it."
        )


def _text(content: bytes) -> tuple[str, list[str]]:
    try:
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return content.decode("utf-16"), []
        return content.removeprefix(BOM_UTF8).decode("utf-8"), []
    except UnicodeDecodeError:
        return _windows(content)


def _windows(content: bytes) -> tuple[str, list[str]]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Unreadable(f"The encoding of this file is not certain. {SAVE_AGAIN}.") from error
    if found := DOS_LETTERS.search(text):
        word = _word_at(text, found.start())
        raise Unreadable(f"Accents were lost in this file, as in {quoted(word)}. {SAVE_AGAIN}.")
    foreign = re.search("[^\x00-\x7f]", text)
    example = quoted(_word_at(text, foreign.start())) if foreign else ""
    return text, [f"The file is not UTF-8; it was read as Windows-1252 (Latin-1), for example {example}."]


def _word_at(text: str, place: int) -> str:
    before, after = re.search(r"[^\s,;|]*\Z", text[:place]), re.match(r"[^\s,;|]*", text[place:])
    return (before[0] if before else "") + (after[0] if after else "")
