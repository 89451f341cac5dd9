"""Who may act: asked of Slack itself at the moment of the click, and closed where there is any doubt."""

import time
from collections.abc import Callable, Set
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Refused, Unreachable
from bot.slack.account import Account
from bot.slack.blocks import Json, cut
from bot.slack.errors import asking_slack

REMEMBERED = 60.0
"""Seconds for which an answer of users.info counts."""
LESS_THAN_MEMBERS = ("deleted", "is_bot", "is_app_user", "is_restricted", "is_ultra_restricted", "is_stranger")


class NotAllowed(Exception):
    """This person may not act here; the message says why, in words for them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of the staff who may act."""

    id: str
    name: str

    @property
    def by(self) -> str:
        """As the ticket and the log name them: the name for people, the id because names change."""
        return f"{cut(self.name, 50)} ({self.id})"


def id_in(by: str) -> str | None:
    """The Slack id in what `Actor.by` gave, or None."""
    _, _, rest = by.rpartition(" (")
    known = rest.removesuffix(")")
    return known if rest.endswith(")") and known.isascii() and known.replace("_", "").isalnum() else None


class People:
    """The staff. `approvers` are user ids; empty means every full member of the workspace.

    `seconds` is a clock that never goes back.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        account: Account,
        approvers: tuple[str, ...],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._account, self._approvers, self._seconds = client, account, frozenset(approvers), seconds
        self._known: dict[str, tuple[float, Json]] = {}

    async def behind(self, body: Json) -> Actor:
        """The member behind a click, a form or a command. Raises NotAllowed, also where Slack can't be asked."""
        user = body.get("user") or {"id": body.get("user_id")}
        here = (body.get("team") or {}).get("id") or body.get("team_id")
        return await self.actor(str(user.get("id")), {str(here), str(user.get("team_id") or here)})

    async def actor(self, user: str, teams: Set[str]) -> Actor:
        """A member whose act came from `teams`, all of which must be the bot's own workspace. Raises NotAllowed."""
        try:
            own_team, known = await self._account.team(), await self._info(user)
        except (Unreachable, Refused) as error:
            raise NotAllowed(f"Nothing was done: it can't be checked right now who you are. {error}") from error
        if teams != {own_team} or known.get("team_id") != own_team:
            raise NotAllowed("Nothing was done: only members of this workspace may act here.")
        if known.get("id") != user or any(known.get(flag) for flag in LESS_THAN_MEMBERS):
            raise NotAllowed("Nothing was done: guests, apps and deactivated accounts may not act here.")
        if self._approvers and user not in self._approvers:
            raise NotAllowed("Nothing was done: you are not on the list of approvers (`slack.approvers`).")
        return Actor(user, str(known.get("real_name") or known.get("name") or user))

    async def _info(self, user: str) -> Json:
        now = self._seconds()
        if user in self._known and now - self._known[user][0] < REMEMBERED:
            return self._known[user][1]
        with asking_slack():
            response = await self._client.users_info(user=user)
        known = response.get("user")
        found = dict(known) if isinstance(known, dict) else {}
        self._known = {each: entry for each, entry in self._known.items() if now - entry[0] < REMEMBERED}
        self._known[user] = (now, found)
        return found
