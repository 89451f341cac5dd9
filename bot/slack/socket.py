"""The line to Slack: Socket Mode, watched from outside, since its own client would try for ever without a word."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.config_sections import SlackSection
from bot.ports import Refused, Unreachable
from bot.slack.account import Account
from bot.slack.client import proxy_for, slack_client
from bot.slack.errors import asking_slack

LOOK_SECONDS = 10.0
START_ANEW = 120.0
"""Seconds without a connection after which the client is thrown away and built anew."""
_log = structlog.get_logger("slack")


class Line:
    """One Socket Mode connection. `seconds` is a clock that never goes back."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        app_token: str,
        *,
        seconds: Callable[[], float] = time.monotonic,
        ping_interval: float = 10.0,
    ) -> None:
        self._app, self._client, self._token = app, client, app_token
        self._seconds, self._ping = seconds, ping_interval
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._last_up = 0.0
        self.renewed = 0
        """How often the client was built anew."""

    async def start(self) -> None:
        """Connect in the background: the house opens also while Slack is away."""
        self._last_up = self._seconds()
        self._build()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close the line, so that Slack sends the next event elsewhere."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        await self._close()

    @property
    def started(self) -> bool:
        """Whether this process is to hold the connection."""
        return self._watching is not None

    @property
    def down_for(self) -> float:
        """Seconds since the connection was last seen up; about 0 while it is."""
        return self._seconds() - self._last_up

    async def look(self) -> bool:
        """Whether it is connected now; after two minutes without, a new client takes over."""
        if self._handler is not None and await self._handler.client.is_connected():
            self._last_up = self._seconds()
            return True
        _log.warning("slack is away", seconds=round(self.down_for))
        if self.down_for >= START_ANEW:
            await self._close()
            self._last_up = self._seconds()
            self.renewed += 1
            self._build()
        return False

    def _build(self) -> None:
        handler = AsyncSocketModeHandler(
            self._app, self._token, web_client=self._client, ping_interval=self._ping, logger=self._app.logger
        )
        handler.client.proxy = proxy_for(self._client.base_url)
        self._handler = handler
        self._connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]

    async def _close(self) -> None:
        handler, self._handler = self._handler, None
        if self._connecting is not None:
            self._connecting.cancel()
        if handler is not None:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()


async def probe(section: SlackSection) -> list[str]:
    """What is wrong with the Slack settings, in sentences that say how to put it right; empty if nothing is."""
    client = slack_client(section.bot_token.get_secret_value(), section.api_url)
    channels = {"slack.staff_channel": section.staff_channel, "slack.customer_channel": section.customer_channel}
    found = [problem for problem in [await _asked("slack.bot_token", Account(client).known())] if problem]
    if not found:
        for key, channel in channels.items():
            if channel is not None:
                found.append(await _asked(key, _read(client, channel)))
    found.append(await _asked("slack.app_token", _link(client, section.app_token.get_secret_value())))
    return [problem for problem in found if problem]


async def _asked(key: str, question: Awaitable[object]) -> str:
    """Why a question to Slack failed, with the key it hangs on; "" where it went well."""
    try:
        await question
    except (Unreachable, Refused) as error:
        return f"{key}: {error}"
    return ""


async def _read(client: AsyncWebClient, channel: str) -> None:
    """Look into a channel: it must be there, and the bot in it."""
    with asking_slack():
        await client.conversations_history(channel=channel, limit=1)


async def _link(client: AsyncWebClient, app_token: str) -> None:
    """Ask for a Socket Mode address: the app token must be right, and Socket Mode on."""
    with asking_slack():
        await client.apps_connections_open(app_token=app_token or "none")
