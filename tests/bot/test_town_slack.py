"""The Slack stand-in, met by slack-bolt's own AsyncApp and Socket Mode client."""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.servers.slack import APP_TOKEN, SlackTown
from bot.demo.servers.slack_client import connected, forget_proxies, slack_client
from bot.demo.servers.slack_faults import connection_cut, no_answer, rate_limited, refused, server_error
from bot.demo.servers.slack_people import Incomplete
from bot.demo.servers.slack_socket import Delivery
from bot.demo.servers.slack_things import ANNA, DESK, GONE, GUEST, HELP, IVAN, OLGA, ROBOT, STRANGER, Message
from tests.bot.town_app import Json, Seen, actions, build_app, button, modal


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Clock:
    return Clock()


@pytest.fixture
async def slack(seconds: Clock) -> AsyncIterator[SlackTown]:
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)  # it warns of every event without a listener
    town = SlackTown(seconds=seconds, redeliver_after=(0.0,), ack_timeout=5.0)
    async with town:
        yield town


@pytest.fixture
async def seen(slack: SlackTown) -> AsyncIterator[Seen]:
    """The app is connected, and this is what reaches it."""
    app, seen = build_app(slack)
    async with connected(slack, app, ping_interval=0.1):
        yield seen


async def card(slack: SlackTown) -> Message:
    """Olga writes, and the app answers with a card in the thread."""
    said = await slack.say(OLGA, "help", "hello")
    return await slack.changes.until(lambda: next(iter(slack.world.channel(HELP).thread(said.ts)[1:]), None)) or fail()


def fail() -> Message:
    raise AssertionError


async def form(slack: SlackTown, user: str = OLGA) -> str:
    """A modal the app opened for `user` after a click; its id."""
    shown = await card(slack)
    assert (await slack.click(user, HELP, shown.ts, "verify")).acked
    return (await slack.changes.until(lambda: slack.world.modals.get(user)) or [])[-1].id


async def test_a_message_reaches_the_listener_is_acked_and_answered_in_its_thread(slack: SlackTown, seen: Seen) -> None:
    said = await slack.say(ANNA, "help", "Please <delete> & write to anna@kundin.example")
    assert said.acked
    await slack.called("chat.postMessage")
    question, answer = slack.world.channel("help").thread(said.ts)
    assert seen.messages[0]["text"] == question.text
    assert question.text == "Please &lt;delete&gt; &amp; write to <mailto:anna@kundin.example|anna@kundin.example>"
    assert answer.is_bot
    assert answer.metadata == {"event_type": "case", "event_payload": {"case": "7"}}


async def test_the_apps_own_message_comes_back_and_is_acked_without_a_listener(slack: SlackTown, seen: Seen) -> None:
    await card(slack)
    echo = await slack.changes.until(
        lambda: [one for one in slack.socket.deliveries if one.payload["event"].get("bot_id") and one.acked]
    )
    assert len(echo) == len(seen.messages) == 1


def is_update(delivery: Delivery) -> bool:
    return bool(delivery.payload["event"].get("message", {}).get("bot_id"))


async def test_an_edit_and_the_apps_own_update_are_other_events_than_a_message(slack: SlackTown, seen: Seen) -> None:
    said = await slack.say(OLGA, "help", "hello")
    assert (await slack.edit(OLGA, "help", said.ts, "hello you")).acked
    [post] = await slack.called("chat.postMessage")
    answer = slack.world.channel(HELP).thread(said.ts)[1]
    await slack_client(slack).chat_update(channel=HELP, ts=answer.ts, text="changed")
    echo = await slack.changes.until(lambda: [one for one in slack.socket.deliveries if is_update(one) and one.acked])
    assert post["thread_ts"] == said.ts
    assert (len(seen.messages), len(seen.edits), len(echo)) == (1, 1, 1)  # bolt acks what the app itself caused
    assert (answer.text, len(answer.blocks)) == ("changed", 1)  # blocks that are not sent again stay


async def test_a_direct_message_and_a_mention(slack: SlackTown, seen: Seen) -> None:
    assert (await slack.dm(IVAN, "hello")).acked
    assert seen.messages[0]["channel_type"] == "im"
    await slack.say(IVAN, "privacy-desk", "@rightsdesk what is due?")
    assert seen.mentions[0]["text"] == "<@U_RIGHTSDESK> what is due?"


