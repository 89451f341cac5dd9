"""An outgoing letter as bytes, from a fixed frame: the email package is slow and breaks long Message-IDs.

All bytes are ASCII, all lines end with CRLF and have at most 998 characters (RFC 5322, 2.1.1).
"""

import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape

from bot.mail.address import plain_address

_WIDTH = 76
_FOLD = "\r\n "
_ID_LENGTH = 900
_REFERENCES = 20
_BOUNDARY = b"=_letter_"  # "=_" stands in no quoted-printable text and "_" in no base64 text
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_OWN_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_OURS = re.compile(
    r"from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|auto-submitted|mime-version"
    r"|content-.*|return-path|received",
    re.IGNORECASE,
)


def compose(
    *,
    message_id: str,
    from_name: str,
    from_addr: str,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    in_reply_to: str | None = None,
    references: Iterable[str] = (),
    reply_to: str | None = None,
    date: datetime,
    language: str,
    auto_submitted: str = "auto-replied",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """multipart/alternative of `text` and `html` (made from `text` where None).

    `headers` are further ones, in ASCII, folded at spaces only. Raises ValueError, and nothing else, for what must not
    be sent: CR, LF, NUL and other controls in a header, an address that is not one bare mailbox, a naive date. Foreign
    Message-IDs that no header can carry (over 900 characters, spaces, not ASCII) are left out of the thread.
    """
    if date.tzinfo is None:
        raise ValueError("the date must know its time zone")
    if not _LANGUAGE.fullmatch(language):
        raise ValueError("not a language tag")
    if not _OWN_ID.fullmatch(message_id) or len(message_id) > 250:
        raise ValueError("not a Message-ID of ours")
    thread = _thread(in_reply_to, references)
    lines = [
        _from(from_name, from_addr),
        f"To: {plain_address(to)}",
        *([f"Reply-To: {plain_address(reply_to)}"] if reply_to is not None else []),
        _unstructured("Subject", subject),
        f"Date: {format_datetime(date)}",
        f"Message-ID: {message_id}",
        *thread,
        *_further(headers or {}),
        _folded("Auto-Submitted", _clean(auto_submitted)),
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="' + _BOUNDARY.decode() + '"',
    ]
    head = "\r\n".join(lines).encode("ascii") + b"\r\n"
    plain, rich = _part(b"plain", text), _part(b"html", simple_html(text) if html is None else html)
    return b"".join((head, plain, rich, b"\r\n--", _BOUNDARY, b"--\r\n"))


def simple_html(text: str) -> str:
    """The same words for readers of HTML: paragraphs at empty lines, nothing that loads, runs or links."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>' + chr(10))}</p>\n" for part in paragraphs)


def _clean(value: str) -> str:
    if _FORBIDDEN.search(value):
        raise ValueError("a header holds a line break or another control character")
    return value


def _thread(in_reply_to: str | None, references: Iterable[str]) -> Iterable[str]:
    known = [_clean(one) for one in (*references, *([in_reply_to] if in_reply_to is not None else []))]
    ids = list(dict.fromkeys(one for one in known if _can_carry(one)))
    if len(ids) > _REFERENCES:  # RFC 5322, 3.6.4 lets them be trimmed; the first names the conversation
        ids = [ids[0], *ids[1 - _REFERENCES :]]
    if in_reply_to is not None and _can_carry(in_reply_to):
        yield f"In-Reply-To: {in_reply_to}"
    if ids:
        yield _folded("References", " ".join(ids))


def _can_carry(message_id: str) -> bool:
    return len(message_id) <= _ID_LENGTH and _MESSAGE_ID.fullmatch(message_id) is not None


def _further(headers: Mapping[str, str]) -> Iterable[str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or _OURS.fullmatch(name):
            raise ValueError(f"not a further header: {name[:60]!r}")
        if not _clean(value).isascii() or any(len(word) > _ID_LENGTH for word in value.split()):
            raise ValueError(f"the header {name} is not ASCII, or a word of it is too long")
        yield _folded(name, value)


def _folded(name: str, value: str) -> str:
    """Broken at spaces only: a word is never cut and never encoded, however long."""
    lines, line = [], f"{name}:"
    for word in value.split():
        if len(line) + 1 + len(word) > _WIDTH and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def _unstructured(name: str, value: str) -> str:
    """Plain where it is short ASCII, else encoded words (RFC 2047), each whole characters."""
    value = _clean(value)
    if value.isascii() and len(name) + 2 + len(value) <= _WIDTH and "=?" not in value and value == value.strip():
        return f"{name}: {value}"
    return f"{name}: " + _encoded(value)


def _from(name: str, address: str) -> str:
    name, address = _clean(name), plain_address(address)
    if not name:
        return f"From: {address}"
    if name.isascii() and len(name) <= 60 and "=?" not in name and "\t" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'From: "{quoted}"{" " if len(quoted) + len(address) < 64 else _FOLD}<{address}>'
    return f"From: {_encoded(name)}\r\n <{address}>"


def _encoded(value: str) -> str:
    """At most 39 bytes a word, so that the first line keeps to 76 characters with the header's name before it."""
    words, chunk = [], b""
    for character in value:
        piece = character.encode("utf-8", "replace")
        if len(chunk) + len(piece) > 39:
            words.append(chunk)
            chunk = b""
        chunk += piece
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words)


def _part(subtype: bytes, content: str) -> bytes:
    """Quoted-printable where most of it stays readable so, else base64."""
    data = "\r\n".join(re.split(r"\r\n|\r|\n", content.rstrip("\r\n"))).encode("utf-8", "replace") + b"\r\n"
    if (len(data) - len(content)) * 4 > len(data):  # three bytes a letter, as in Greek or Chinese
        encoding, body = b"base64", _base64(data)
    else:
        encoding, body = b"quoted-printable", binascii.b2a_qp(data)
    kind = b"\r\nContent-Type: text/" + subtype + b"; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding
    return b"\r\n--" + _BOUNDARY + kind + b"\r\n\r\n" + body


def _base64(data: bytes) -> bytes:
    pieces = (data[at : at + 57] for at in range(0, len(data), 57))
    return b"\r\n".join(binascii.b2a_base64(piece, newline=False) for piece in pieces)
