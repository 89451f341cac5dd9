"""The line to Slack: what nobody listens to, redelivery, cut connections, proxies, `check`, and our own mistakes."""

import asyncio
import logging

import pytest
from pydantic import SecretStr

from bot.config_sections import SlackSection
from bot.demo.servers.slack import APP_TOKEN, BOT_TOKEN, SlackTown
from bot.demo.servers.slack_faults import refused
from bot.demo.servers.slack_people import Answer
from bot.demo.servers.slack_things import DESK, HELP, OLGA
from bot.slack.client import proxy_for
from bot.slack.socket import START_ANEW, probe
from responders.case import events as e
from responders.case.ticket import Status
from tests.bot.slack.town import Json, Office


async def test_everything_is_acknowledged_also_what_nobody_listens_to(town: Office) -> None:
    town.slack.subscribed.add("reaction_added")
    await town.decidable()
    said = await town.slack.say(OLGA, DESK, "just talk among staff")
    answers: list[Answer] = [
        said,
        await town.slack.edit(OLGA, DESK, said.ts, "better talk"),
        await town.slack.delete(DESK, said.ts),
        await town.slack.shortcut(OLGA, "unknown"),
        await town.slack.message_shortcut(OLGA, DESK, town.card.ts, "unknown"),
        await town.slack.command(OLGA, "/unknown"),
        await town.slack.click(OLGA, DESK, town.card.ts, "unknown", shown=unknown_button()),
    ]
    assert all(answer.acked for answer in answers)
    await town.slack._event({"type": "reaction_added", "user": OLGA}, None)
    assert town.slack.socket.undelivered == 0


def unknown_button() -> Json:
    button = {"type": "button", "action_id": "unknown", "text": {"type": "plain_text", "text": "?"}, "value": "1:1"}
    return {"blocks": [{"type": "actions", "block_id": "b", "elements": [button]}]}


async def test_a_click_that_slack_sends_again_has_one_effect(town: Office) -> None:
    ticket = await town.decidable()
    await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    await town.when(ticket.number, lambda t: t.status is Status.WAITING)
    click = town.slack.socket.deliveries[-1]
    for _ in range(3):
        assert (await town.slack.socket.replay(click)).acked
    await town.hears(OLGA, 3)
    assert (await town.desk.ticket(ticket.number)).version == ticket.version + 1


async def test_clicks_during_cut_connections_are_done_once_or_refused_to_the_eye(town: Office) -> None:
    ticket = await town.decidable()
    town.slack.socket.ack_timeout = 0.2
    shown = town.card.as_slack()
    for cut in range(3):
        clicking = asyncio.create_task(town.slack.click(OLGA, DESK, town.card.ts, "approve", shown=shown))
        await asyncio.sleep(0)  # the click is on its way when the line is cut
        town.slack.socket.drop()
        await clicking
        await town.slack.socket.connected(beyond=cut + 1)
    town.slack.socket.ack_timeout = 5.0
    assert (await town.slack.click(OLGA, DESK, town.card.ts, "approve", shown=shown)).acked
    await town.when(ticket.number, lambda t: t.status is Status.WAITING)
    await town.deliver()
    marks = [mark.what for mark in (await town.desk.ticket(ticket.number)).marks]
    assert marks.count("approved") == 1
    assert len(town.roots()) == 1


async def test_auth_test_is_asked_once_however_many_come_at_first(town: Office) -> None:
    await asyncio.gather(*(town.slack.say(OLGA, HELP, f"hello {n}") for n in range(20)))
    assert len(town.slack.calls_of("auth.test")) == 1


async def test_a_mistake_of_ours_is_said_in_words_and_logged_without_what_people_wrote(
    town: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await town.decidable()

    async def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(type(town.desk), "happen", broken)
    clicked = await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    assert clicked.acked
    said = await town.hears(OLGA)
    assert "went wrong" in said
    assert "ZeroDivisionError" not in said
    assert "anna@" not in capsys.readouterr().out


async def test_a_database_that_stands_still_does_not_delay_the_acknowledgement(town: Office) -> None:
    ticket = await town.decidable()
    release = asyncio.Event()

    async def stuck(connection: object) -> None:
        await release.wait()

    stalled = asyncio.create_task(town.store.database.unit(stuck))
    clicked = await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    assert clicked.acked
    release.set()
    await stalled
    await town.when(ticket.number, lambda t: t.status is Status.WAITING)


async def test_a_line_that_stays_down_is_built_anew(town: Office) -> None:
    line = town.door.line
    assert await line.look()
    await line._close()
    town.seconds.at += START_ANEW - 1
    assert not await line.look()
    assert (line.renewed, round(line.down_for)) == (0, START_ANEW - 1)
    town.seconds.at += 1
    assert not await line.look()
    assert line.renewed == 1
    await town.slack.socket.connected(beyond=1)
    ticket = await town.decidable()
    await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    await town.when(ticket.number, lambda t: t.status is Status.WAITING)


async def test_a_refresh_of_the_connection_loses_nothing(town: Office) -> None:
    ticket = await town.decidable()
    await town.slack.socket.refresh()
    await town.slack.socket.connected(beyond=1)
    await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    await town.when(ticket.number, lambda t: t.status is Status.WAITING)


def test_no_proxy_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for("https://slack.com/api/") is None
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert proxy_for("https://slack.com/api/") == "http://proxy.example:3128"
    monkeypatch.setenv("no_proxy", "127.0.0.1,slack.com")
    assert proxy_for("https://slack.com/api/") is None


def section(slack: SlackTown, **more: object) -> SlackSection:
    values: Json = {"bot_token": SecretStr(BOT_TOKEN), "app_token": SecretStr(APP_TOKEN), "staff_channel": DESK}
    return SlackSection(**(values | {"api_url": slack.api_url} | more))


async def test_check_finds_nothing_where_all_is_well(town: Office) -> None:
    assert await probe(section(town.slack, customer_channel=HELP)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"bot_token": SecretStr("xoxb-wrong")}, "slack.bot_token: Slack: the bot token is not valid"),
        ({"bot_token": SecretStr(APP_TOKEN), "app_token": SecretStr(BOT_TOKEN)}, "mixed up"),
        ({"app_token": SecretStr("")}, "slack.app_token"),
        ({"staff_channel": "privacy-desk"}, "slack.staff_channel: Slack: the channel is not known there"),
        ({"customer_channel": "C_NONE"}, "slack.customer_channel"),
    ],
)
async def test_check_says_which_setting_is_wrong_and_what_to_do(town: Office, changed: Json, said: str) -> None:
    found = await probe(section(town.slack, **changed))
    assert any(said in line for line in found), found


async def test_check_says_when_slack_is_away_and_when_a_permission_is_missing(town: Office) -> None:
    town.slack.faults.add("conversations.history", refused("missing_scope"))
    assert "install the app again from bot/slack/manifest.yaml" in str(await probe(section(town.slack)))
    await town.slack.stop()
    assert "Slack does not answer" in str(await probe(section(town.slack)))
    await town.slack.start()


async def test_the_libraries_print_no_messages(town: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ticket = await town.decidable()
        await town.desk.happen(ticket.number, e.StaffApproved("Olga"))
        await town.slack.say(OLGA, HELP, "canary-in-the-channel")
        await town.deliver()
    assert "canary-in-the-channel" not in caplog.text
    assert "anna@" not in caplog.text
