"""What counts as a reason that a person can be given (LAW.md section 4.7; 11 CCR 7022(b)(3))."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from responders.letters.files import ROOT


@cache
def _rules() -> Mapping[str, Any]:
    rules: dict[str, Any] = tomllib.loads((ROOT / "checklist.toml").read_text(encoding="utf-8"))["reasons"]
    return rules


def why_no_reason(text: str) -> str | None:
    """What is wrong with a reason for an extension or a refusal, as a sentence for staff; None where it will do.

    Too short is under 20 characters. A reason that is nothing but an empty phrase ("high volume of requests, staff on
    holiday") is refused however long; one that says more than that is left to the staff who wrote it.
    """
    plain = " ".join(text.split())
    if len(plain) < _rules()["at_least"]:
        return f"A reason needs at least {_rules()['at_least']} characters: what is it in this case?"
    rest = plain.lower()
    for phrase in sorted(_rules()["empty"], key=len, reverse=True):
        rest = rest.replace(phrase, " ")
    if rest != plain.lower() and len(re.findall(r"\w{4,}", rest)) < 6:
        return "That is no reason the law knows: say what makes this request complex, or which of several it is."
    return None
