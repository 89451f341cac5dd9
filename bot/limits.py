"""How many automatic letters may go out: by count, since headers lie (RFC 3834; threats T22, T23)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from intents.rights import Intent
from storage.models import OutboxRow

AUTOMATIC = frozenset(
    {
        "case.acknowledged",
        "case.cancel_asked",
        "case.code",
        "case.code_wrong",
        "case.elsewhere",
        "case.status",
        "case.withdrawn",
        "case.not_me",
        "question.received",
        "question.answered",
        "unsubscribe.done",
        "optout_sale.done",
        "object.marketing_done",
        *(f"{right}.acknowledged" for right in Intent),
    }
)
"""Letters that a robot could draw out of us again and again. A letter after a right code is none of them."""
ALARM = "limit:"
HOUSE_ALARM = f"{ALARM}hour"
"""Names of the notes in which staff are told of a limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Automatic letters to one address and of one ticket in 24 hours, and to anyone within an hour."""

    per_sender: int = 3
    per_ticket: int = 5
    per_hour: int = 60


@dataclass
class Room:
    """What room the limits leave in one unit of work: counted once, then kept up as letters are written.

    `alarmed` names the limits that staff were told about within a day (the house's own within an hour): one alarm a
    limit, however many letters run into it.
    """

    limits: Limits
    senders: Counter[str] = field(default_factory=Counter)
    tickets: Counter[int] = field(default_factory=Counter)
    hour: int = 0
    alarmed: set[str] = field(default_factory=set)

    @classmethod
    async def count(
        cls,
        connection: BaseDBAsyncClient,
        limits: Limits,
        now: datetime,
        *,
        hashes: Iterable[str],
        tickets: Iterable[int],
        brand: Mapping[str, str] | None = None,
    ) -> "Room":
        """Count what went to these addresses and out of these tickets; `brand` narrows it down (`Keeper.mine`)."""
        day, last_hour = now - timedelta(days=1), now - timedelta(hours=1)
        mails = OutboxRow.filter(kind="mail", name__in=list(AUTOMATIC)).using_db(connection)
        today = mails.filter(created_at__gt=day)
        senders = await today.filter(recipient_hash__in=list(hashes)).values_list("recipient_hash", flat=True)
        own = await today.filter(ticket__in=list(tickets)).values_list("ticket", flat=True)
        hour = await mails.filter(created_at__gt=last_hour, **brand or {}).count()
        room = cls(limits, Counter(str(s) for s in senders), Counter(int(str(t)) for t in own), hour)
        told = OutboxRow.filter(kind="tell", name__startswith=ALARM, created_at__gt=day, **brand or {})
        names = await told.using_db(connection).values_list("name", "created_at")
        room.alarmed = {str(name) for name, at in names if name != HOUSE_ALARM or at > last_hour}
        return room

    def alarm(self, key: str) -> bool:
        """Whether staff are to be told of this limit now; not a second time."""
        fresh = key not in self.alarmed
        self.alarmed.add(key)
        return fresh

    def refusal(self, name: str, recipient_hash: str, ticket: int) -> tuple[str, str] | None:
        """Which limit lets no further automatic letter out, and in words for staff; None while there is room."""
        if name not in AUTOMATIC:
            return None
        limits = self.limits
        if self.senders[recipient_hash] >= limits.per_sender:
            words = f"No “{name}” went out: this address got {limits.per_sender} automatic letters today."
            return f"{ALARM}{recipient_hash[:16]}", words
        if self.tickets[ticket] >= limits.per_ticket:
            words = f"No “{name}” went out: this ticket sent {limits.per_ticket} automatic letters today."
            return f"{ALARM}#{ticket}", words
        if self.hour >= limits.per_hour:
            words = f"No “{name}” went out: {limits.per_hour} automatic letters within an hour. Is this a storm?"
            return HOUSE_ALARM, words
        return None

    def taken(self, name: str, recipient_hash: str, ticket: int) -> None:
        """One automatic letter more."""
        if name in AUTOMATIC:
            self.senders[recipient_hash] += 1
            self.tickets[ticket] += 1
            self.hour += 1
