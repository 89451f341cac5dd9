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
class House:
    """`controller_tz` is an IANA zone name. `erase_wait` is the time in which an approved erasure can still be stopped;
    `code_valid` how long a code counts. `own_addresses` are lower case. `facts` fill the blocks of an access answer
    (purposes, categories, retention, source, transfer_safeguard …). `regimes` apply to everyone, besides those that a
    letter suggests."""

    company: str
    postal_address: str
    contact: str
    controller_tz: str = "UTC"
    processors: tuple[Processor, ...] = ()
    erase_wait: timedelta = timedelta(hours=24)
    code_valid: timedelta = timedelta(hours=24)
    own_addresses: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    regimes: tuple[str, ...] = ()

    def processors_for(self, right: Intent) -> tuple[Processor, ...]:
        """The processors where `right` needs work, in the order of the configuration."""
        return tuple(p for p in self.processors if right in p.how)
