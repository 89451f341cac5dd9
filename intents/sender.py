"""Who may be believed to have written: a strict reader of one From header (RFC 5322 section 3.4, no old forms).

This is a security boundary. Where readers of mail could differ on whose address it is, there is no address.
"""

import re
from collections.abc import Sequence

from intents.authentication import read_authentication
from intents.charsets import clean_line, decode
from intents.headers import decode_words
from intents.letter import Sender
from intents.mime import RawHeader

MAX_ADDRESS = 254
"""Characters of a whole address (RFC 5321 section 4.5.3.1.3, less its brackets)."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")
_WORDS = re.compile(
    r"""(?: [ \t]                                                               # white space, one at a time
      | "(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*"      # quoted string
      | \([^()<>@"\\\x00-\x08\x0a-\x1f\x7f]*\)                               # plain comment
      | [^ \t"(),:;<>@\[\]\\\x00-\x1f\x7f]                                   # atoms, and dots as people write them
    )*""",
    re.VERBOSE,
)
_COMMENT_AFTER = re.compile(r"[ \t]*(?:\(([^()<>@\"\\\x00-\x08\x0a-\x1f\x7f]*)\))?[ \t]*")
_NAME_AS_ADDRESS = re.compile(r"[^\s@<>\"'(),;:\[\]]{1,64}@[^\s@<>\"'(),;:\[\]]{1,255}")


class _NotUsable(ValueError):
    """Why the header names nobody, in words for staff."""


def read_sender(headers: Sequence[RawHeader], authserv_id: str | None, *, header_defects: Sequence[str] = ()) -> Sender:
    """The sender that the From header names, with what the company's own server (`authserv_id`) said of the domain."""
    froms = [value for name, value in headers if name == "from"]
    text = decode(froms[0]).strip() if froms else ""
    try:
        _whole(froms, header_defects)
        address, name = _mailbox(text)
    except _NotUsable as reason:
        verdict = read_authentication(headers, authserv_id, None)
        return Sender(address=None, display_name=_shown(text), defect=str(reason), auth=verdict.result)
    domain = address.rpartition("@")[2]
    verdict = read_authentication(headers, authserv_id, domain)
    if any(evaluated != domain for evaluated in verdict.evaluated):
        other = "our own mail server judged another domain than the one in From"
        return Sender(address=None, display_name=name, defect=other, auth=verdict.result)
    return Sender(address=address, display_name=name, auth=verdict.result)


def _whole(froms: Sequence[bytes], header_defects: Sequence[str]) -> None:
    if len(froms) != 1:
        raise _NotUsable("there is more than one From header" if froms else "there is no From header")
    if header_defects:
        raise _NotUsable(header_defects[0])


def one_address(text: str) -> str | None:
    """The address, domain in lower case, if `text` is one plain address and nothing else; else None."""
    match = _MAILBOX.fullmatch(text)
    return f"{match[1]}@{match[2].lower()}" if match and len(text) <= MAX_ADDRESS else None


def _mailbox(text: str) -> tuple[str, str]:
    """The address and the name beside it. Raises `_NotUsable`."""
    if text.endswith(">"):
        name, bracket, inside = text[:-1].rpartition("<")
        if not bracket or not _WORDS.fullmatch(name):
            raise _NotUsable("the name in From is not in a form that all readers of mail read alike")
    else:
        match = _MAILBOX.match(text)
        after = _COMMENT_AFTER.fullmatch(text, match.end()) if match else None
        if match is None or after is None:
            raise _NotUsable("From does not hold exactly one plain address")
        name, inside = after[1] or "", match[0]
    address = one_address(inside)
    if address is None:
        raise _NotUsable("the address in From is not a plain ASCII address of at most 254 characters")
    shown = _shown(name)
    if any(claimed.lower().strip(".") != address.lower() for claimed in _NAME_AS_ADDRESS.findall(shown)):
        raise _NotUsable("the name in From shows another address than the mail comes from")
    return address, shown


def _shown(phrase: str) -> str:
    words = phrase.strip()
    if words.startswith('"') and words.endswith('"') and words.count('"') == 2:
        words = re.sub(r"\\(.)", r"\1", words[1:-1])
    elif words.startswith("(") and words.endswith(")"):
        words = words[1:-1]
    return clean_line(decode_words(words))[:200]