async def test_a_button_opens_a_modal_that_shows_errors_and_then_closes(slack: SlackTown, seen: Seen) -> None:
    view_id = await form(slack)
    assert seen.clicks[0]["user"]["id"] == OLGA
    assert seen.clicks[0]["container"]["channel_id"] == HELP
    with pytest.raises(Incomplete):
        await slack.submit_view(OLGA, view_id)
    wrong = await slack.submit_view(OLGA, view_id, {"c": "1"})
    assert wrong.errors == slack.world.view(view_id).errors == {"c": "This is not the code."}
    right = await slack.submit_view(OLGA, view_id, {"v": "123456"})
    assert right.payload == {"response_action": "clear"}
    assert slack.world.modals[OLGA] == []


async def test_a_form_is_pushed_closed_updated_and_its_closing_told(slack: SlackTown, seen: Seen) -> None:
    first = await form(slack)
    await slack.submit_view(OLGA, first, {"c": "more"})
    pile = slack.world.modals[OLGA]
    assert [view.content["title"]["text"] for view in pile] == ["Your code", "And then"]
    await slack.submit_view(OLGA, pile[-1].id, {"c": "plain"})
    assert [view.id for view in slack.world.modals[OLGA]] == [first]
    await slack.submit_view(OLGA, first, {"c": "next"})
    assert slack.world.view(first).content["callback_id"] == "thanks"
    assert (await slack.close_view(OLGA, first)).acked
    assert [view["id"] for view in seen.closed] == [first]
    assert slack.world.modals[OLGA] == []


async def test_a_modal_belongs_to_the_person_who_clicked(slack: SlackTown, seen: Seen) -> None:
    await form(slack, IVAN)
    assert list(slack.world.modals) == [IVAN]
    assert len(seen.clicks) == 1


@pytest.mark.usefixtures("seen")
async def test_a_slash_command_is_answered_to_its_user_alone(slack: SlackTown) -> None:
    answer = await slack.command(OLGA, "/rightsdesk", "tickets")
    assert answer.payload == {"text": "you said tickets"}
    [shown] = slack.world.ephemerals
    assert (shown.text, shown.only_for, shown.channel) == ("you said tickets", OLGA, DESK)


@pytest.mark.usefixtures("seen")
async def test_a_shortcut_opens_a_modal(slack: SlackTown) -> None:
    assert (await slack.shortcut(IVAN, "new_request")).acked
    assert await slack.changes.until(lambda: slack.world.modals.get(IVAN))


async def test_the_app_home_is_published_and_its_buttons_work(slack: SlackTown, seen: Seen) -> None:
    assert (await slack.open_home(OLGA)).acked
    home = await slack.changes.until(lambda: slack.world.homes.get(OLGA))
    assert home is not None
    assert home.content["blocks"][0]["text"]["text"] == "Requests"
    assert (await slack.click_view(OLGA, home.id, "open_all")).acked
    assert seen.clicks[0]["view"]["type"] == "home"


async def test_a_rate_limited_call_is_made_again_after_the_pause(slack: SlackTown, seen: Seen) -> None:
    slack.faults.add("chat.postMessage", rate_limited(0), times=2)
    await card(slack)
    results = [call.error for call in slack.calls if call.method == "chat.postMessage"]
    assert results == ["ratelimited", "ratelimited", ""]
    assert len(seen.messages) == 1


async def test_a_refresh_brings_a_new_connection(slack: SlackTown, seen: Seen) -> None:
    await slack.socket.refresh()
    await slack.socket.connected(beyond=1)
    assert (await slack.say(OLGA, "help", "hello")).acked
    assert len(seen.messages) == 1


async def test_a_cut_connection_is_made_anew(slack: SlackTown, seen: Seen) -> None:
    slack.socket.drop()
    await slack.socket.connected(beyond=1)
    assert (await slack.say(OLGA, "help", "hello")).acked
    assert len(seen.messages) == 1


