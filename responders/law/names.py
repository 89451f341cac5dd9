"""The names by which laws and rights are called, ours and other people's."""

from functools import lru_cache

from intents.rights import Intent
from responders.law.load import laws
from responders.law.regime import FurtherRight, Law, Right

OTHER_NAMES: dict[str, Right] = {
    "know": Intent.ACCESS,
    "know-categories": Intent.ACCESS,
    "know-specific": Intent.ACCESS,
    "confirm": Intent.ACCESS,
    "confirmation": Intent.ACCESS,
    "third-party-list": Intent.ACCESS,
    "data-portability": Intent.PORTABILITY,
    "copy": Intent.PORTABILITY,
    "correct": Intent.RECTIFY,
    "rectification": Intent.RECTIFY,
    "delete": Intent.ERASE,
    "deletion": Intent.ERASE,
    "erasure": Intent.ERASE,
    "de-index": Intent.ERASE,
    "anonymise": Intent.ERASE,
    "limit": Intent.RESTRICT,
    "limit-sensitive": Intent.RESTRICT,
    "restriction": Intent.RESTRICT,
    "block": Intent.RESTRICT,
    "objection": Intent.OBJECT,
    "opt-out-profiling": Intent.OBJECT,
    "opt-out-admt": Intent.OBJECT,
    "automated-decision": Intent.OBJECT,
    "opt-out": Intent.OPTOUT_SALE,
    "opt-out-sale": Intent.OPTOUT_SALE,
    "opt-out-share": Intent.OPTOUT_SALE,
    "opt-out-sale-share": Intent.OPTOUT_SALE,
    "opt-out-targeted-ads": Intent.OPTOUT_SALE,
    "opt-out-targeted-advertising": Intent.OPTOUT_SALE,
    "do-not-sell": Intent.OPTOUT_SALE,
    "object-direct-marketing": FurtherRight.OBJECT_MARKETING,
    "direct-marketing": FurtherRight.OBJECT_MARKETING,
    "revoke": FurtherRight.WITHDRAW_CONSENT,
    "revoke-consent": FurtherRight.WITHDRAW_CONSENT,
    "consent-revocation": FurtherRight.WITHDRAW_CONSENT,
    "complaint-to-controller": FurtherRight.COMPLAINT,
    "breach": FurtherRight.BREACH_NOTICE,
}
ENDINGS: dict[str, Right] = {
    "-appeal": FurtherRight.APPEAL,
    "-revoke": FurtherRight.WITHDRAW_CONSENT,
    "-breach": FurtherRight.BREACH_NOTICE,
}
"""Some name the law together with what is asked: "CO-appeal"."""


def right_named(name: str) -> Right:
    """Ours, or another usual name, in any case. Raises ValueError, naming what is allowed."""
    key = _key(name)
    ours = _our_rights()
    if key in ours:
        return ours[key]
    if key in OTHER_NAMES:
        return OTHER_NAMES[key]
    raise ValueError(f"unknown right {name!r}; allowed: {', '.join([*ours, *OTHER_NAMES])}")


@lru_cache(maxsize=1024)
def law_named(name: str) -> Law:
    """By our name or another ("gdpr", "GDPR", "UK-GDPR", "VA", "CO-appeal"). Raises ValueError, naming what is
    allowed."""
    key = _key(name)
    table = _law_names()
    for candidate in (key, *(key.removesuffix(ending) for ending in ENDINGS if key.endswith(ending))):
        if candidate in table:
            return laws()[table[candidate]]
    raise ValueError(f"unknown law {name!r}; allowed: {', '.join(sorted(laws()))}")


def _key(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


@lru_cache(maxsize=1)
def _our_rights() -> dict[str, Right]:
    every: tuple[Right, ...] = (*Intent, *FurtherRight)
    return {_key(right.value): right for right in every if right not in (Intent.QUESTION, Intent.OTHER)}


@lru_cache(maxsize=1)
def _law_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for law in laws().values():
        for name in (law.name, *law.also):
            if names.setdefault(_key(name), law.name) != law.name:
                raise ValueError(f"two laws are called {name!r}: {names[_key(name)]} and {law.name}")
    return names
