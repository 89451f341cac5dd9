"""Who writes to the company, and what each letter must come to."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

SUPPORT = "support@opterre.example"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of first letter: how many tickets it opens; `robot` says that a machine wrote it."""

    name: str
    text: str
    tickets: int
    share: int
    robot: bool = False


KINDS = (
    Kind("erase", "Please erase everything you hold about me.", 1, 5),
    Kind("access", "Please send me a copy of all personal data that you hold about me.", 1, 5),
    Kind(
        "both",
        "Please send me a copy of my personal data. After that, please delete my account and all my personal data.",
        2,
        2,
    ),
    Kind("unsubscribe", "Unsubscribe me from your newsletter, please.", 1, 2),
    Kind("question", "How long do you keep my personal data, and who do you share it with?", 1, 2),
    Kind("ordinary", "The lamp from my order arrived with a crack in the glass; what should I do with it?", 0, 3),
    Kind("robot", "I am out of the office until Monday and will answer when I am back.", 0, 1, robot=True),
)


@dataclass
class Person:
    """Somebody who writes one first letter, and answers what comes back. `mails` are the Message-IDs of theirs."""

    address: str
    kind: Kind
    slow: bool
    """Never answers with the code."""
    wrong: bool
    """Mistypes the code first."""
    mails: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


def somebody(dice: random.Random, number: int) -> Person:
    kind = dice.choices(KINDS, [kind.share for kind in KINDS])[0]
    return Person(f"p{number}@kundin.example", kind, dice.random() < 0.1, dice.random() < 0.15)


def letter(person: Person, subject: str, text: str, *, answers: str | None = None) -> bytes:
    """A mail of theirs, unlike any other, with its own Message-ID noted down."""
    message = EmailMessage()
    message["From"] = person.address
    message["To"] = SUPPORT
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{uuid4().hex}@kundin.example>"
    message["Authentication-Results"] = f"mail.opterre.example; dmarc=pass header.from={person.address.split('@')[1]}"
    if person.kind.robot:
        message["Auto-Submitted"] = "auto-replied"
    if answers is not None:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text + "\n")
    person.mails.append(str(message["Message-ID"]))
    return message.as_bytes()
