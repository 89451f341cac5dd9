"""Header values as text: encoded words (RFC 2047), names of files (RFC 2231), Message-IDs, dates, lists of addresses.

Each function takes raw bytes, is linear, and gives an empty answer where there is nothing to be read; none raises but
`addresses`, over its cap.
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from intents.charsets import clean_line, decode
from intents.mime import MAX_ADDRESSES, Unreadable

_WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>\s]{1,998})>")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,255}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
MAX_REFERENCES = 100
MAX_FILE_NAME = 255
"""Bytes of UTF-8."""


def text_of(value: bytes | None) -> str:
    """An unstructured header on one clean line, encoded words decoded."""
    if not value:
        return ""
    return clean_line(decode_words(decode(value)))


def decode_words(text: str) -> str:
    """Encoded words decoded; neighbours of one charset are joined before decoding, as senders cut inside characters."""
    if "=?" not in text:
        return text
    out: list[str] = []
    charset, pending, end = "", b"", 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        same_run = bool(end) and not between.strip()
        if not same_run or match[1].lower() != charset:
            out.append(decode(pending, charset) if pending else "")
            out.append("" if same_run else between)
            charset, pending = match[1].lower(), b""
        pending += _word_bytes(match[2], match[3])
        end = match.end()
    out.append(decode(pending, charset) if pending else "")
    out.append(text[end:])
    return "".join(out)


def _word_bytes(kind: str, coded: str) -> bytes:
    data = coded.encode("ascii", "ignore")
    if kind in "qQ":
        return binascii.a2b_qp(data.replace(b"_", b" "), header=False)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def message_ids(value: bytes | None) -> tuple[str, ...]:
    """The Message-IDs of the header with their brackets, at most the first 10 and the last 90."""
    if not value:
        return ()
    text = clean_line(decode(value))
    found = [match[0] for match in _ID.finditer(text)]
    if not found and text and " " not in text and len(text) < 998 and "@" in text:
        found = [f"<{text.strip('<>')}>"]
    return tuple(found[:10] + found[-90:] if len(found) > MAX_REFERENCES else found)


def date_of(value: bytes | None) -> datetime | None:
    """The moment of a Date header, aware (UTC where no zone is given), or None."""
    if not value or len(value) > 200:
        return None
    try:
        moment = parsedate_to_datetime(clean_line(decode(value)))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if moment.astimezone(UTC).year > 1900 else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def addresses(values: Iterable[bytes]) -> tuple[str, ...]:
    """Every address of these headers, read leniently, domain in lower case; for looking up, never for trust.

    Raises `Unreadable` for more than 200.
    """
    found: dict[str, None] = {}
    for value in values:
        if value.count(b"@") > MAX_ADDRESSES * 4:
            raise Unreadable(f"the mail names more than {MAX_ADDRESSES} addresses")
        for mailbox in _mailboxes(clean_line(decode(value))):
            local, _, domain = mailbox.rpartition("@")
            found[f"{local}@{domain.lower()}"] = None
            if len(found) > MAX_ADDRESSES:
                raise Unreadable(f"the mail names more than {MAX_ADDRESSES} addresses")
    return tuple(found)


def _mailboxes(text: str) -> Iterator[str]:
    for piece in _between_commas(text):
        bracket = piece.rpartition("<")[2] if "<" in piece else piece
        if match := _ADDRESS.search(bracket):
            yield match[0]


def _between_commas(text: str) -> Iterator[str]:
    """Cut at commas and semicolons, not within quotation marks."""
    if '"' not in text:
        yield from text.replace(";", ",").split(",")
        return
    outside = True
    piece = ""
    for bit in text.split('"'):
        if outside:
            *whole, last = bit.replace(";", ",").split(",")
            for item in whole:
                yield piece + item
                piece = ""
            piece += last
        outside = not outside
    yield piece


def file_name(parameters: dict[str, str]) -> str:
    """The name a sender gave a file (RFC 2231 and 2047, "filename" before "name"), made safe to show; "" if none.

    For the eye only: never a path. Folders, device names, control characters and marks that turn the line are gone.
    """
    for key in ("filename", "name"):
        name = _assembled(parameters, key)
        if name:
            return _shown_name(decode_words(name))
    return ""


def _assembled(parameters: dict[str, str], key: str) -> str:
    if key in parameters:
        return parameters[key]
    whole = parameters.get(f"{key}*")
    pieces = [whole] if whole is not None else []
    encoded = whole is not None
    for number in range(20):
        piece = parameters.get(f"{key}*{number}*", parameters.get(f"{key}*{number}"))
        if piece is None:
            break
        encoded = encoded or f"{key}*{number}*" in parameters
        pieces.append(piece)
    text = "".join(pieces)
    if not encoded:
        return text
    charset, _, rest = text.partition("'")
    coded = rest.partition("'")[2] if "'" in rest else text
    return decode(unquote_to_bytes(coded), charset if "'" in rest else None)


def _shown_name(name: str) -> str:
    name = clean_line(name).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = name.rpartition(":")[2].strip(" .") if name.strip(" .") else ""
    if _DEVICES.match(name):
        name = f"_{name}"
    return name.encode("utf-8")[:MAX_FILE_NAME].decode("utf-8", "ignore")
