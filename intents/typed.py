"""What the writer newly typed: subject and body without quotes, signature and footers."""

import re
from dataclasses import dataclass

from intents.letter import Letter

_REPLY_SUBJECT = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|antwort|odp|rv|rif|res|ref|ynt|απ|vá|fwd?|wg|tr|i|doorst|rv|enc)\s*(?:\[\d+\])?\s*:", re.I
)


@dataclass(frozen=True, slots=True)
class TypedText:
    """`text` is the subject, unless it only repeats an earlier one, a line end, and the body's new text."""

    text: str
    is_reply: bool


def typed_text(letter: Letter) -> TypedText:
    """The newly typed text of `letter`; the subject of a reply or forward is not the writer's own words."""
    body = _unquoted(letter.body).strip("\n")
    subject = " ".join(letter.subject.split())
    is_reply = bool(letter.in_reply_to) or bool(_REPLY_SUBJECT.match(subject))
    if not subject or (is_reply and body.strip()):
        return TypedText(body, is_reply)
    return TypedText(f"{subject}\n\n{body}" if body else subject, is_reply)


_INTRODUCTION = re.compile(
    r"^(?:-{2,}\s?(?:original|forwarded|urspr)|_{10,}|on .{5,90} wrote:|am .{5,90} schrieb|le .{5,90} a [ée]crit)", re.I
)


def _unquoted(body: str) -> str:
    kept: list[str] = []
    for line in body.splitlines():
        if _INTRODUCTION.match(line) or line.rstrip() == "--":
            break
        if not line.startswith(">"):
            kept.append(line)
    return "\n".join(kept)
