"""The parts of a mail (RFC 2045, 5322): a splitter of our own whose work is linear and capped before it begins.

The standard library's parser is quadratic in parts and parameters and recurses by depth; this one asks its caps first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NewType

from intents.transfer import transfer_decoded

MAX_BYTES = 25 * 1024 * 1024
MAX_HEADER_BLOCK = 256 * 1024
MAX_HEADER = 32 * 1024
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_ADDRESSES = 200
MAX_PARAMETERS = 60

RawHeader = NewType("RawHeader", tuple[str, bytes])
"""Lower-case name, unfolded value."""

_NAME = re.compile(rb"([!-9;-~]{1,200})([ \t]*):")
_TYPE = re.compile(r"\s*\"?([\w!#$&^.+-]{1,80})/([\w!#$&^.+-]{1,80})")
_PARAMETER = re.compile(r"([\w!#$%&'*+.^`|~-]{1,80})[ \t]*=[ \t]*(\"(?:[^\"\\]|\\.)*\"|[^;]*)", re.DOTALL)
_LOST_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s-][^\n]{0,200}|-{1,60}[^\s-][^\n]{0,200})\n[A-Za-z-]{1,60}:")


class Unreadable(Exception):
    """This mail is not read, for a reason in words for staff; it is parked, never dropped."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Part:
    """One MIME part. `type` is lower-case "text/plain"; `body` is still encoded; `parts` is empty for leaves."""

    headers: list[RawHeader]
    body: bytes
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)
    head_defects: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    """Of the body."""
    typed: bool = False
    """Whether a Content-Type header stood there."""

    def first(self, name: str) -> bytes | None:
        """The value of the first header of that lower-case name."""
        return next((value for found, value in self.headers if found == name), None)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in reading order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))


