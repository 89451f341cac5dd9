"""What is shown to staff, or said in the customers' channel: cards, notes, reminders, tasks."""

from dataclasses import dataclass

from bot.ahead import Ahead
from bot.ports import ChatRoom, Refused, StaffRoom
from storage import outbox
from storage.outbox import Due


@dataclass
class Showing:
    """The rows of one batch that are for people on our side. `house_key` opens those that have no ticket."""

    staff: StaffRoom
    chat: ChatRoom | None
    ahead: Ahead
    house_key: bytes

    async def show(self, row: Due) -> None:
        """Show one row. Raises what the rooms raise, UnknownTicket and DatabaseAway."""
        if row.kind == "announce":
            return await self.staff.announce(str((await self._payload(row))["text"]))
        ticket = await self.ahead.ticket(row.ticket or 0)
        if row.kind == "card":
            return await self.staff.show(ticket)
        payload = await self._payload(row)
        match row.kind:
            case "tell":
                await self.staff.tell(ticket, str(payload["text"]), loud=bool(payload["loud"]))
            case "remind":
                await self.staff.remind(ticket, row.name)
            case "task":
                await self.staff.give_task(ticket, str(payload["processor"]), str(payload["how"]))
            case "say" if self.chat is not None:
                await self.chat.say(ticket, str(payload["phrase"]), str(payload["quote"]))
            case _:
                raise Refused(0, f"nobody does {row.kind}")
        return None

    async def _payload(self, row: Due) -> dict[str, object]:
        return outbox.payload_of(row, self.house_key if row.ticket is None else await self.ahead.key(row.ticket))
