"""The town's web page: one value pushed over server-sent events, and one door for what the person at the page does.

Bound to 127.0.0.1. A random token in the address keeps other sites and programs out; Host and Origin are checked.
"""

import asyncio
import json
import secrets
import tomllib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib.resources import files
from typing import Any

import structlog
from aiohttp import web

from bot.demo.cast import CUSTOMERS, Customer
from bot.demo.servers.slack_people import Answer, Incomplete
from bot.demo.town import Town
from bot.demo.view import everything

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STATIC = {
    "": ("index.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
}
PAUSE = 0.04
"""Seconds between two pushes, so that a burst of changes is one."""
CALM = 15.0
"""Seconds after which an idle stream says that it is alive."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_log = structlog.get_logger("page")


class Wrong(Exception):
    """What the page asked for can't be done; the sentence is shown to the person."""


def shelf() -> list[Json]:
    """The sample letters."""
    return list(tomllib.loads(files("bot.demo").joinpath("shelf.toml").read_text(encoding="utf-8"))["letter"])


class Page:
    """Serves one town. `address` is known after `start`."""

    def __init__(self, town: Town, port: int = 0) -> None:
        self._town, self._port = town, port
        self._token = secrets.token_urlsafe(16)
        self._ending = asyncio.Event()
        self._time = asyncio.Lock()
        self.address = ""
        self._verbs: dict[str, Callable[[Json], Awaitable[Answer | None]]] = {
            "write": self._write,
            "clock": self._clock,
            "say": self._say,
            "click": self._click,
            "click_view": self._click_view,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "command": self._command,
            "shortcut": self._shortcut,
        }

    async def start(self) -> None:
        """Begin to serve."""
        app = web.Application(middlewares=[self._guard], client_max_size=256 * 1024)
        root = f"/{self._token}/"
        app.router.add_get(root + "{name:(page\\.css|page\\.js)?}", self._static)
        app.router.add_get(root + "shelf", self._shelf)
        app.router.add_get(root + "events", self._events)
        app.router.add_post(root + "do/{verb}", self._do)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{self._port}{root}"

    async def stop(self) -> None:
        """End every stream and stop serving."""
        self._ending.set()
        self._town.changes.tell("ending")
        await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only this page itself may talk to us: no other Host (DNS rebinding), no other Origin."""
        here = {f"127.0.0.1:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin")
        foreign = request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"
        if request.host not in here or foreign or (origin is not None and origin.removeprefix("http://") not in here):
            raise web.HTTPForbidden(text="This page talks to nobody else.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _static(self, request: web.Request) -> web.Response:
        name, kind = STATIC[request.match_info["name"]]
        text = files("bot.demo").joinpath("static", name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=kind, charset="utf-8")

    async def _shelf(self, _request: web.Request) -> web.Response:
        return web.json_response(shelf())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """The whole state, again after each change."""
        response = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        changes = self._town.changes
        while not self._ending.is_set():
            seen = changes.number
            state = json.dumps(await everything(self._town))
            try:
                await response.write(f"data: {state}\n\n".encode())
                await asyncio.sleep(PAUSE)
                await self._changed(seen)
            except ConnectionError:
                break
        return response

    async def _changed(self, seen: int) -> None:
        """Return after the next change, or after a while."""
        try:
            await self._town.changes.until(lambda: self._town.changes.number > seen, CALM)
        except TimeoutError:
            return

    async def _do(self, request: web.Request) -> web.Response:
        """Something that the person at the page does."""
        verb = self._verbs.get(request.match_info["verb"])
        if verb is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        try:
            answer = await verb(dict(await request.json()))
        except (Wrong, Incomplete) as error:
            return web.json_response({"problem": str(error)}, status=409)
        except (LookupError, ValueError, TypeError) as error:
            _log.info("page", error=repr(error))
            return web.json_response({"problem": "That is no longer there. The page shows how it stands."}, status=409)
        problem = "" if answer is None or answer.acked or answer.ts else "The app did not answer in time."
        return web.json_response({"problem": problem, "ts": answer.ts if answer else ""})

    # verbs

    async def _write(self, asked: Json) -> None:
        """A customer's letter; `answers` is the Message-ID of a mail in their mailbox."""
        who = customer(asked["who"])
        if not str(asked["text"]).strip():
            raise Wrong("A letter needs some words.")
        mails = self._town.mails_of(who.address)
        answered = next((mail for mail in mails if mail.id == asked.get("answers")), None)
        forged = customer(asked["as"]) if asked.get("as") else None
        headers = {
            str(k): str(v) for k, v in dict(asked.get("headers") or {}).items() if k in ("Auto-Submitted", "Precedence")
        }
        subject = " ".join(str(asked.get("subject") or "").split())[:200] or "(no subject)"
        await self._town.send(who, subject, str(asked["text"]), answers=answered, as_=forged, headers=headers)

    async def _clock(self, asked: Json) -> None:
        """Move the clock by days, or to the next look."""
        async with self._time:
            if asked.get("days"):
                await self._town.pass_time(timedelta(days=min(31, float(asked["days"]))))
                return
            look = await self._town.next_look()
            if look is None:
                raise Wrong("There is nothing to wait for: no ticket is open.")
            await self._town.move_to(max(look, self._town.now()))

    async def _say(self, asked: Json) -> Answer:
        return await self._town.slack.say(asked["user"], asked["channel"], asked["text"], asked.get("thread"))

    async def _click(self, asked: Json) -> Answer:
        return await self._town.slack.click(
            asked["user"], asked["channel"], asked["ts"], asked["action"], asked.get("value"), block_id=asked["block"]
        )

    async def _click_view(self, asked: Json) -> Answer:
        return await self._town.slack.click_view(
            asked["user"], asked["view"], asked["action"], asked.get("value"), block_id=asked["block"]
        )

    async def _submit(self, asked: Json) -> Answer:
        return await self._town.slack.submit_view(asked["user"], asked["view"], asked["values"])

    async def _close(self, asked: Json) -> None:
        await self._town.slack.close_view(asked["user"], asked["view"])

    async def _home(self, asked: Json) -> Answer:
        return await self._town.slack.open_home(asked["user"])

    async def _command(self, asked: Json) -> Answer:
        return await self._town.slack.command(asked["user"], "/rightsdesk", asked["text"], asked["channel"])

    async def _shortcut(self, asked: Json) -> Answer:
        return await self._town.slack.shortcut(asked["user"], "new_request")


def customer(key: str) -> Customer:
    """By key. Raises LookupError."""
    return next((each for each in CUSTOMERS if each.key == key), None) or _unknown(key)


def _unknown(key: str) -> Customer:
    raise LookupError(key)
