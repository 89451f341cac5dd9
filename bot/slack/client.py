"""The client for Slack's Web API: waits out a short rate limit, repeats nothing else, and obeys NO_PROXY."""

import urllib.request
from urllib.parse import urlsplit

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = 3
"""Seconds of a Retry-After that are waited for on the spot; for longer ones the outbox comes back."""


class ShortRateLimit(AsyncRateLimitErrorRetryHandler):
    """Honours Retry-After where it is short: the delivery loop must not stand still for half a minute."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        waits = [value for name, value in response.headers.items() if name.lower() == "retry-after"]
        seconds = str(waits[0][0]) if waits and waits[0] else "1"
        return seconds.isdigit() and int(seconds) <= PATIENCE


def slack_client(token: str, api_url: str, *, timeout: int = 10) -> AsyncWebClient:
    """A client. The library's own retry after a broken connection is left out: it would post a message twice."""
    client = AsyncWebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=[ShortRateLimit()])
    client.proxy = proxy_for(api_url)
    return client


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address. slack_sdk reads HTTPS_PROXY but not NO_PROXY."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)
