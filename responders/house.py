"""The house: what the company has decided for itself, as one value the core is given. Nothing here is law."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from intents.rights import Intent


@dataclass(frozen=True, slots=True)
class Processor:
    """A third party that holds data for the company. `how` says, per right, how it is done there; a right that is
    missing needs nothing at this processor."""

    name: str
    holds: str
    how: Mapping[Intent, str]


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody known to write for others: a consumer app, a law firm. `domains`: where it writes from, lower case."""

    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class House:
    """`controller_tz` is an IANA zone name. `country` (ISO 3166) has the holidays on which nobody works. `erase_wait`
    is the time in which an approved erasure can still be stopped; `code_valid` how long a code counts.
    `own_addresses` are lower case. `facts` fill the blocks of an access answer (purposes, categories, retention,
    source, transfer_safeguard …). `regimes` apply to everyone, besides those that a letter suggests. `agents` are
    those we know. `mailbox_is_login`: whoever reads the mailbox is let into the person's account (11 CCR 7061).
    `new_address_wait`: how long access and erasure wait for a mail address that was changed. `promised` names laws
    that do not bind a company of this size, and are kept as its promise."""

    company: str
    postal_address: str
    contact: str
    controller_tz: str = "UTC"
    country: str = "US"
    processors: tuple[Processor, ...] = ()
    erase_wait: timedelta = timedelta(hours=24)
    code_valid: timedelta = timedelta(hours=24)
    own_addresses: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    regimes: tuple[str, ...] = ()
    promised: frozenset[str] = frozenset()
    agents: tuple[Agent, ...] = ()
    mailbox_is_login: bool = False
    new_address_wait: timedelta = timedelta(days=14)

    @property
    def own_domains(self) -> frozenset[str]:
        """The domains of the company's own addresses."""
        return frozenset(each.rpartition("@")[2] for each in self.own_addresses)

    def agent_at(self, address: str | None) -> str:
        """The name of the known agent that writes from this address, or ""."""
        domain = (address or "").rpartition("@")[2].lower()
        return next((a.name for a in self.agents if domain in a.domains), "")

    def processors_for(self, right: Intent) -> tuple[Processor, ...]:
        """The processors where `right` needs work, in the order of the configuration."""
        return tuple(p for p in self.processors if right in p.how)
