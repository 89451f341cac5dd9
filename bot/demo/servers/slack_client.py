"""Clients for the Slack stand-in, which must not go through a proxy."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.servers.slack import APP_TOKEN, BOT_TOKEN, SlackTown

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp

PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def forget_proxies() -> None:
    """Takes the proxy variables out of this process.

    slack_sdk obeys them and ignores NO_PROXY, also in clients it builds by itself (Socket Mode, `respond()`), where
    nothing else helps.
    """
    for name in PROXY_VARIABLES:
        os.environ.pop(name, None)


def slack_client(town: SlackTown, *, timeout: int = 30) -> AsyncWebClient:
    """A client for the town's Web API, without retries (as slack_sdk itself) and without a proxy."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=town.api_url, timeout=timeout)
    client.proxy = None
    return client


@asynccontextmanager
async def connected(
    town: SlackTown, app: "AsyncApp", *, ping_interval: float = 1.0
) -> AsyncIterator["AsyncSocketModeHandler"]:
    """The app (built on `slack_client`) connected over Socket Mode, without a proxy, until the end of the block.

    It notices a cut line after `ping_interval` seconds. Raises TimeoutError where it cannot connect in 10 s.
    """
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=ping_interval)
    handler.client.proxy = None
    before = town.socket.connects
    try:
        async with asyncio.timeout(10):  # its own client would try for ever
            await handler.connect_async()  # type: ignore[no-untyped-call]
        await town.socket.connected(beyond=before)
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
