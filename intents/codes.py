"""The code typed in a reply: our own format, or plain digits where the words around speak of a code.

Order numbers, telephone numbers, dates and ordinary words must never be taken for one.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from intents.cutting import Sentence
from intents.fold import fold

CODE_LENGTH = 12
MOST_WORDS = 160
"""A code stands in short replies; in longer letters only our own format with its dashes counts."""

# no I, L, O, U, 0 and 1, which people mix up: the alphabet of `storage.secrets`
_SIGN = "[A-HJKMNP-TV-Za-hjkmnp-tv-z2-9]"
_GAP = r"[ \t]{0,2}[\-–—_.·,/][ \t]{0,2}|[ \t]{1,3}|[ \t]{0,2}\n[ \t]{0,2}"
_OWN = re.compile(
    rf"(?<![\w@.#/-])(?:{_SIGN}{{4}}(?:{_GAP}){_SIGN}{{4}}(?:{_GAP}){_SIGN}{{4}}|{_SIGN}{{12}})(?![\w@-])"
)
_MISREAD = re.compile(rf"(?<![\w@.#/-])[A-Za-z0-9]{{4}}(?:(?:{_GAP})[A-Za-z0-9]{{4}}){{2}}(?![\w@-])")
"""Our format with letters that no code of ours has ("O" for "Q"): to be answered as a wrong code, not overlooked."""
_SINGLE = re.compile(rf"(?<![\w@.#/-])(?:{_SIGN}[ \t.-]{{1,2}}){{11}}{_SIGN}(?![\w@-])")
_DIGITS = re.compile(r"(?<![\w+@.,/:#§€$£-])\d(?:[ \t\-–]{0,2}\d){3,11}(?![\w@/:€$£]|[.,-]\d)")
_MOST_LEADING = 4
"""Words beside plain digits that may only lead them in ("here it is: 770294")."""
_PLAIN_DIGITS = range(4, 9)
_SPELLED = re.compile(r"\d(?:[ \t-]{1,2}\d){3,11}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(r"(?:19|20)\d\d[ \t\-–]{1,2}(?:19|20)\d\d")
_GROUP_BESIDE = re.compile(r"\d[ \t]{1,2}\Z|\A[ \t]{1,2}\w*\d")
"""Another group with a digit beside a code of groups: then it is an account number or a serial number."""
_LABELLED = re.compile(r"(?i)(?:\b(?:nr|no|num|nro|br)\b|[№º°#])[ \t.:]{0,3}\Z")
"""Before plain digits: a number of something, as in "Kd.-Nr. 5512"."""
_ALONE = re.compile(r"[\s.,!:;()\[\]\"'*_<>„“”»«-]*\Z")
_NUMBERS = frozenset(("f_phone", "order", "f_birth", "law", "f_address", "item"))
"""Sentences about these hold numbers that are no codes."""


def code_in(text: str, sentences: Sequence[Sentence]) -> str | None:
    """The code typed in `text`, in capitals without blanks: twelve signs of ours, or 4 to 12 digits; or None."""
    spoken = any("code_word" in sentence.ideas for sentence in sentences)
    short = sum(len(sentence.words) for sentence in sentences) <= MOST_WORDS
    for regex in (_OWN, _SINGLE):
        for match in regex.finditer(text):
            plain = _plain(match.group())
            own = _is_own(text, match, plain, spoken=spoken and short)
            if own or (short and (_is_mixed(text, match, sentences) or _is_led_in(match, sentences))):
                return plain
    if not short:
        return None
    misread = (match for match in _MISREAD.finditer(text) if _is_misread(text, match, spoken=spoken))
    return _digits(text, sentences) or next((_plain(match.group()) for match in misread), None)


def _plain(typed: str) -> str:
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def _is_own(text: str, match: re.Match[str], plain: str, *, spoken: bool) -> bool:
    """Words and numbers are no code: dashes, a line of its own or the word "code" must speak for it."""
    if plain.isdigit():
        return False
    typed = match.group()
    dashed = len(re.findall(r"[\-–—_]", typed)) == 2
    digit = any(letter.isdigit() for letter in plain)
    if dashed and (digit or typed.isupper()):
        return True
    alone = _line_is_all(text, match)
    return (spoken or alone) and (digit or dashed or (typed.isupper() and (spoken or " " not in typed)))


def _is_mixed(text: str, match: re.Match[str], sentences: Sequence[Sentence]) -> bool:
    """ "Here you go: t6ve 8mja xc2h": two groups with letters and digits are no words; serial numbers are alike."""
    groups = re.findall(r"\w+", match.group())
    mixed = sum(any(c.isdigit() for c in group) and any(c.isalpha() for c in group) for group in groups)
    if len(groups) != 3 or mixed < 2 or _GROUP_BESIDE.search(text[max(match.start() - 4, 0) : match.start()]):
        return False
    around = _sentence_at(sentences, match.start())
    if _GROUP_BESIDE.search(text[match.end() : match.end() + 8]):
        return False
    said = () if around is None else (word.text for word in around.words)
    return _words("serial").isdisjoint(said) and (around is None or around.ideas.isdisjoint(_NUMBERS))


def _is_led_in(match: re.Match[str], sentences: Sequence[Sentence]) -> bool:
    """ "its m6gphxz4kd3v, sorry for the delay": letters and digits in one word behind words that only lead it in."""
    typed = match.group()
    if len(typed) != CODE_LENGTH or sum(c.isdigit() for c in typed) < 2 or sum(c.isalpha() for c in typed) < 2:
        return False
    around = _sentence_at(sentences, match.start())
    before = [word.text for word in around.words if word.start < match.start()] if around else []
    return 0 < len(before) <= _MOST_LEADING and _words("lead_in").issuperset(before)


def _is_misread(text: str, match: re.Match[str], *, spoken: bool) -> bool:
    """Digits and letters in groups that are spoken of as a code, or alone on their line."""
    plain = _plain(match.group())
    mixed = any(c.isdigit() for c in plain) and any(c.isalpha() for c in plain)
    return mixed and (spoken or _line_is_all(text, match))


def _line_is_all(text: str, match: re.Match[str]) -> bool:
    line_start = text.rfind("\n", 0, match.start()) + 1
    line_end = text.find("\n", match.end())
    rest = text[line_start : match.start()] + text[match.end() : line_end if line_end >= 0 else len(text)]
    return bool(_ALONE.match(rest))


def _digits(text: str, sentences: Sequence[Sentence]) -> str | None:
    ordered = any("order" in sentence.ideas for sentence in sentences)  # then a bare number is the order's
    for match in _DIGITS.finditer(text):
        if _YEARS.fullmatch(match.group()):
            continue
        if _line_is_all(text, match):
            return _plain(match.group())
        around = _sentence_at(sentences, match.start())
        if around is None:
            continue
        if "code_word" in around.ideas and around.ideas.isdisjoint(_NUMBERS - {"item"}):
            return _plain(match.group())
        labelled = _LABELLED.search(text[max(match.start() - 8, 0) : match.start()])
        if not (ordered or labelled) and _only_led_in(around, match.group()):
            return _plain(match.group())
    return None


def _only_led_in(sentence: Sentence, typed: str) -> bool:
    """ "its 770 294": a few words that only point at what follows; digits one by one need no such words."""
    words = {word.text for word in sentence.words if not word.text.isdigit()}
    if len(words) > _MOST_LEADING or _YEAR.fullmatch(typed):
        return False
    spelled = bool(_SPELLED.fullmatch(typed)) and sentence.ideas.isdisjoint(_NUMBERS)
    return spelled or (len(_plain(typed)) in _PLAIN_DIGITS and words <= _words("lead_in"))


@cache
def _words(label: str) -> frozenset[str]:
    """Folded words of `label` in phrases/shared.toml."""
    text = (files("intents") / "phrases" / "shared.toml").read_text(encoding="utf-8")
    return frozenset(map(fold, tomllib.loads(text)["labels"][label]))


def _sentence_at(sentences: Sequence[Sentence], place: int) -> Sentence | None:
    return next((s for s in sentences if s.start <= place < s.stop), None)
