"""How surely a person must be known for a right under a law, and what is owed to one who could not be known."""

from collections.abc import Iterable

from intents.rights import Intent
from responders.law.names import law_named
from responders.law.regime import FurtherRight, IdentityRule, Level, Right, Unverified

NEVER_CHECKED: tuple[Right, ...] = (
    Intent.UNSUBSCRIBE,
    Intent.OPTOUT_SALE,
    FurtherRight.OBJECT_MARKETING,
    FurtherRight.WITHDRAW_CONSENT,
)
"""16 CFR 316.5, 11 CCR 7060(b), GDPR art. 21(3): ten American states exempt opt-outs by text, we exempt all."""


def identity_rule(regime: str, right: Right) -> IdentityRule | None:
    """The row with its source and note for staff, or None where the law says nothing of its own."""
    return next((row for row in law_named(regime).identity if right in row.rights), None)


def identity_level(regime: str, right: Right, *, account: bool = False) -> Level:
    """The level needed. `account`: the mailbox is the log-in channel of the person's own account. A law that is
    silent asks for the mailbox; what must never be checked needs none, whatever a file says."""
    if right in NEVER_CHECKED:
        return Level.NONE
    row = identity_rule(regime, right)
    if row is None:
        return Level.MAILBOX
    return row.account if account else row.level


def highest_level(regimes: Iterable[str], right: Right, *, account: bool = False) -> Level:
    """Of several laws that apply the one that asks most; no law at all asks for the mailbox."""
    levels = [identity_level(regime, right, account=account) for regime in regimes]
    return max(levels, default=Level.NONE if right in NEVER_CHECKED else Level.MAILBOX)


def on_unverified(regime: str, right: Right) -> Unverified | None:
    """What to do when identity could not be confirmed: "unverified" is not "closed". None for what needs no check."""
    if right in NEVER_CHECKED:
        return None
    return next((row for row in law_named(regime).unverified if right in row.rights), None)
