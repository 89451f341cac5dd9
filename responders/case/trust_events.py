"""What staff did to find out who is asking, in the past tense."""

from dataclasses import dataclass

from intents.rights import Intent


@dataclass(frozen=True, slots=True)
class StaffAskedFact:
    """Staff ask the person for one fact that an impostor would not know; the person reads `doubt` and `fact`."""

    by: str
    doubt: str
    fact: str


@dataclass(frozen=True, slots=True)
class FactConfirmed:
    """Staff compared a fact, or looked at `documents`, in their own systems; `how` says how, never what. `quiet`: at a
    linked ticket of the same person and letter."""

    by: str
    how: str
    documents: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class StaffAskedAgent:
    """Staff ask whoever writes for another person for what the leading law lets one ask of an agent."""

    by: str


@dataclass(frozen=True, slots=True)
class StaffAskedPerson:
    """Staff ask the person, at the address on file, whether an agent writes for them.

    `address` is the one on file, as staff found it; empty: the address that the letter names is on file. `right` is
    what the letter asks, where it was not understood; `language` (ISO 639-1) the person's own, empty: the letter's.
    `permission` says what staff hold of the agent's permission, "" where nothing. `quiet`: at a linked ticket of the
    same letter, which waits for the same code.
    """

    by: str
    agent: str
    address: str = ""
    right: Intent | None = None
    language: str = ""
    permission: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class StaffForwarded:
    """The data are held for a client, who decides about them (GDPR art. 28(3)(e)).

    `own_data`: the company holds data of its own too; then `twin` is the number of the linked ticket that the
    forwarding gets, taken by the shell, and this one goes on.
    """

    by: str
    client: str
    own_data: bool = False
    twin: int = 0
