"""What a person typed, out of what Slack makes of it; and whether they typed what belongs into a form."""

import html
import re

_REFERENCE = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"[^\s@<>|]+@[^\s@<>|]+\.[^\s@<>|]{2,}")
_CODE = re.compile(r"\b[A-Z0-9]{4}[ -]?[A-Z0-9]{4}[ -]?[A-Z0-9]{4}\b", re.IGNORECASE)


def typed(text: str) -> str:
    """Plain text: links and addresses as they were typed, mentions as @ and #, entities undone once."""
    return html.unescape(_REFERENCE.sub(lambda found: _said(found[1]), text))


def _said(reference: str) -> str:
    target, bar, label = reference.partition("|")
    if target[:1] in "@#":
        return target[0] + (label or "someone")
    if target.startswith("!"):
        return label
    return label if bar else target.removeprefix("mailto:")


def belongs_into_a_form(text: str) -> bool:
    """Whether the text holds a mail address or what looks like one of our codes."""
    if _ADDRESS.search(text):
        return True
    return any(
        any(sign.isdigit() for sign in code) and any(sign.isalpha() for sign in code) for code in _CODE.findall(text)
    )
