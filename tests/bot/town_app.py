"""A small app built with slack-bolt, so that the tests of the Slack stand-in speak through the real client."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from bot.demo.servers.slack import SlackTown
from bot.demo.servers.slack_client import slack_client

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str = "7", text: str = "Press") -> Json:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(text)}


def actions(*buttons: Json) -> Json:
    return {"type": "actions", "elements": list(buttons)}


def modal(title: str = "Your code", callback_id: str = "code", **more: Any) -> Json:
    field = {"type": "input", "block_id": "c", "label": plain("Code")}
    field["element"] = {"type": "plain_text_input", "action_id": "v"}
    view = {"type": "modal", "callback_id": callback_id, "title": plain(title), "submit": plain("Send")}
    return view | {"blocks": [field]} | more


class Seen:
    """What reached the listeners."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.mentions: list[Json] = []
        self.edits: list[Json] = []
        self.retries: list[tuple[str, str]] = []
        self.clicks: list[Json] = []
        self.errors: list[str] = []
        self.closed: list[Json] = []


def build_app(town: SlackTown) -> tuple[AsyncApp, Seen]:
    client = slack_client(town)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    app, seen = AsyncApp(client=client), Seen()
    _messages(app, seen)
    _clicks(app, seen)
    _forms(app, seen)
    return app, seen


def _messages(app: AsyncApp, seen: Seen) -> None:
    @app.event({"type": "message", "subtype": None})
    async def message(event: Json, say: Any, request: Any) -> None:
        seen.messages.append(event)
        headers = request.headers
        seen.retries.append((headers.get("x-slack-retry-num", [""])[0], headers.get("x-slack-retry-reason", [""])[0]))
        await say(
            text=f"I read: {event['text']}",
            thread_ts=event["ts"],
            blocks=[actions(button("verify"), button("late"), button("answer"))],
            metadata={"event_type": "case", "event_payload": {"case": "7"}},
        )

    @app.event({"type": "message", "subtype": "message_changed"})
    async def changed(event: Json) -> None:
        seen.edits.append(event)

    @app.event("app_mention")
    async def mention(event: Json) -> None:
        seen.mentions.append(event)

    @app.event("app_home_opened")
    async def home(event: Json, client: Any) -> None:
        blocks = [{"type": "header", "text": plain("Requests")}, actions(button("open_all"))]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


def _clicks(app: AsyncApp, seen: Seen) -> None:
    async def open_modal(body: Json, client: Any) -> None:
        try:
            await client.views_open(trigger_id=body["trigger_id"], view=modal())
        except SlackApiError as error:
            seen.errors.append(error.response["error"])

    @app.action("verify")
    async def verify(ack: Any, body: Json, client: Any) -> None:
        await ack()
        seen.clicks.append(body)
        await open_modal(body, client)

    @app.action("late")
    async def late(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.users_info(user=body["user"]["id"])  # the test lets the town's clock run during this call
        await open_modal(body, client)

    @app.action("answer")
    async def answer(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        seen.clicks.append(body)
        await respond(text="done", replace_original=body["actions"][0]["value"] == "replace")

    @app.action("open_all")
    async def open_all(ack: Any, body: Json) -> None:
        await ack()
        seen.clicks.append(body)

    @app.shortcut("new_request")
    async def new_request(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await open_modal(body, client)

    @app.command("/rightsdesk")
    async def command(ack: Any, command: Json) -> None:
        await ack(f"you said {command['text']}")


def _forms(app: AsyncApp, seen: Seen) -> None:
    @app.view("code")
    async def code(ack: Any, view: Json) -> None:
        entered = view["state"]["values"]["c"]["v"]["value"]
        match entered:
            case "123456":
                await ack(response_action="clear")
            case "next":
                await ack(response_action="update", view=modal("Thank you", "thanks", notify_on_close=True))
            case "more":
                await ack(response_action="push", view=modal("And then"))
            case "plain":
                await ack()
            case _:
                await ack(response_action="errors", errors={"c": "This is not the code."})

    @app.view_closed("thanks")
    async def closed(ack: Any, view: Json) -> None:
        await ack()
        seen.closed.append(view)
