"""Who may act: a matrix of people, places and failures; every doubt ends with nothing done and a word to the person."""

from pathlib import Path

import pytest

from bot.demo.servers.slack_faults import refused, server_error
from bot.demo.servers.slack_things import (
    ANNA,
    DESK,
    GONE,
    GUEST,
    HELP,
    IVAN,
    OLGA,
    OTHER_TEAM,
    ROBOT,
    STRANGER,
    TEAM,
    Channel,
)
from responders.case.ticket import Status
from tests.bot.slack.town import Office, office

NOBODYS = "U_NOBODY"


@pytest.mark.parametrize("user", [GUEST, ANNA, GONE, STRANGER, ROBOT])
@pytest.mark.parametrize("act", ["approve", "assign", "refuse"])
async def test_who_is_less_than_a_member_may_do_nothing(town: Office, user: str, act: str) -> None:
    ticket = await town.decidable()
    town.slack.world.channels[DESK].members.add(user)
    await town.slack.click(user, DESK, town.card.ts, act)
    if act == "refuse":
        said = str((await town.form(user))["blocks"])
    else:
        said = await town.hears(user)
    assert "Nothing was done" in said
    assert await town.desk.ticket(ticket.number) == ticket


async def test_only_approvers_may_act_where_there_is_a_list(tmp_path: Path) -> None:
    async with office(tmp_path, approvers=(IVAN,)) as town:
        ticket = await town.decidable()
        await town.slack.click(OLGA, DESK, town.card.ts, "approve")
        assert "list of approvers" in await town.hears(OLGA)
        assert await town.desk.ticket(ticket.number) == ticket
        await town.slack.click(IVAN, DESK, town.card.ts, "approve")
        await town.when(ticket.number, lambda t: t.status is Status.WAITING)


async def test_a_deactivated_approver_may_act_no_more(tmp_path: Path) -> None:
    async with office(tmp_path, approvers=(IVAN,)) as town:
        ticket = await town.decidable()
        await town.slack.click(IVAN, DESK, town.card.ts, "assign")
        await town.when(ticket.number, lambda t: t.assigned_to is not None)
        await town.deliver()
        town.slack.world.users[IVAN].deleted = True
        town.seconds.at += 60
        await town.slack.click(IVAN, DESK, town.card.ts, "approve")
        assert "deactivated" in await town.hears(IVAN)
        assert (await town.desk.ticket(ticket.number)).status is Status.DECIDING


@pytest.mark.parametrize("fault", [server_error(), refused("missing_scope"), refused("user_not_found")])
async def test_where_slack_cannot_be_asked_nobody_may_act(town: Office, fault) -> None:  # type: ignore[no-untyped-def]
    ticket = await town.decidable()
    town.slack.faults.add("users.info", fault)
    await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    assert "can't be checked right now who you are" in await town.hears(OLGA)
    assert await town.desk.ticket(ticket.number) == ticket


async def test_slack_is_asked_once_a_minute(town: Office) -> None:
    await town.decidable()
    for command in range(3):
        await town.slack.command(OLGA, "/rightsdesk", "late")
        await town.hears(OLGA, command + 1)
    assert len(town.slack.calls_of("users.info")) == 1
    town.seconds.at += 60
    await town.slack.command(OLGA, "/rightsdesk", "late")
    await town.hears(OLGA, 4)
    assert len(town.slack.calls_of("users.info")) == 2


async def test_a_card_seen_elsewhere_does_not_act(town: Office) -> None:
    ticket = await town.decidable()
    shown = town.card.as_slack()
    other = Channel("C_OTHER", "other", {"U_RIGHTSDESK", OLGA})
    town.slack.world.channels[other.id] = other
    copied = await town.slack.say(OLGA, "other", "look at this")
    await town.slack.click(OLGA, "other", copied.ts, "approve", shown=shown)
    assert "in the staff's channel only" in await town.hears(OLGA)
    assert await town.desk.ticket(ticket.number) == ticket


async def test_a_member_of_another_workspace_is_none_of_ours(town: Office) -> None:
    ticket = await town.decidable()
    town.slack.world.users[IVAN].team = OTHER_TEAM
    await town.slack.click(IVAN, DESK, town.card.ts, "approve")
    assert "members of this workspace" in await town.hears(IVAN)
    assert await town.desk.ticket(ticket.number) == ticket
    assert TEAM != OTHER_TEAM
    assert HELP != DESK


async def test_a_forged_value_leads_nowhere(town: Office) -> None:
    ticket = await town.decidable()
    for value in ("", "1", "x:1", f"{ticket.number}:{ticket.version + 1}", f"999:{ticket.version}", "1:0:erase"):
        assert (await town.slack.click(OLGA, DESK, town.card.ts, "approve", value)).acked
    await town.hears(OLGA, 3)
    assert await town.desk.ticket(ticket.number) == ticket