async def test_a_ticket_is_good_for_one_connection(slack: SlackTown) -> None:
    client = slack_client(slack)
    opened = await client.apps_connections_open(app_token=APP_TOKEN)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as link:
            assert (await link.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_a_trigger_is_good_for_three_seconds_and_one_modal(slack: SlackTown, seconds: Clock) -> None:
    client = slack_client(slack)

    async def opened(trigger: str) -> str:
        try:
            await client.views_open(trigger_id=trigger, view=modal())
        except SlackApiError as error:
            return str(error.response["error"])
        return "ok"

    trigger = slack.views.new_trigger(OLGA)
    seconds.now += 3
    assert [await opened(trigger), await opened(trigger)] == ["ok", "exchanged_trigger_id"]
    trigger = slack.views.new_trigger(OLGA)
    seconds.now += 3.1
    assert [await opened(trigger), await opened("1.2.3")] == ["expired_trigger_id", "invalid_trigger_id"]


async def test_an_app_that_works_too_long_before_the_modal_comes_too_late(
    slack: SlackTown, seen: Seen, seconds: Clock
) -> None:
    shown = await card(slack)
    slack.faults.add("users.info", no_answer(done=False))
    clicked = await slack.click(OLGA, HELP, shown.ts, "late")
    assert clicked.acked
    seconds.now += 4
    await slack.changes.until(lambda: [call for call in slack.calls if call.method == "users.info"])
    slack.faults.heal()
    await slack.changes.until(lambda: [call for call in slack.calls if call.method == "views.open"])
    assert [call.error for call in slack.calls if call.method == "views.open"] == ["expired_trigger_id"]
    assert slack.world.modals == {}
    assert seen.clicks == []


async def test_an_event_nobody_acknowledges_comes_again_with_its_reason(slack: SlackTown, seen: Seen) -> None:
    slack.socket.ack_timeout = 0.05
    slack.subscribed.add("reaction_added")
    await slack._event({"type": "reaction_added", "user": OLGA}, None)
    await slack.changes.until(lambda: slack.socket.undelivered == 0)
    first, again = (one for one in slack.socket.deliveries if one.payload["event"]["type"] == "reaction_added")
    assert (first.acked, again.acked) == (False, False)
    assert (again.attempt, again.reason) == (1, "timeout")
    assert first.payload["event_id"] == again.payload["event_id"]
    assert seen.messages == []


async def test_an_event_missed_while_the_app_was_away_comes_when_it_is_back(slack: SlackTown) -> None:
    slack.socket.redeliver_after = (600.0,)
    said = await slack.say(OLGA, "help", "is anybody there?")
    assert not said.acked
    app, seen = build_app(slack)
    async with connected(slack, app):
        slack.socket.redeliver_now()
        await slack.called("chat.postMessage")
    assert seen.retries == [("1", "connection_failed")]


async def test_a_replayed_envelope_reaches_the_listener_again(slack: SlackTown, seen: Seen) -> None:
    await slack.say(OLGA, "help", "hello")
    await slack.called("chat.postMessage")
    first = slack.socket.deliveries[0]
    assert (await slack.socket.replay(first)).acked
    assert [event["ts"] for event in seen.messages] == [seen.messages[0]["ts"]] * 2


async def test_many_clicks_at_once_are_all_answered(slack: SlackTown, seen: Seen) -> None:
    shown = await card(slack)
    clicks = [slack.click(user, HELP, shown.ts, "answer", value="keep") for user in (OLGA, IVAN) * 20]
    assert all(answer.acked for answer in await asyncio.gather(*clicks))
    await slack.called("response_url", 40)
    assert len(seen.clicks) == 40
    assert {message.only_for for message in slack.world.ephemerals} == {OLGA, IVAN}


async def test_an_old_card_can_still_be_clicked(slack: SlackTown, seen: Seen) -> None:
    shown = await card(slack)
    before = shown.as_slack()
    await slack_client(slack).chat_update(channel=HELP, ts=shown.ts, text="decided", blocks=[])
    with pytest.raises(LookupError):
        await slack.click(OLGA, HELP, shown.ts, "answer")
    assert (await slack.click(OLGA, HELP, shown.ts, "answer", shown=before)).acked
    assert seen.clicks[0]["actions"][0]["value"] == "7"


async def test_a_response_url_replaces_the_card_and_wears_out(slack: SlackTown, seen: Seen) -> None:
    shown = await card(slack)
    await slack.click(OLGA, HELP, shown.ts, "answer", value="replace")
    await slack.called("response_url")
    assert (shown.text, shown.blocks) == ("done", [])
    async with aiohttp.ClientSession() as session:
        tried = [await session.post(seen.clicks[0]["response_url"], json={"text": "again"}) for _ in range(5)]
    assert [answer.status for answer in tried] == [200, 200, 200, 200, 404]


async def test_a_post_may_be_done_and_its_answer_lost(slack: SlackTown) -> None:
    slack.faults.add("chat.postMessage", no_answer(done=True))
    with pytest.raises(TimeoutError):
        await slack_client(slack, timeout=1).chat_postMessage(channel=DESK, text="once")
    slack.faults.add("chat.postMessage", connection_cut(done=True))
    client = slack_client(slack)
    client.retry_handlers.clear()  # its own handler for connection errors would post a second time
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=DESK, text="twice")
    history = await client.conversations_history(channel=DESK)
    assert [message["text"] for message in history["messages"]] == ["twice", "once"]


