"""What a reply inside a running case says: its code, cancel, status, not me, details, thanks."""

import re
from collections.abc import Sequence

from intents.rights import CaseReply
from intents.sentences import Sentence

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Letters of our own codes: no I, L, O, U, 0 and 1, which people mix up."""
CODE_LENGTH = 12
_SHORT = 40
"""Words; a longer letter is more than a reply of one kind."""

_OWN_CODE = re.compile(r"(?<![\w@.])(?:[A-HJKMNP-TV-Z2-9][ \t\-–—_.·]{0,3}){11}[A-HJKMNP-TV-Z2-9](?![\w@])", re.I)
_DIGITS = re.compile(r"(?<![\w+@.,/:#-])(?:\d[ \-–.]{0,2}){5,11}\d(?![\w@/:]|[.,-]\d)")
_DIGIT_WORDS = frozenset(
    ["code", "kod", "kód", "kodi", "koden", "pin", "codice", "codigo", "código", "κωδικος", "otp", "passcode", "token", "cod", "šifra"]
)


def code_in(text: str) -> str | None:
    """The code typed in `text` in its plain form (upper case, no blanks): twelve code letters, or 6 to 12 digits."""
    for match in _OWN_CODE.finditer(text):
        plain = "".join(letter for letter in match.group().upper() if letter.isalnum())
        if len(plain) == CODE_LENGTH and _looks_like_code(match.group(), plain):
            return plain
    for match in _DIGITS.finditer(text):
        plain = "".join(digit for digit in match.group() if digit.isdigit())
        if 6 <= len(plain) <= 12 and _is_digit_code(text, match):
            return plain
    return None


def _looks_like_code(typed: str, plain: str) -> bool:
    """Words are no code: it has a digit, or is written in capitals or in groups of four."""
    groups = re.split(r"[^A-Za-z0-9]+", typed.strip())
    if any(letter.isdigit() for letter in plain):
        return True
    return all(len(group) == 4 for group in groups) and len(groups) == 3 and typed == typed.upper()


def _is_digit_code(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 60) : match.start()].casefold()
    words = set(re.findall(r"\w+", around)) | set(re.findall(r"\w+", text[match.end() : match.end() + 25].casefold()))
    alone = len(re.findall(r"[^\W\d_]+", text)) <= 6
    return bool(words & _DIGIT_WORDS) or alone


def case_reply(text: str, sentences: Sequence[Sentence], *, asks_right: bool) -> CaseReply | None:
    """The kind of reply, or None. `asks_right` says that a right was found, which outranks the weak kinds."""
    words = sum(len(sentence.words) for sentence in sentences)
    ideas = frozenset(idea for sentence in sentences for idea in sentence.ideas)
    if words <= 4 * _SHORT and code_in(text):
        return CaseReply.CODE
    if words > 3 * _SHORT:
        return None
    if "reply_not_me" in ideas and words <= 2 * _SHORT:
        return CaseReply.NOT_ME
    if "reply_cancel" in ideas and words <= 2 * _SHORT:
        return CaseReply.CANCEL
    if "reply_status" in ideas:
        return CaseReply.STATUS
    if words > _SHORT or asks_right:
        return None
    if "reply_details" in ideas:
        return CaseReply.DETAILS
    return CaseReply.THANKS if "reply_thanks" in ideas and words <= 15 else None
