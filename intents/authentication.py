"""What the company's own mail server said of the sender's domain (RFC 8601). A hint, never identity.

A header counts only if its authserv-id is exactly the configured one and it stands above the trace line of that server:
all that stands below may have been written by the sender.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intents.charsets import decode
from intents.letter import AuthResult
from intents.mime import RawHeader

_RESULT = re.compile(r"([a-z0-9_.-]{1,40})\s*=\s*([a-z0-9_-]{1,40})")
_PROPERTY = re.compile(r"\b(header|smtp)\s*\.\s*([a-z0-9_-]{1,40})\s*=\s*(\"[^\"]{0,320}\"|[^\s;]{1,320})")
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]{1,255})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result, and the domains of From (lower case) that our server says it evaluated."""

    result: AuthResult = AuthResult.NONE
    evaluated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Statement:
    methods: tuple[tuple[str, str], ...]
    evaluated: tuple[str, ...]

    def results(self, method: str) -> tuple[str, ...]:
        return tuple(result for name, result in self.methods if name == method)


def read_authentication(headers: Sequence[RawHeader], authserv_id: str | None, domain: str | None) -> Verdict:
    """Judge the trusted statement about `domain`, the lower-case domain of From (None where From is not readable).

    More than one header with our id anywhere can never pass: somebody else wrote one of them. It still fails where a
    trusted one fails, so that a forged copy buys nothing.
    """
    if not authserv_id:
        return Verdict()
    own = authserv_id.strip().lower()
    border = _own_trace(headers, own)
    trusted: list[_Statement] = []
    claims = 0
    for place, (name, value) in enumerate(headers):
        if name != "authentication-results":
            continue
        text = decode(value).lower()
        claims += own in text.partition(";")[0]
        statement = _statement(text, own)
        if statement and place < border:
            trusted.append(statement)
    evaluated = tuple(dict.fromkeys(each for statement in trusted for each in statement.evaluated))
    if any(_fails(statement) for statement in trusted):
        return Verdict(AuthResult.FAIL, evaluated)
    passed = claims == 1 and len(trusted) == 1 and domain is not None and _passes(trusted[0], domain)
    return Verdict(AuthResult.PASS if passed else AuthResult.NONE, evaluated)


def _own_trace(headers: Sequence[RawHeader], own: str) -> int:
    """The place of the first Received header that our server wrote; of the first at all where none names it."""
    traces = [(place, value) for place, (name, value) in enumerate(headers) if name == "received"]
    for place, value in traces:
        by = _BY.search(decode(value[:2_000]))
        if by and by[1].lower().rstrip(".") == own:
            return place
    return traces[0][0] if traces else len(headers)


def _statement(text: str, own: str) -> _Statement | None:
    """What one header (lower case) says, if it is exactly ours and every comment is closed."""
    bare = _without_comments(text)
    if bare is None:
        return None
    identity, *entries = bare.split(";")
    if identity.strip() != own:
        return None
    methods: list[tuple[str, str]] = []
    evaluated: list[str] = []
    for entry in entries:
        if match := _RESULT.match(entry.strip()):
            methods.append((match[1], match[2]))
            if match[1] == "dmarc":
                evaluated += [
                    found[3].strip('"').rpartition("@")[2].rstrip(".")
                    for found in _PROPERTY.finditer(entry)
                    if (found[1], found[2]) == ("header", "from")
                ]
    return _Statement(tuple(methods), tuple(evaluated))


def _without_comments(text: str) -> str | None:
    """The header without (nested) comments; None where a bracket is not closed or a quotation could hide a result."""
    kept: list[str] = []
    depth = 0
    for bit in re.split(r"([()])", text):
        if bit == "(":
            depth += 1
        elif bit == ")":
            depth -= 1
            if depth < 0:
                return None
        elif depth == 0:
            kept.append(bit)
        elif "\\" in bit:
            return None
    bare = " ".join(kept)
    quoted = bare.split('"')[1::2]
    hides = any(sign in words for words in quoted for sign in ("; =\t"))
    return None if depth or "\\" in bare or bare.count('"') % 2 or hides else bare


def _passes(statement: _Statement, domain: str) -> bool:
    return statement.results("dmarc") == ("pass",) and statement.evaluated == (domain,)


def _fails(statement: _Statement) -> bool:
    """DMARC failed; or, with no DMARC result, SPF failed hard and no signature held."""
    if set(statement.results("dmarc")) & {"fail", "permerror"}:
        return True
    no_policy = set(statement.results("dmarc")) <= {"none"}
    return no_policy and "fail" in statement.results("spf") and "pass" not in statement.results("dkim")
