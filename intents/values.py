"""The old and the new value of a correction, where a sentence names them: "is Reed, not Read", "from … to …"."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_VALUE = (
    r"[\"'“”„«»‚‘]?(?P<{name}>[^\n.;:!?\"“”„«»]{{1,60}}?(?:\.[^\n.;!?\"“”„«»\s][^\n.;!?\"“”„«»]{{0,40}}?)?)[\"'“”«»‘’]?"
)
"""A point inside a word belongs to it."""
_END = r"(?=\s*(?:[.;!?\n]|,\s|$))"
_PLAIN = re.compile(r"[\w@+]")
_GIVEN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž\d@]")
"""What a name, an address or a number has and other words of a sentence mostly have not."""
_LONGEST_SENTENCE = 400
"""Characters of a sentence that are looked at."""


def old_and_new(sentence: str, language: str) -> tuple[str | None, str | None]:
    """The values in a sentence that corrects something, as they were typed; None where it does not say."""
    forms = _forms(language)
    if forms is None:
        return None, None
    sentence = sentence[:_LONGEST_SENTENCE]
    for form, needs_given in forms:
        for match in form.finditer(sentence):
            old, new = (_trimmed(match.groupdict().get(name), language) for name in ("old", "new"))
            if _is_value(new, needs_given) and (old is None or _is_value(old, needs_given)) and old != new:
                return old, new
    return None, None


def _is_value(value: str | None, needs_given: bool) -> bool:
    return value is not None and bool((_GIVEN if needs_given else _PLAIN).search(value))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    values = tomllib.loads((files("intents") / "phrases" / "shared.toml").read_text(encoding="utf-8"))["values"]
    return {language: dict(words) for language, words in values.items()}


def _choice(words: list[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


@cache
def _forms(language: str) -> tuple[tuple[re.Pattern[str], bool], ...] | None:
    """(pattern, whether a value must look like a name or number), the surest first."""
    words = _words().get(language)
    if words is None:
        return None
    is_, not_, but, from_, to = (
        rf"(?<!\w){_choice(words[kind])}\s*:?\s+" for kind in ("is", "not", "but", "from", "to")
    )
    old, new = _VALUE.format(name="old"), _VALUE.format(name="new")
    forms = (
        (rf"{is_}{new}\s*,?\s+{not_}{old}{_END}", False),
        (rf"{not_}{old}\s*,?\s+{but}{new}{_END}", False),
        (rf"{from_}{old}\s*,?\s+{to}{new}{_END}", True),
        (rf"{is_}{new}{_END}", True),
        (rf"(?<!\w){to}{new}{_END}", True),
    )
    return tuple((re.compile(form, re.I), needs_given) for form, needs_given in forms)


def _trimmed(value: str | None, language: str) -> str | None:
    """Without the small words behind it."""
    if value is None:
        return None
    value = value.strip(" ,:\"'“”„«»")
    for tail in sorted(_words()[language]["tail"], key=len, reverse=True):
        if value.lower().endswith(" " + tail):
            value = value[: -len(tail)].strip(" ,")
    return value or None
