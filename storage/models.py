"""The tables. Short key columns are CharField; everything of open length is TextField, so that lengths never change.

What is personal stands in `sealed`, `mail` and `payload` only, encrypted; look-ups go by keyed hash. Times are UTC.
`brand` is the name of the brand that a row belongs to, "" of the only one.
"""

import tortoise.models
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


def no_comments(cls: type[Model]) -> dict[str, str]:
    """We write no `#:` comments. tortoise-orm 1.1.9 looks for them by parsing this whole file once for each model: half
    of the time that the bot took to start."""
    return {}


tortoise.models._get_comments = no_comments


class TicketRow(Model):
    """One ticket. state is its JSON without the person, who is in sealed; purging drops wrapped_key."""

    number = fields.IntField(primary_key=True, generated=False)
    version = fields.IntField()
    right = fields.CharField(max_length=20)
    status = fields.CharField(max_length=20)
    regime = fields.CharField(max_length=40, null=True)
    person_hash = fields.CharField(max_length=64, null=True)
    writer_hash = fields.CharField(max_length=64, null=True)
    thread_hash = fields.CharField(max_length=64, null=True)
    received_at = fields.DatetimeField()
    opened_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    look_again_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    state = fields.TextField()
    sealed = fields.BinaryField(null=True)
    wrapped_key = fields.BinaryField(null=True)
    brand = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "tickets"
        indexes = (
            Index(fields=("look_again_at",)),
            Index(fields=("status", "due_at")),
            Index(fields=("person_hash",)),
            Index(fields=("writer_hash",)),
            Index(fields=("thread_hash",)),
        )


class InboxRow(Model):
    """One mail taken in. place is account, mailbox, UIDVALIDITY and UID; mail is there only while it is needed.

    sender_hash is of whom it says it is from, unproven: one who floods the mailbox waits longer than the others.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    place = fields.CharField(max_length=255, unique=True)
    state = fields.CharField(max_length=10)
    received_at = fields.DatetimeField()
    size = fields.IntField()
    digest = fields.CharField(max_length=64)
    sender_hash = fields.CharField(max_length=64, null=True)
    ticket = fields.IntField(null=True)
    reason = fields.TextField(null=True)
    attempts = fields.IntField(default=0)
    marked = fields.BooleanField(default=False)
    mail = fields.BinaryField(null=True)
    wrapped_key = fields.BinaryField(null=True)
    brand = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "inbox"
        indexes = (
            Index(fields=("state", "received_at")),
            Index(fields=("digest",)),
            Index(fields=("ticket",)),
            Index(fields=("state", "brand", "received_at")),
        )


class OutboxRow(Model):
    """One effect to be done in the world. payload is sealed with the ticket's key; the Message-ID comes from id."""

    id = fields.CharField(max_length=32, primary_key=True)
    ticket = fields.IntField(null=True)
    kind = fields.CharField(max_length=10)
    name = fields.CharField(max_length=60)
    state = fields.CharField(max_length=10)
    place = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    not_before = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    holds_data = fields.BooleanField(default=False)
    recipient_hash = fields.CharField(max_length=64, null=True)
    error = fields.TextField(null=True)
    payload = fields.BinaryField(null=True)
    brand = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "outbox"
        indexes = (
            Index(fields=("state", "not_before")),
            Index(fields=("ticket",)),
            Index(fields=("recipient_hash", "created_at")),
            Index(fields=("created_at",)),
            Index(fields=("state", "brand", "not_before")),
        )


class AuditRow(Model):
    """One line of the append-only log; hash covers the line and the hash before it. Never personal, never a body."""

    seq = fields.IntField(primary_key=True, generated=False)
    at = fields.DatetimeField()
    ticket = fields.IntField(null=True)
    kind = fields.CharField(max_length=40)
    by = fields.CharField(max_length=80)
    facts = fields.TextField()
    before = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit"
        indexes = (Index(fields=("ticket",)),)


class CodeRow(Model):
    """One one-time code, as a keyed hash bound to ticket, address and purpose. tries counts by atomic update."""

    id = fields.CharField(max_length=32, primary_key=True)
    ticket = fields.IntField()
    address_hash = fields.CharField(max_length=64)
    code_hash = fields.CharField(max_length=64)
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    state = fields.CharField(max_length=10)

    class Meta:
        table = "codes"
        indexes = (Index(fields=("ticket", "state")), Index(fields=("address_hash", "issued_at")))


