"""Which parts of a mail are its text, which are attachments, and what is rescued where the labels are wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field

from intents.charsets import clean, decode
from intents.headers import file_name, text_of
from intents.html import html_to_text
from intents.mime import Part, parameters
from intents.transfer import transfer_decoded

MAX_TEXT = 200_000
"""Characters of body text kept."""
_MAX_CODED = 3 * 1024 * 1024
"""Bytes of one text part that are decoded at all."""
MAX_ATTACHMENT_NAMES = 100

REPORT_PARTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
)
FORWARD_LINE = "---------- Forwarded message ----------"


@dataclass(slots=True)
class Body:
    """What was gathered from all parts; `text` and `hidden` are clean."""

    texts: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text parts in reading order."""
        return "\n\n".join(text.strip("\n") for text in self.texts if text.strip())


def read_body(root: Part) -> Body:
    """The text of a mail as a person sees it; text in a part not meant to be shown only if there is no other."""
    body = Body()
    _gather(root, body)
    for part in root.walk():
        body.defects += part.defects
    if not body.text:
        _rescue(root, body)
    joined = body.text
    if len(joined) > MAX_TEXT:
        body.defects.append(f"body cut to {MAX_TEXT} of {len(joined)} characters")
        joined = joined[:MAX_TEXT]
    body.texts = [joined.strip()]
    body.defects = list(dict.fromkeys(body.defects))[:50]
    return body


def _gather(part: Part, body: Body) -> None:
    """Recursion is as deep as the parts are, at most 20."""
    disposition, names = _disposition(part)
    is_text = part.type in ("text/plain", "text/html", "text/enriched", "text/richtext") or not part.typed
    if part.type.startswith("multipart/") and part.parts:
        _HANDLERS.get(part.type, _all)(part, body)
    elif part.type in ("message/rfc822", "message/global") and part.parts:
        _forwarded(part.parts[0], body)
    elif part.type in (*REPORT_PARTS, "text/rfc822-headers"):
        return
    elif part.type.startswith("multipart/") or (is_text and disposition != "attachment"):
        _text(part, body)
    else:
        _attachment(part, names, body)


def _all(part: Part, body: Body) -> None:
    for below in part.parts:
        _gather(below, body)


def _first(part: Part, body: Body) -> None:
    """Reports and signed mail: the first part is for people, the others for machines."""
    _gather(part.parts[0], body)


def _best(part: Part, body: Body) -> None:
    """Alternatives: the plain one, unless it is empty or only says that there is an HTML one."""
    readings = []
    for below in part.parts:
        reading = Body()
        _gather(below, reading)
        readings.append((below, reading))
        if below.type == "text/plain" and _worth_reading(reading.text):
            break
    last, chosen = readings[-1]
    if last.type != "text/plain" or not _worth_reading(chosen.text):
        rich = [reading for below, reading in readings if below.type != "text/plain" and reading.text]
        chosen = rich[0] if rich else readings[0][1]
    for below in part.parts[len(readings) :]:
        body.attachments += [name for inner in below.walk() if (name := _attached_name(inner))]
    body.texts += chosen.texts
    body.hidden += chosen.hidden
    body.defects += chosen.defects
    body.attachments += [name for _, reading in readings for name in reading.attachments]


def _worth_reading(text: str) -> bool:
    words = text.strip()
    return bool(words) and not (len(words) < 200 and "html" in words.lower())


def _attached_name(part: Part) -> str:
    disposition, names = _disposition(part)
    return file_name(names) if disposition == "attachment" else ""


_HANDLERS: dict[str, Callable[[Part, Body], None]] = {
    "multipart/alternative": _best,
    "multipart/report": _first,
    "multipart/signed": _first,
}


def _forwarded(letter: Part, body: Body) -> None:
    """A mail attached whole is shown below a line that marks it as forwarded, so that it never counts as typed."""
    inner = Body()
    _gather(letter, inner)
    head = [
        f"{name.title()}: {text_of(value)}"
        for name in ("from", "date", "subject", "to")
        if (value := letter.first(name))
    ]
    body.texts.append("\n".join([FORWARD_LINE, *head, "", inner.text]))
    body.hidden += inner.hidden
    body.attachments += inner.attachments


def _disposition(part: Part) -> tuple[str, dict[str, str]]:
    """Lower-case disposition, and the parameters that may name a file."""
    value = part.first("content-disposition")
    if value is None:
        return "", part.parameters
    kind, _, rest = value.decode("utf-8", "replace").partition(";")
    return kind.strip().lower(), {**part.parameters, **parameters(rest)}


def _text(part: Part, body: Body) -> None:
    text = _decoded(part, body)
    looks_like_html = part.type != "text/plain" or text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))
    if looks_like_html and not part.type.startswith("multipart/"):
        seen = html_to_text(text)
        body.texts.append(clean(seen.text))
        body.hidden.append(clean(seen.hidden))
        body.defects += seen.defects
    else:
        body.texts.append(clean(text))


def _decoded(part: Part, body: Body) -> str:
    coded = part.body
    if len(coded) > _MAX_CODED:
        body.defects.append(f"text part cut to {_MAX_CODED} of {len(coded)} bytes")
        coded = coded[:_MAX_CODED]
    data = transfer_decoded(coded, part.first("content-transfer-encoding"))
    return decode(data, part.parameters.get("charset"))


def _attachment(part: Part, names: dict[str, str], body: Body) -> None:
    if len(body.attachments) < MAX_ATTACHMENT_NAMES:
        body.attachments.append(file_name(names) or f"unnamed ({part.type})")
    if part.type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        body.defects.append("text may be inside winmail.dat, which is not opened")
    if part.type in ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
        body.defects.append("the mail is encrypted")


def _rescue(root: Part, body: Body) -> None:
    """No text to be seen: the first text that stands anywhere, saying so."""
    for part in root.walk():
        if part.parts or not (part.type.startswith("text/") or not part.typed):
            continue
        spare = Body()
        _text(part, spare)
        if spare.text:
            body.texts.append(spare.text)
            body.hidden += spare.hidden
            body.defects.append("the text stands in an attachment")
            return
