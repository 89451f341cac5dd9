"""Bytes of a mail in, a letter out. Pure; linear in the size of the mail; the caps are asked before it is parsed."""

from collections.abc import Sequence

from intents.body import read_body
from intents.bounces import Returned, returned_letter
from intents.charsets import clean_line, decode
from intents.headers import addresses, date_of, message_ids, text_of
from intents.letter import Channel, Letter
from intents.mime import Part, RawHeader, Unreadable, parse
from intents.sender import read_sender
from intents.triage import machine_signs

__all__ = ["Unreadable", "read_message"]

MAX_SUBJECT = 1_000


def read_message(raw: bytes, *, authserv_id: str | None = None) -> Letter:
    """The letter in `raw`, as far as it can be read; what could not be is named in `defects`.

    `authserv_id` is the name the company's own receiving server writes into Authentication-Results. Raises `Unreadable`
    over a cap (25 MB, 256 KB of headers, 32 KB of one header, 200 parts, depth 20, 200 addresses), and nothing else.
    Message-IDs keep their brackets. `to` holds the addresses of To and then Cc. All text can be written as UTF-8.
    """
    root = parse(raw)
    head = root.headers
    body = read_body(root)
    subject = text_of(root.first("subject"))[:MAX_SUBJECT]
    headers = _first_values(head)
    signs = machine_signs(headers, subject, body.text, [part.type for part in root.walk()])
    returned = returned_letter(root, headers, body.text) if signs else Returned()
    return Letter(
        channel=Channel.EMAIL,
        subject=subject,
        body=body.text,
        sender=read_sender(head, authserv_id, header_defects=root.head_defects),
        to=addresses(value for name in ("to", "cc") for found, value in head if found == name),
        reply_to=addresses(value for name, value in head if name == "reply-to"),
        message_id=_first_id(root, "message-id"),
        in_reply_to=_first_id(root, "in-reply-to"),
        references=message_ids(root.first("references")),
        date=date_of(root.first("date")),
        headers=headers,
        hidden="\n".join(filter(None, body.hidden)),
        auto_signs=signs,
        attachments=tuple(body.attachments),
        bounce_of=returned.message_id,
        bounced_address=returned.address,
        defects=(*root.head_defects, *body.defects),
    )


def _first_id(root: Part, name: str) -> str | None:
    return next(iter(message_ids(root.first(name))), None)


def _first_values(headers: Sequence[RawHeader]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in headers:
        if name not in values:
            values[name] = clean_line(decode(value))
    return values
