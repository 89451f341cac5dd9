"""What the writer newly typed: subject and body without quotes, signature and footers."""

import re
from dataclasses import dataclass

from intents.letter import Letter
from intents.quotes import new_text

_REPLY_SUBJECT = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|antwort|odp|rv|rif|res|ref|ynt|απ|vá|atb|fwd?|wg|tr|i|doorst|enc|r|vl|továbbítás)"
    r"\s*(?:\[\d+\])?\s*:",
    re.I,
)


@dataclass(frozen=True, slots=True)
class TypedText:
    """`text` is the subject, unless it only repeats an earlier one, a line end, and the body's new text.

    `body_at` is where the body's text begins in `text`. `forwarded`: nothing was typed, another's mail was passed on.
    """

    text: str
    is_reply: bool
    forwarded: bool = False
    body_at: int = 0


def typed_text(letter: Letter) -> TypedText:
    """The newly typed text of `letter`; the subject of a reply or forward is not the writer's own words."""
    typed = new_text(letter.body, letter.subject)
    body = typed.text.strip("\n")
    subject = " ".join(letter.subject.split())
    is_reply = bool(letter.in_reply_to) or bool(_REPLY_SUBJECT.match(subject))
    if not subject or (is_reply and body.strip()):
        return TypedText(body, is_reply, typed.forwarded)
    if is_reply:
        subject = _REPLY_SUBJECT.sub("", subject).strip()
    text = f"{subject}\n\n{body}" if body else subject
    return TypedText(text, is_reply, typed.forwarded, len(subject) + 2 if body else len(text))
