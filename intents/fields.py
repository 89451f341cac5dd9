"""What the letter says about the request: addresses, values, references. Every field is a claim, never a fact."""

import re

from intents.case_replies import code_in
from intents.reading import Fields
from intents.sentences import Sentence

_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_REFERENCE = re.compile(
    r"(?:\b(?:my|our|meine?|unsere?|mon|ma|notre|mi|nuestra|mia?|nostro|mijn|onze|minha|nossa|moj\w?|nasz\w?|min|vår|vores)\s+)"
    r"?\b(?:reference|ref|referenz|aktenzeichen|az|geschäftszeichen|référence|referencia|riferimento|kenmerk|referência|"
    r"sygnatura|referens|reference no|case no|file no|our ref|unser zeichen|mein zeichen)"
    r"\b\.?\s*(?:no\.?|nr\.?|number|nummer|is|ist|est|es)?\s*[:#=]\s*([A-Za-z0-9][\w./-]{1,38}\w)",
    re.I,
)
_FIELD_IDEAS = {
    "f_name": "name", "f_address": "address", "f_mail": "email", "f_phone": "phone", "f_birth": "birth_date", "f_other": "other",
}  # fmt: skip


def read_fields(text: str, sentences: list[Sentence]) -> Fields:
    """The fields in the newly typed `text` (offsets of `sentences` point into it)."""
    mails = _MAIL.findall(text)
    return Fields(
        email=mails[0] if mails else None,
        code=code_in(text),
        field=_field(sentences),
        references=tuple(dict.fromkeys(match.group(1) for match in _REFERENCE.finditer(text)))[:5],
    )


def _field(sentences: list[Sentence]) -> str | None:
    for sentence in sentences:
        if sentence.ideas.isdisjoint(("change", "wrong", "rectify", "moved")):
            continue
        for hit in sentence.hits:
            if hit.idea in _FIELD_IDEAS:
                return _FIELD_IDEAS[hit.idea]
    return None