class YearlyRow(Model):
    """How many purged tickets of a kind took how many days: numbers about nobody, which stay for the yearly report."""

    id = fields.CharField(max_length=120, primary_key=True)
    year = fields.IntField()
    regime = fields.CharField(max_length=40)
    right = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=20)
    days = fields.IntField()
    tickets = fields.IntField()

    class Meta:
        table = "yearly"


class SuppressedRow(Model):
    """An address that gets no more marketing, as a keyed hash; kept after erasure (LAW.md section 0, rule 9)."""

    id = fields.CharField(max_length=100, primary_key=True)
    since = fields.DatetimeField()
    ticket = fields.IntField(null=True)

    class Meta:
        table = "suppressed"


class ChangedAddressRow(Model):
    """A mail address that a correction has entered, as a keyed hash, and when."""

    id = fields.CharField(max_length=64, primary_key=True)
    since = fields.DatetimeField()
    ticket = fields.IntField(null=True)

    class Meta:
        table = "changed_addresses"


class PositionRow(Model):
    """How far a mailbox was read; id is account and mailbox."""

    id = fields.CharField(max_length=255, primary_key=True)
    uidvalidity = fields.BigIntField()
    last_uid = fields.BigIntField()

    class Meta:
        table = "positions"


class CounterRow(Model):
    """The next free number of a series."""

    name = fields.CharField(max_length=20, primary_key=True)
    value = fields.IntField()

    class Meta:
        table = "counters"


class CardRow(Model):
    """Where a ticket's card stands in Slack."""

    ticket = fields.IntField(primary_key=True, generated=False)
    channel = fields.CharField(max_length=40)
    ts = fields.CharField(max_length=40)

    class Meta:
        table = "cards"


class SeenRow(Model):
    """An outside event that was handled, so that its repetition is not."""

    id = fields.CharField(max_length=120, primary_key=True)
    at = fields.DatetimeField()

    class Meta:
        table = "seen"
        indexes = (Index(fields=("at",)),)


class SecretRow(Model):
    """A key of our own, wrapped by the master key, so that the master key can change."""

    name = fields.CharField(max_length=20, primary_key=True)
    wrapped = fields.BinaryField()

    class Meta:
        table = "secrets"


class CorrectionRow(Model):
    """A correction of a reading by staff: sealed text, and what it was said to be."""

    id = fields.CharField(max_length=32, primary_key=True)
    ticket = fields.IntField(null=True)
    at = fields.DatetimeField()
    by = fields.CharField(max_length=80)
    read_as = fields.CharField(max_length=120)
    said = fields.CharField(max_length=120)
    sealed = fields.BinaryField()

    class Meta:
        table = "corrections"


class LetterRow(Model):
    """One letter of ours as it was written, without its code; id is the outbox row's. Sealed with the ticket's key."""

    id = fields.CharField(max_length=32, primary_key=True)
    ticket = fields.IntField()
    name = fields.CharField(max_length=60)
    at = fields.DatetimeField()
    sealed = fields.BinaryField()

    class Meta:
        table = "letters"
        indexes = (Index(fields=("ticket",)),)


class BreachRow(Model):
    """One breach: when the company became aware, and its facts, sealed with the house's key."""

    number = fields.IntField(primary_key=True, generated=False)
    aware_at = fields.DatetimeField()
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    sealed = fields.BinaryField()
    brand = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "breaches"


class NoticeRow(Model):
    """One address that gets the notice of a breach, once: id is the breach's number and the address's keyed hash."""

    id = fields.CharField(max_length=100, primary_key=True)
    breach = fields.IntField()
    outbox = fields.CharField(max_length=32)

    class Meta:
        table = "notices"
        indexes = (Index(fields=("breach",)),)


class WaveRow(Model):
    """A wave of letters of one agent or template; word is what staff found of the agent. Nothing personal."""

    number = fields.IntField(primary_key=True, generated=False)
    agent = fields.CharField(max_length=150, default="")
    template = fields.CharField(max_length=16, null=True)
    begun_at = fields.DatetimeField()
    last_at = fields.DatetimeField()
    word = fields.CharField(max_length=20, null=True)
    by = fields.CharField(max_length=80, default="")
    how = fields.TextField(default="")
    decided_at = fields.DatetimeField(null=True)
    channel = fields.CharField(max_length=40, null=True)
    ts = fields.CharField(max_length=40, null=True)
    brand = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "waves"
        indexes = (Index(fields=("last_at",)),)


class WaveTicketRow(Model):
    """Which wave a ticket came in."""

    ticket = fields.IntField(primary_key=True, generated=False)
    wave = fields.IntField()

    class Meta:
        table = "wave_tickets"
        indexes = (Index(fields=("wave",)),)
