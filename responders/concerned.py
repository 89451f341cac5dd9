"""Whose address a letter is about, and which change of a mail address it asks for. All of it claims. Pure."""

import re
from dataclasses import dataclass

from intents.letter import Letter
from intents.reading import Reading
from intents.rights import Intent
from intents.sender import one_address
from responders.house import House

_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_TO = re.compile(
    r"(?:\b(?:to|into|zu|auf|in|à|en|a|naar|para|por|na|by|nun|now|instead|is|ist|est|es|è)[\s:]+"
    r"|\b(?:new|neue\w*|nouvel\w*|nuev\w*|nuov\w*|nieuwe?|nov[oa]\w*|now[yaeą]\w*)\b[^@\n.;]{0,40})$",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"(?:\b(?:from|von|de|da|van|z|instead\s+of|statt)[\s:]+"
    r"|\b(?:old|former|previous|alte\w*|früher\w*|bisherig\w*|ancien\w*|antigu\w*|vecchi\w*|oude?|antig\w*|star[yae]\w*)\b[^@\n.;]{0,40})$",
    re.IGNORECASE,
)
_BEFORE = 60
"""Characters before an address that say whether it is the old or the new one."""


@dataclass(frozen=True, slots=True)
class Concern:
    """`address` is the one a letter is about if that is not the sender's own, else None; its domain in lower case.

    `new_address` is what a correction of the mail address would make of it.
    """

    address: str | None = None
    new_address: str | None = None


def concern(letter: Letter, reading: Reading, house: House) -> Concern:
    """What a letter says of addresses. Those of our own domains are nobody's; another one beside the sender's own is
    enough to be about somebody else. Letter case makes nobody else of the sender: answers go to where they wrote from.
    """
    sender = letter.sender.address
    claimed = one_address(reading.fields.email or "")
    named = [
        a
        for a in dict.fromkeys([*filter(None, [claimed]), *addresses_in(reading.text)])
        if a.rpartition("@")[2] not in house.own_domains
    ]
    if Intent.RECTIFY in reading.intents and reading.fields.field == "email" and named:
        return changed(reading.text, named, sender)
    return Concern(next((a for a in named if not alike(a, sender)), None))


def changed(text: str, named: list[str], sender: str | None) -> Concern:
    """Which address is the old one and which the new: the old one is who the letter is about."""
    others = [a for a in named if not alike(a, sender)]
    if not others:
        return Concern()
    new = [a for a in named if _marked(_TO, text, a) and not _marked(_OLD, text, a)]
    old = [a for a in named if a not in new]
    if len(others) == 1:
        other = others[0]
        if other in new:
            return Concern(None, other)
        return Concern(other, sender)
    fresh = new[0] if new else named[1]
    was = next((a for a in old if a != fresh), named[0])
    return Concern(None if alike(was, sender) else was, fresh)


def _marked(pattern: re.Pattern[str], text: str, address: str) -> bool:
    place = text.casefold().find(address.casefold())
    return place >= 0 and bool(pattern.search(text[max(0, place - _BEFORE) : place].rstrip("<(\"'")))


def addresses_in(text: str) -> list[str]:
    """Plain mail addresses in the order in which they stand, each once, domains in lower case."""
    if "@" not in text:  # as in most letters, each of which is asked several times
        return []
    found = (one_address(match.rstrip(".-")) for match in _ADDRESS.findall(text))
    return list(dict.fromkeys(address for address in found if address))


def canonical(address: str) -> str:
    """An address as it is compared: the domain in lower case, the local part untouched (RFC 5321 section 2.4)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two addresses are one mailbox for certain."""
    return one is not None and other is not None and canonical(one) == canonical(other)


def alike(one: str, other: str | None) -> bool:
    """Whether two addresses differ in letter case at most."""
    return other is not None and one.casefold() == other.casefold()
