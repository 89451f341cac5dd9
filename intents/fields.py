"""What the letter says about the request: addresses, values, references. Every field is a claim, never a fact."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from intents.cutting import Sentence
from intents.reading import Fields
from intents.values import old_and_new

_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_FIELD_IDEAS = {
    "f_mail": "email", "f_name": "name", "f_address": "address", "f_phone": "phone", "f_birth": "birth_date",
    "f_other": "other",
}  # fmt: skip
_CHANGE = ("change", "wrong", "rectify", "moved")
_NAME_LINE = re.compile(r"[^\W\d_a-z][\w.'’-]{0,24}(?: [^\W\d_][\w.'’-]{0,24}){0,4}\Z")
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|M|Mme|Mlle|Sr|Sra|Sig|Dhr|Mevr|Pan|Pani)\.?\s+)?"
_PERSON = re.compile(rf"{_TITLE}([^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w.'’-]+){{1,3}})")
_AFTER_COLON = re.compile(r":\s*([^\n]{2,80}?)\s*(?:[.;]?\s*(?:\n|$)|\.\s)")
_MOST_REFERENCES = 5
_LONGEST_LINE = 300
"""Characters of a line in which a label is looked for."""


@cache
def _label(kind: str) -> re.Pattern[str]:
    """Lines such as "My reference: 77/12"; the words stand in phrases/shared.toml."""
    words = tomllib.loads((files("intents") / "phrases" / "shared.toml").read_text(encoding="utf-8"))["labels"][kind]
    choice = "|".join(
        re.escape(word).replace(r"\ ", r"[ .]{1,2}") for word in sorted(set(words), key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![\w/])(?:{choice})\b\.?[ \t]*(?:no\.?|nr\.?|n[°º])?[ \t]*[:#=][ \t]*([^\n,;]{{1,60}})", re.I
    )


_REFERENCE_VALUE = re.compile(r"[A-Za-z0-9][\w./-]{0,38}\w(?: [\w./-]*\d[\w./-]*){0,2}")


def read_fields(text: str, sentences: Sequence[Sentence], *, code: str | None, language: str = "en") -> Fields:
    """The fields in the newly typed `text` (offsets of `sentences` point into it), read with one language's words."""
    mails = list(dict.fromkeys(_MAIL.findall(text))) if "@" in text else []
    field = _field(sentences) or _contrasted(text, sentences, language)
    old, new = _values(text, sentences, field, mails, language)
    meant = mails[0] if mails and not (len(mails) == 1 and mails[0] == new) else None
    return Fields(
        email=meant,
        name=_name(text),
        code=code,
        field=field,
        old_value=old,
        new_value=new,
        on_behalf_of=_represented(text, sentences),
        references=_references(text),
    )


def _references(text: str) -> tuple[str, ...]:
    labelled = (match for line in _labelled_lines(text) for match in _label("reference").finditer(line))
    found = (_REFERENCE_VALUE.match(match.group(1)) for match in labelled)
    values = (match.group() for match in found if match and any(c.isdigit() for c in match.group()))
    return tuple(dict.fromkeys(values))[:_MOST_REFERENCES]


def _labelled_lines(text: str) -> list[str]:
    """The lines that may hold a label and its value."""
    return [line[:_LONGEST_LINE] for line in text.split("\n") if ":" in line or "#" in line or "=" in line]


def _field(sentences: Sequence[Sentence]) -> str | None:
    """The field to correct: named in a sentence that speaks of a change or mistake, or right after it."""
    for index, sentence in enumerate(sentences):
        if sentence.ideas.isdisjoint(_CHANGE):
            continue
        for near in sentences[index : index + 2]:
            for idea, name in _FIELD_IDEAS.items():
                if idea in near.ideas:
                    return name
    return None


def _contrasted(text: str, sentences: Sequence[Sentence], language: str) -> str | None:
    """The field of a sentence that gives both values: "my name is Zoe, not Zoey"."""
    for sentence in sentences:
        named = next((name for idea, name in _FIELD_IDEAS.items() if idea in sentence.ideas), None)
        if named and None not in old_and_new(text[sentence.start : sentence.stop], language):
            return named
    return None


def _values(
    text: str, sentences: Sequence[Sentence], field: str | None, mails: Sequence[str], language: str
) -> tuple[str | None, str | None]:
    """The old and the new value of `field`, where the letter gives them plainly."""
    if field is None:
        return None, None
    if field == "email" and mails:
        return (mails[0], mails[1]) if len(mails) > 1 else (None, mails[0])
    for sentence in sentences:
        if sentence.ideas.isdisjoint((*_CHANGE, *_FIELD_IDEAS, "new")):
            continue
        old, new = old_and_new(text[sentence.start : sentence.stop], language)
        if new is not None:
            return old, new
        match = _AFTER_COLON.search(text, sentence.start, min(len(text), sentence.stop + 90))
        if match and "@" not in match.group(1):
            return None, match.group(1).strip()
    return None, None


def _name(text: str) -> str | None:
    """The writer's name: after a label, or the last line where it looks like one."""
    labelled = next(filter(None, map(_label("name").search, _labelled_lines(text))), None)
    if labelled and _NAME_LINE.match(value := labelled.group(1).strip(" .")):
        return value
    lines = [line.strip(" ,.–-") for line in text.strip().split("\n")]
    if len(lines) > 1 and _NAME_LINE.match(lines[-1]) and len(lines[-1]) <= 60 and " " in lines[-1]:
        return lines[-1]
    return None


def _represented(text: str, sentences: Sequence[Sentence]) -> str | None:
    """The person the writer acts for: the first name after words of an agent, parent or heir."""
    for sentence in sentences:
        for hit in sentence.hits:
            if hit.idea in ("agent", "deceased", "minor"):
                start = sentence.words[hit.last].end
                match = _PERSON.search(text, start, min(start + 80, sentence.stop))
                if match:
                    return match.group(1)
    return None
