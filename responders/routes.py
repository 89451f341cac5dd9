"""What a letter can mean for us: left alone, a reply inside a case, new requests, or a note to staff. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.case import events as e
from responders.case.ticket import Ticket
from responders.opening import Request


@dataclass(frozen=True, slots=True)
class Leave:
    """Not ours: the mail stays as it was found. `reason` is for staff and tests."""

    reason: str


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """A code was typed anew in a reply; whether it counts is found where codes are kept. `proven` as in
    `responders.replies.proven`: a writer who shows nothing has fewer tries, so that a forger can't use up the person's.
    """

    ticket: int
    code: str
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Happened:
    """A reply inside a case."""

    ticket: int
    event: e.Event


@dataclass(frozen=True, slots=True)
class Open:
    """New requests, in the order in which they are done."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something staff should know about a ticket; nothing else follows."""

    ticket: int
    text: str


Route = Leave | CodeTyped | Happened | Open | Note


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the shell knows beside the letter.

    `known` is the ticket that the letter answers, found by our own token or number; `by_token` whether by the token.
    `had_ours`: it answers a letter of ours that went to its own sender, who must have had it before them.
    `same_sender` are the sender's other tickets. `regimes` may apply, earliest first unknown; `passages` answer a
    question. `directory` says whether the address that the letter names is a known person's: None without a directory.
    `new_until` is set while copies and erasures for the address wait, since it was changed a short while ago.
    `returned` is the name of our letter that a bounce is about.
    """

    received_at: datetime
    known: Ticket | None = None
    by_token: bool = False
    had_ours: bool = False
    same_sender: Sequence[Ticket] = ()
    regimes: tuple[str, ...] = ()
    country: str | None = None
    passages: str = ""
    directory: bool | None = None
    new_until: datetime | None = None
    returned: str = ""
