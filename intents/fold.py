"""Folded text: lower case without accents, one character for one, so that offsets stay true."""

import re
import unicodedata
from functools import cache

_ODD = {"ß": "s", "ł": "l", "ø": "o", "æ": "a", "œ": "o", "đ": "d", "ı": "i", "ð": "d", "þ": "t", "ς": "σ"}
_PLAIN = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), "\u0001")


@cache
def _table() -> dict[int, str]:
    """Every letter below U+2000 and the full-width forms that fold to one other character."""
    table: dict[int, str] = dict(_ZERO_WIDTH)
    for point in (*range(0x80, 0x2000), *range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D7FF)):
        base = unicodedata.normalize("NFKD", chr(point))[:1]
        small = base.lower()[:1]
        if small and small != chr(point) and (small.isalnum() or base.isalnum()):
            table[point] = small
    for odd, plain in (_ODD | _PLAIN).items():
        table[ord(odd)] = plain
        if len(odd.upper()) == 1:
            table[ord(odd.upper())] = plain
    return table


def fold(text: str) -> str:
    """`text` in lower case and without accents; same length, so that offsets of one are offsets of the other."""
    if text.isascii():
        return text.lower()
    folded = text.translate(_table())
    lowered = folded.lower()
    return lowered if len(lowered) == len(folded) else "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


def clean(text: str) -> str:
    """`text` composed (NFC), without zero-width characters, with plain line ends."""
    if text.isascii():
        return text.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return composed.translate(dict.fromkeys(_ZERO_WIDTH))


_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe"})


def spellings(entry: str) -> tuple[str, ...]:
    """The folded forms of a phrase-file entry: without accents, and with ä written as ae."""
    lowered = entry.lower()
    if lowered.isascii():
        return (lowered,)
    short = fold(lowered)
    longer = lowered.translate(_TWO_LETTERS)
    long = fold(longer) if longer != lowered else short
    return (short, long) if long != short else (short,)


TOKEN = re.compile(
    r"(?P<mail>[a-z0-9][\w.+-]{0,63}+@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"  # possessive: no way back to an "@"
    r"|(?P<url>(?:https?://|www\.)[^\s<>\"]{1,2000})"
    r"|(?P<word>[^\W_]+)"
    r"|(?P<mark>[.!?…;,:\n()\[\]¿¡•*|·])"
)
