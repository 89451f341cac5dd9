"""Signs by which mail programs mark what they quote, forward and add, in the languages of `data/quotes.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

_DATE = re.compile(r"\d{1,2}[:.]\d{2}|\b\d{4}\b|\d{1,2}[./-]\s?\d{1,2}[./-]|年")
_TIME = re.compile(r"\d{1,2}[:.h]\s?\d{2}")
_LABEL = re.compile(r"[\s*_>|]{0,8}([^\W\d_][^\n:：*]{0,28}?)\s?[*_]?\s?[:：]\s?(.*)", re.DOTALL)
_RULE = re.compile(r"[-_=*\u2010-\u2015]{2,}")
_SUBJECT = re.compile(r"\s*([^\W\d_]{1,12})\s?(?:\[\d{1,3}\])?\s?[:：]")

_SEPARATORS: tuple[Literal["forward", "original"], ...] = ("forward", "original")

MAX_BLOCK = 9
"""Lines looked at for a header block."""


@cache
def _data() -> dict[str, Any]:
    with (Path(__file__).parent / "data" / "quotes.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _words(*keys: str) -> tuple[str, ...]:
    found: Any = _data()
    for key in keys:
        found = found[key]
    return tuple(found)


@cache
def _word_set(kind: str) -> frozenset[str]:
    return frozenset(_words("marks", kind))


@cache
def _labels() -> dict[str, frozenset[str]]:
    """Label to the roles it can play in a header block."""
    roles: dict[str, set[str]] = {}
    for role, words in _data()["header"].items():
        for word in words:
            roles.setdefault(word, set()).add(role)
    return {word: frozenset(all_roles) for word, all_roles in roles.items()}


def _lower(text: str) -> str:
    """Lower case, with the Turkish capital İ as a plain i."""
    return text.lower().replace("i\u0307", "i")


def is_quoted(line: str) -> bool:
    """Whether the line carries the mark of quoted text."""
    return line.lstrip(" \t")[:1] in (">", "＞")


def introduction_start(parts: list[str], *, strict: bool) -> int | None:
    """At which of these lines, the last of which ends with a colon, the introduction of a quoted mail begins; or None.

    The lines above it are the writer's. `strict` where no ">" lines follow and only words tell: an opening word or an
    address, a verb of writing, a date, and a time or an address. Otherwise the last line may do with one of these.
    """
    for start in range(len(parts) - 1, -1, -1):
        joined = " ".join(parts[start:])
        lower = _lower(joined)
        if _DATE.search(joined) and _says_who_wrote(joined, lower, strict=strict):
            return start - 1 if start and _opens(parts[start - 1]) else start
    last = parts[-1]
    if strict or not ("@" in last or _DATE.search(last) or any(verb in _lower(last) for verb in _words("wrote"))):
        return None
    return len(parts) - 1


def _says_who_wrote(joined: str, lower: str, *, strict: bool) -> bool:
    has_address = "@" in joined
    if not strict:
        return has_address or any(verb in lower for verb in _words("wrote"))
    if not has_address and not (_TIME.search(joined) and lower.lstrip("*_ ").startswith(_words("opening"))):
        return False
    return any(verb in lower for verb in _words("wrote"))


def _opens(line: str) -> bool:
    """Whether an introduction seems to have begun on this line already."""
    has_digit = any(character.isdigit() for character in line[:80])
    return has_digit and line[-1:] not in ".!?" and _lower(line[:40]).startswith(_words("opening"))


def separator(line: str) -> Literal["", "original", "forward"]:
    """What a line like "-----Original Message-----" or "Begin forwarded message:" announces."""
    words = line.strip()
    if not 6 < len(words) < 120:
        return ""
    bare = _lower(words.strip("-_=*<>:： \u2010\u2011\u2012\u2013\u2014\u2015"))
    marked = words[0] in "-_=*\u2010\u2011\u2012\u2013\u2014\u2015" or words.endswith((":", "："))
    for kind in _SEPARATORS:
        marks = _words("marks", kind)
        if bare in _word_set(kind) or (marked and bare.startswith(marks) and len(bare) < 80):
            return kind
    return ""


def header_block_length(lines: list[str], start: int) -> int:
    """Lines of the "From: … Sent: … To: … Subject: …" that a mail program put at `start`, or below a ruler there; or 0.

    People put such lines above formal letters too; a program's block also holds an address or a time of day.
    """
    place = start
    if place < len(lines) and _RULE.fullmatch(lines[place].strip()):
        place = next((at for at in range(place + 1, min(place + 3, len(lines))) if lines[at].strip()), len(lines))
    if place >= len(lines) or not _roles(lines[place]) & {"from", "sent"}:
        return 0
    roles: set[str] = set()
    proof = False
    end = place
    for at in range(place, min(place + MAX_BLOCK, len(lines))):
        found = _roles(lines[at])
        if not found and (at - end > 1 or len(roles) > 2):
            break
        if found:
            end = at
            roles.add(min(found - roles, default=""))
            proof = proof or "@" in lines[at][:400] or bool("sent" in found and _TIME.search(lines[at][:200]))
    is_block = proof and "from" in roles and len(roles & {"sent", "to", "subject"}) >= 2
    return end + 1 - start if is_block else 0


def label_lines(lines: list[str], start: int) -> int:
    """Lines from `start` that bear any label of such a block, at most `MAX_BLOCK`."""
    count = 0
    while count < MAX_BLOCK and start + count < len(lines) and _roles(lines[start + count]):
        count += 1
    return count


def _roles(line: str) -> frozenset[str]:
    match = _LABEL.match(line[:200])
    return _labels().get(_lower(match[1].strip()), frozenset()) if match else frozenset()


def subject_kind(subject: str) -> Literal["", "reply", "forward"]:
    """What the prefix of a subject says."""
    match = _SUBJECT.match(subject)
    prefix = _lower(match[1]) if match else ""
    if prefix in _words("marks", "reply_subject"):
        return "reply"
    return "forward" if prefix in _words("marks", "forward_subject") else ""


def is_signature_line(line: str) -> bool:
    """The line of RFC 3676 section 4.3, also without its space, and with the dashes that programs make of it."""
    return line.rstrip() in ("--", "—", "- --", "-- -")


def is_program_line(words: str) -> bool:
    """Whether a mail program added this line about itself."""
    if len(words) > 160 or "," in words:
        return False
    lower = _lower(words).lstrip("*_ ")
    if any(line in lower for line in _words("ends", "lines")):
        return True
    return lower.startswith(_words("ends", "sent_from")) and any(
        device in lower for device in _words("ends", "devices")
    )


def is_small_print(words: str) -> bool:
    """Whether a paragraph that begins with this line is a disclaimer or the footer of a newsletter."""
    lower = _lower(words[:200]).lstrip("*_-–•[( ")
    return lower.startswith((*_words("ends", "disclaimer"), *_words("ends", "footer")))
