"""Which of our letters came back, and from whose address (RFC 3464, RFC 5965, and mail systems that follow neither).

Both are claims of whoever sent the report; the caller matches them with what was really sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intents.charsets import decode
from intents.headers import addresses, message_ids
from intents.mime import MAX_HEADER_BLOCK, Part, Unreadable, split_headers
from intents.sender import one_address
from intents.transfer import transfer_decoded

_MESSAGE_ID = re.compile(r"^[ \t>|]{0,8}message-id:[ \t]*(?:\n[ \t]+)?(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    rb"^(?:final|original)-recipient:[ \t]*(?:[\w-]{1,40}[ \t]*;)?[ \t]*([^\n]{1,320})", re.IGNORECASE | re.MULTILINE
)
_ACTION = re.compile(rb"^action:[ \t]*(\w{1,20})", re.IGNORECASE | re.MULTILINE)
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+=/-]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")
_MAX_SEARCHED = 100_000


@dataclass(frozen=True, slots=True)
class Returned:
    """Message-ID (with brackets) of the letter that came back, and the address that could not be reached."""

    message_id: str | None = None
    address: str | None = None


def returned_letter(root: Part, headers: Mapping[str, str], body: str) -> Returned:
    """What a report of failure says. Call only for mail that has the signs of one."""
    report = next(
        (part for part in root.walk() if part.type in ("message/delivery-status", "message/global-delivery-status")),
        None,
    )
    complaint = any(part.type == "message/feedback-report" for part in root.walk())
    text = body[:_MAX_SEARCHED]
    if root.type == "multipart/report" or report is not None or complaint:
        found = _returned_id(root) or _id_in(text)
    else:
        found = _returned_id(root) or _id_in(text) or _id_in(decode(root.body[:_MAX_SEARCHED]))
    found = found or next(iter(message_ids(headers.get("in-reply-to", "").encode())), None)
    if complaint:
        return Returned(found)
    return Returned(found, _failed_address(report, headers, text))


def _returned_id(root: Part) -> str | None:
    for part in root.walk():
        if part is root or part.type not in (
            "text/rfc822-headers",
            "message/rfc822",
            "message/global",
            "message/global-headers",
        ):
            continue
        if part.parts:
            head = part.parts[0].headers
        else:
            data = transfer_decoded(part.body[:MAX_HEADER_BLOCK], part.first("content-transfer-encoding"))
            try:
                head = split_headers(data.lstrip(b"\n"))[0]
            except Unreadable:
                continue
        ids = message_ids(next((value for name, value in head if name == "message-id"), None))
        if ids:
            return ids[0]
    return None


def _id_in(text: str) -> str | None:
    match = _MESSAGE_ID.search(text)
    return match[1] if match else None


def _failed_address(report: Part | None, headers: Mapping[str, str], text: str) -> str | None:
    if report is not None:
        data = transfer_decoded(report.body[:_MAX_SEARCHED], report.first("content-transfer-encoding"))
        action = _ACTION.search(data)
        if action and action[1].lower() not in (b"failed", b"failure"):
            return None
        for match in _RECIPIENT.finditer(data):
            if found := _address(decode(match[1])):
                return found
    if found := _address(headers.get("x-failed-recipients", "").partition(",")[0]):
        return found
    own = addresses(headers.get(name, "").encode() for name in ("to", "from", "delivered-to", "x-original-to"))
    named = (_address(match[0]) for match in _PLAIN_ADDRESS.finditer(text[:5_000]))
    return next((each for each in named if each and each not in own), None)


def _address(text: str) -> str | None:
    return one_address(text.strip().strip("<>\"' \t"))
