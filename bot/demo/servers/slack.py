"""The Slack stand-in: the Web API over HTTP and Socket Mode over a web socket, on loopback."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from aiohttp import web

from bot.demo.servers.changes import Changes
from bot.demo.servers.slack_errors import ApiError
from bot.demo.servers.slack_faults import ApiFault, ApiFaults
from bot.demo.servers.slack_methods import MessageMethods
from bot.demo.servers.slack_people import People
from bot.demo.servers.slack_responses import Responses
from bot.demo.servers.slack_socket import SocketMode, cut
from bot.demo.servers.slack_things import Channel, Json
from bot.demo.servers.slack_views import ViewMethods
from bot.demo.servers.slack_world import World

BOT_TOKEN = "xoxb-town"
APP_TOKEN = "xapp-town"
_NESTED = ("blocks", "view", "metadata", "attachments")
SOCKET_METHOD = "apps.connections.open"


@dataclass(frozen=True)
class Call:
    """One call of the Web API by the app; `error` is empty where it went well."""

    method: str
    args: Json
    error: str


class SlackTown(People):
    """The whole stand-in; `People` is its human side.

    `clock` dates messages; `seconds` (monotonic) decides when a trigger or a response_url is too old.
    `redeliver_after` are the pauses, in seconds, before an event that was not acknowledged comes again.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        changes: Changes | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
        ack_timeout: float = 3.0,
        redeliver_after: tuple[float, ...] = (0.0, 60.0, 300.0),
    ) -> None:
        self.changes = changes or Changes()
        world = World(clock, self.changes)
        self.views = ViewMethods(world, seconds)
        super().__init__(
            world,
            SocketMode(self.changes, ack_timeout, redeliver_after),
            Responses(world, seconds),
            self.views.new_trigger,
        )
        self.calls: list[Call] = []
        self.faults = ApiFaults(self.changes)
        self.port = 0
        self.api_url = ""
        """What the app's client takes as base_url."""
        self._methods = MessageMethods(world, self._own_act).table | self.views.table
        self._methods[SOCKET_METHOD] = lambda _args: {"url": self.socket.new_link()}
        self._runner: web.AppRunner | None = None
        self._telling: set[asyncio.Task[object]] = set()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self.socket.serve)
        app.router.add_post("/respond/{name}", self._respond)
        # a caller who gives up ends his call, so that what hung for him is not done behind his back
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{self.port}/api/"
        self.socket.url = f"ws://127.0.0.1:{self.port}/link"
        self.responses.url = f"http://127.0.0.1:{self.port}/respond/"

    async def stop(self) -> None:
        """Slack goes away; `start` brings it back on the same port with all that was in it."""
        for task in list(self._telling):
            task.cancel()
        await self.socket.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        self.faults.heal()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    def calls_of(self, method: str) -> list[Json]:
        """The arguments of the calls that went well, in order."""
        return [call.args for call in self.calls if call.method == method and not call.error]

    async def called(self, method: str, times: int = 1, within: float = 10.0) -> list[Json]:
        """Waits until `method` has gone well so many times. Raises TimeoutError."""

        def enough() -> list[Json]:
            done = self.calls_of(method)
            return done if len(done) >= times else []

        return await self.changes.until(enough, within)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        if (fault := self.faults.take(method)) is None:
            return self._well(method, args, request)
        if fault.done:
            answer = self._well(method, args, request)
            return await self._suffer(request, fault) or answer
        self._note(method, args, fault.error or "no answer")
        faulty = await self._suffer(request, fault)
        return faulty or self._well(method, args, request)

    def _well(self, method: str, args: Json, request: web.Request) -> web.Response:
        """Does what was asked and answers."""
        body = self._answer(method, args, request.headers.get("Authorization", ""))
        self._note(method, args, body.get("error", ""))
        return web.json_response(body, headers={"x-oauth-scopes": "chat:write,commands,im:history,users:read"})

    def _answer(self, method: str, args: Json, authorization: str) -> Json:
        token = authorization.removeprefix("Bearer ").strip() or str(args.pop("token", ""))
        wanted, other = (APP_TOKEN, BOT_TOKEN) if method == SOCKET_METHOD else (BOT_TOKEN, APP_TOKEN)
        if not token:
            return {"ok": False, "error": "not_authed"}
        if token != wanted:
            return {"ok": False, "error": "not_allowed_token_type" if token == other else "invalid_auth"}
        if method not in self._methods:
            return {"ok": False, "error": "unknown_method", "req_method": method}
        try:
            return {"ok": True} | self._methods[method](args)
        except ApiError as error:
            return error.body

    async def _suffer(self, request: web.Request, fault: ApiFault) -> web.Response | None:
        """The faulty answer; None where the call hung and may now be answered well."""
        if fault.hang:
            await self.faults.hang()
            return None
        if fault.cut:
            cut(request)
        body = {"ok": False, "error": fault.error}
        return web.json_response(body, status=fault.status, headers=dict(fault.headers))

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if (fault := self.faults.take("response_url")) is not None:
            self._note("response_url", body, fault.error or "no answer")
            if (faulty := await self._suffer(request, fault)) is not None:
                return faulty
        status, text = self.responses.post(request.match_info["name"], body)
        self._note("response_url", body, "" if status == 200 else text)
        return web.Response(status=status, text=text)

    def _note(self, method: str, args: Json, error: str) -> None:
        self.calls.append(Call(method, args, error))
        self.changes.tell("call", method)

    def _own_act(self, event: Json, place: Channel) -> None:
        """Slack tells an app about the messages of its own bot as well."""
        full = event | {"channel": place.id, "channel_type": place.kind}
        task = asyncio.create_task(self._message_event(full, place))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _arguments(request: web.Request) -> Json:
    """From JSON, from a form, or from the address; nested values in forms are JSON."""
    if request.content_type == "application/json":
        return dict(await request.json())
    args: Json = {**request.query, **await request.post()}
    for key in _NESTED:
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    return args