async def test_a_call_that_hung_is_done_late_only_if_its_caller_waited(slack: SlackTown) -> None:
    slack.faults.add("chat.postMessage", no_answer(done=False), times=2)
    waiting = asyncio.create_task(slack_client(slack).chat_postMessage(channel=DESK, text="patient"))
    with pytest.raises(TimeoutError):
        await slack_client(slack, timeout=1).chat_postMessage(channel=DESK, text="gave up")
    await slack.changes.until(lambda: slack.faults.hanging == 1)
    slack.faults.heal()
    assert (await waiting)["ok"]
    assert [message.text for message in slack.world.channel(DESK).messages.values()] == ["patient"]


async def test_faults_can_stand_until_healed(slack: SlackTown) -> None:
    client = slack_client(slack)
    slack.faults.add("*", refused("invalid_auth"), times=None)
    for _ in range(2):
        assert await error_of(client.auth_test()) == "invalid_auth"
    slack.faults.heal()
    slack.faults.add("auth.test", server_error(503))
    assert await error_of(client.auth_test()) == "internal_error"
    assert (await client.auth_test())["bot_id"] == "B_RIGHTSDESK"


async def error_of(call: object) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call  # type: ignore[misc]
    return str(raised.value.response["error"])


async def test_tokens_and_places_are_checked(slack: SlackTown) -> None:
    client = slack_client(slack)
    assert await error_of(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert await error_of(client.auth_test(token=APP_TOKEN)) == "not_allowed_token_type"
    assert await error_of(client.api_call("nothing.here")) == "unknown_method"
    assert await error_of(client.chat_postMessage(channel="C_NONE", text="x")) == "channel_not_found"
    assert await error_of(client.api_call("chat.postMessage", json={"channel": DESK})) == "no_text"
    assert await error_of(client.conversations_replies(channel=DESK, ts="1.0")) == "thread_not_found"
    said = await slack.say(OLGA, DESK, "mine")
    assert await error_of(client.chat_update(channel=DESK, ts=said.ts, text="x")) == "cant_update_message"
    slack.world.channel(DESK).members.discard("U_RIGHTSDESK")
    assert await error_of(client.chat_postMessage(channel=DESK, text="x")) == "not_in_channel"


async def test_history_gives_metadata_only_when_asked_and_pages(slack: SlackTown) -> None:
    client = slack_client(slack)
    metadata = {"event_type": "row", "event_payload": {"key": "k1"}}
    first = await client.chat_postMessage(channel=DESK, text="first", metadata=metadata)
    await client.chat_postMessage(channel=DESK, text="reply", thread_ts=first["ts"])
    second = await client.chat_postMessage(channel=DESK, text="second")
    plain = await client.conversations_history(channel=DESK)
    assert "metadata" not in plain["messages"][-1]
    full = await client.conversations_history(channel=DESK, include_all_metadata=True, limit=1, oldest="0")
    assert (full["messages"][0]["ts"], full["has_more"]) == (second["ts"], True)
    cursor = full["response_metadata"]["next_cursor"]
    full = await client.conversations_history(channel=DESK, include_all_metadata=True, limit=1, cursor=cursor)
    assert full["messages"][0]["metadata"] == metadata
    assert full["messages"][0]["reply_count"] == 1
    since = await client.conversations_history(channel=DESK, oldest=first["ts"])
    assert [message["text"] for message in since["messages"]] == ["second"]
    replies = await client.conversations_replies(channel=DESK, ts=first["ts"])
    assert [message["text"] for message in replies["messages"]] == ["first", "reply"]


@pytest.mark.parametrize(
    ("user", "flag"),
    [
        (GUEST, "is_restricted"),
        (ANNA, "is_ultra_restricted"),
        (GONE, "deleted"),
        (ROBOT, "is_bot"),
        (STRANGER, "is_stranger"),
        (OLGA, "is_admin"),
    ],
)
async def test_users_are_told_apart(slack: SlackTown, user: str, flag: str) -> None:
    client = slack_client(slack)
    assert (await client.users_info(user=user))["user"][flag] is True
    assert not (await client.users_info(user=IVAN))["user"].get(flag)


async def test_a_direct_channel_is_opened_with_a_person_only(slack: SlackTown) -> None:
    client = slack_client(slack)
    opened = await client.conversations_open(users=OLGA)
    await client.chat_postMessage(channel=opened["channel"]["id"], text="hello")
    await client.chat_postMessage(channel=OLGA, text="hello again")
    assert [message.text for message in slack.world.direct(OLGA).messages.values()] == ["hello", "hello again"]
    assert await error_of(client.conversations_open(users=GONE)) == "user_disabled"
    assert await error_of(client.conversations_open(users=ROBOT)) == "cannot_dm_bot"


async def test_an_ephemeral_message_is_for_one_who_is_there(slack: SlackTown) -> None:
    client = slack_client(slack)
    await client.chat_postEphemeral(channel=HELP, user=ANNA, text="only you")
    assert slack.world.ephemerals[0].only_for == ANNA
    assert await error_of(client.chat_postEphemeral(channel=DESK, user=ANNA, text="x")) == "user_not_in_channel"
    assert slack.world.channel(HELP).messages == {}


async def test_a_view_update_with_an_old_hash_is_refused(slack: SlackTown) -> None:
    client = slack_client(slack)
    view = (await client.views_open(trigger_id=slack.views.new_trigger(OLGA), view=modal()))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Second"))
    late = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Third"))
    assert await error_of(late) == "hash_conflict"
    assert slack.world.view(view["id"]).content["title"]["text"] == "Second"


async def test_a_proxy_in_the_environment_does_no_harm(slack: SlackTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    app, _ = build_app(slack)
    async with connected(slack, app):
        forget_proxies()  # respond() builds a client of its own, which reads the variables
        shown = await card(slack)
        await slack.click(OLGA, HELP, shown.ts, "answer", value="keep")
        await slack.called("response_url")


async def test_slack_goes_away_and_comes_back_with_all_it_had(slack: SlackTown, seen: Seen) -> None:
    shown = await card(slack)
    await slack.stop()
    await slack.start()
    await slack.socket.connected(beyond=1)
    assert (await slack.click(OLGA, HELP, shown.ts, "answer", value="keep")).acked
    assert len(seen.clicks) == 1


async def test_choices_of_every_kind_reach_the_form(slack: SlackTown) -> None:
    def option(value: str) -> Json:
        return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}

    def field(name: str, kind: str, **more: object) -> Json:
        element = {"type": kind, "action_id": name, **more}
        return {"type": "input", "block_id": name, "label": {"type": "plain_text", "text": name}, "element": element}

    fields = [
        field("why", "static_select", options=[option("a"), option("b")]),
        field("which", "checkboxes", options=[option("a"), option("b")], initial_options=[option("b")]),
        field("who", "users_select"),
        field("when", "datepicker", initial_date="2026-12-01"),
    ]
    client = slack_client(slack)
    opened = await client.views_open(trigger_id=slack.views.new_trigger(OLGA), view=modal(blocks=fields))
    with pytest.raises(Incomplete) as incomplete:
        await slack.submit_view(OLGA, opened["view"]["id"])
    assert incomplete.value.fields == ["why", "who"]
    with pytest.raises(LookupError):
        await slack.submit_view(OLGA, opened["view"]["id"], {"why": "c", "who": IVAN})
    await slack.submit_view(OLGA, opened["view"]["id"], {"why": "a", "who": IVAN})
    values = slack.socket.deliveries[-1].payload["view"]["state"]["values"]
    assert values["why"]["why"]["selected_option"] == option("a")
    assert values["which"]["which"]["selected_options"] == [option("b")]
    assert values["who"]["who"]["selected_user"] == IVAN
    assert values["when"]["when"]["selected_date"] == "2026-12-01"


async def test_blocks_without_names_get_them(slack: SlackTown) -> None:
    posted = await slack_client(slack).chat_postMessage(channel=DESK, text="x", blocks=[actions(button("a"))])
    assert posted["message"]["blocks"][0]["block_id"]