def parse(raw: bytes) -> Part:
    """The tree of parts. Raises `Unreadable` where a cap is passed."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"the mail is larger than {MAX_BYTES // 1024 // 1024} MB")
    return _Reader().part(one_line_end(raw), depth=0, default_type="text/plain")


def one_line_end(raw: bytes) -> bytes:
    r"""The mail with "\n" line ends. A lone CR is a line end only where there is no LF at all."""
    if b"\r" not in raw:
        return raw
    if b"\n" not in raw:
        return raw.replace(b"\r", b"\n")
    return raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n") if b"\r\r\n" in raw else raw.replace(b"\r\n", b"\n")


class _Reader:
    """Counts the parts of one mail while it splits."""

    def __init__(self) -> None:
        self.count = 0

    def part(self, data: bytes, *, depth: int, default_type: str) -> Part:
        self.count += 1
        if self.count > MAX_PARTS:
            raise Unreadable(f"the mail has more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise Unreadable(f"the mail's parts are nested deeper than {MAX_DEPTH}")
        headers, start, defects = split_headers(data)
        part = Part(headers, data[start:], default_type, head_defects=defects)
        value = part.first("content-type")
        if value is not None:
            part.typed = True
            part.type, part.parameters = content_type(value)
        self._fill(part, depth)
        return part

    def _fill(self, part: Part, depth: int) -> None:
        if part.type.startswith("multipart/"):
            below = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            pieces = _pieces(part)
            if self.count + len(pieces) > MAX_PARTS:
                raise Unreadable(f"the mail has more than {MAX_PARTS} parts")
            part.parts = [self.part(piece, depth=depth + 1, default_type=below) for piece in pieces]
        elif part.type in ("message/rfc822", "message/global"):
            part.parts = [self.part(_unwrapped(part), depth=depth + 1, default_type="text/plain")]


def _unwrapped(part: Part) -> bytes:
    return transfer_decoded(part.body, part.first("content-transfer-encoding")).lstrip(b"\n")


def split_headers(data: bytes) -> tuple[list[RawHeader], int, list[str]]:
    """Header fields, the offset where the body starts, and what was wrong. Raises `Unreadable` over a cap."""
    start = data.index(b"\n") + 1 if data.startswith((b"From ", b">From ")) and b"\n" in data[:MAX_HEADER] else 0
    if data.startswith(b"\n", start):
        return [], start + 1, []
    if not _NAME.match(data, start):
        return [], start, []
    end = data.find(b"\n\n", start, start + MAX_HEADER_BLOCK + 2)
    if end < 0:
        if len(data) - start > MAX_HEADER_BLOCK:
            raise Unreadable(f"the header block is larger than {MAX_HEADER_BLOCK // 1024} KB")
        end = len(data)
    return _fields(data[start:end], start)


def _fields(block: bytes, offset: int) -> tuple[list[RawHeader], int, list[str]]:
    headers: list[RawHeader] = []
    defects: list[str] = []
    name, folded = "", [b""]
    body_start = offset + len(block) + 2
    for line in block.split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            folded.append(line)
        elif match := _NAME.match(line):
            _add(headers, name, folded)
            name = match[1].decode("ascii").lower()
            folded = [line[match.end() :]]
            if match[2]:
                defects.append(f"white space before the colon of header {name}")
        elif line.startswith((b"From ", b">From ")):
            defects.append("a mailbox separator stands among the headers")
        elif line.strip(b"\r"):
            defects.append("the header block ends without an empty line")
            body_start = offset
            break
        offset += len(line) + 1
    _add(headers, name, folded)
    return headers, body_start, defects


def _add(headers: list[RawHeader], name: str, folded: list[bytes]) -> None:
    if not name:
        return
    if sum(map(len, folded)) > MAX_HEADER:
        raise Unreadable(f"the header {name[:40]} is larger than {MAX_HEADER // 1024} KB")
    value = (
        folded[0].strip(b" \t\r") if len(folded) == 1 else b" ".join(line.strip(b" \t\r") for line in folded).strip()
    )
    headers.append(RawHeader((name, value)))


def content_type(value: bytes) -> tuple[str, dict[str, str]]:
    """Lower-case type (text/plain where there is none to be read) and parameters."""
    text = value.decode("utf-8", "replace")
    match = _TYPE.match(text)
    kind = f"{match[1]}/{match[2]}".lower() if match else "text/plain"
    return kind, parameters(text[match.end() :] if match else text)


def parameters(text: str) -> dict[str, str]:
    """The parameters of a structured header, by lower-case name; RFC 2231 pieces keep their names ("name*0*")."""
    found: dict[str, str] = {}
    for match in islice(_PARAMETER.finditer(text), MAX_PARAMETERS):
        value = match[2].strip()
        if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found.setdefault(match[1].lower(), value)
    return found


def _pieces(part: Part) -> list[bytes]:
    """The bytes between the boundary lines; with a lost or wrong boundary, those between lines that look like one."""
    named = part.parameters.get("boundary") or part.parameters.get("boundary*") or ""
    pieces = _split(part.body, named.encode("utf-8", "replace").rstrip()) if named else []
    if not pieces:
        guess = _LOST_BOUNDARY.search(part.body[:MAX_HEADER_BLOCK])
        pieces = _split(part.body, guess[1].rstrip()) if guess else []
        part.defects.append("the boundary of the parts is wrong or missing")
    return pieces


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    mark = b"\n--" + boundary
    pieces: list[bytes] = []
    start = -1
    at = -1 if body.startswith(mark[1:]) else body.find(mark)
    if at < 0 and not body.startswith(mark[1:]):
        return []
    while True:
        after = at + len(mark)
        line_end = body.find(b"\n", after)
        tail = body[after : line_end if line_end >= 0 else len(body)]
        is_end = tail.startswith(b"--")
        if is_end or not tail.strip():
            if start >= 0:
                pieces.append(body[start : max(at, start)])
                if len(pieces) > MAX_PARTS:
                    raise Unreadable(f"the mail has more than {MAX_PARTS} parts")
            start = -1 if is_end or line_end < 0 else line_end + 1
            if is_end:
                break
        at = body.find(mark, max(after - 1, 0))
        if at < 0:
            break
    if start >= 0:
        pieces.append(body[start:])
    return pieces
