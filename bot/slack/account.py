"""Who we are in Slack: one auth.test, asked once."""

import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.blocks import Json
from bot.slack.errors import asking_slack


class Account:
    """The bot's own account; `known` asks Slack the first time and remembers."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: Json | None = None
        self._asking = asyncio.Lock()

    async def known(self) -> Json:
        """The answer of auth.test: team_id, user_id, bot_id, url. Raises Unreachable, Refused."""
        async with self._asking:
            if self._known is None:
                with asking_slack():
                    response = await self._client.auth_test()
                data = response.data
                self._known = dict(data) if isinstance(data, dict) else {}
            return self._known

    async def team(self) -> str:
        """The id of the bot's workspace."""
        return str((await self.known())["team_id"])

    async def message_link(self, channel: str, ts: str) -> str:
        """The address of a message, as chat.getPermalink would give it."""
        workspace = str((await self.known())["url"])
        return f"{workspace.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
