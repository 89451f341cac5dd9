"""What the house knows of the addresses in a batch of letters: who is in the directory, and whose address is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.directory import Directory
from intents.letter import Letter
from intents.reading import Reading
from responders.house import House
from responders.requests import about
from storage.addresses import changed_since


@dataclass(frozen=True, slots=True)
class People:
    """`known` maps the addresses of known people to their residence or "", and is None without a directory or while
    it is away; `new` maps an address to when its waiting ends."""

    known: Mapping[str, str] | None
    new: dict[str, datetime]

    def directory(self, letter: Letter, reading: Reading, house: House) -> bool | None:
        """Whether the other address that a letter is about is known; None where nobody can say, or there is none."""
        other = about(letter, reading, house).address
        return None if other is None or self.known is None else other in self.known

    def residence(self, letter: Letter, reading: Reading, house: House) -> str | None:
        """Where our own records say that the sender lives; None for a letter about somebody else, whose writer could
        read it off our answer."""
        if self.known is None or about(letter, reading, house).address is not None:
            return None
        return self.known.get(letter.sender.address or "") or None

    def new_until(self, letter: Letter, reading: Reading, house: House) -> datetime | None:
        """Until when copies and erasures wait for the address that a letter is about."""
        return self.new.get((about(letter, reading, house).address or letter.sender.address or "").casefold())


async def people_of(letters: Sequence[tuple[Letter, Reading]], desk: Desk, directory: Directory | None) -> People:
    """Ask the directory and our own memory once for a whole batch."""
    others = {about(letter, reading, desk.house).address for letter, reading in letters}
    senders = {letter.sender.address for letter, _ in letters}
    asked = sorted(each for each in others | senders if each)
    known = await directory.known(asked) if directory is not None and asked else None
    hashed = {desk.store.keeper.address_hash(each): each.casefold() for each in others | senders if each}
    since = await desk.store.database.read(lambda: changed_since(hashed)) if hashed else {}
    wait = desk.house.new_address_wait
    new = {hashed[key]: at + wait for key, at in since.items() if at + wait > desk.now()}
    return People(known, new)
