"""The slash command, the App Home and requests entered by hand."""

from bot.demo.servers.slack_things import DESK, GUEST, HELP, IVAN, OLGA
from responders.case.ticket import Status
from tests.bot.slack.town import ANNAS, Office


async def test_the_command_lists_what_is_open_and_what_is_late(town: Office) -> None:
    first = await town.decidable()
    await town.open()
    await town.deliver()
    await town.slack.command(OLGA, "/rightsdesk", "late")
    assert await town.hears(OLGA) == "Nothing is late."
    town.hours.pass_by(days=31)
    await town.slack.command(OLGA, "/rightsdesk", "open")
    await town.hears(OLGA, 2)
    blocks = str(town.slack.world.ephemerals[-1].blocks)
    assert "Ticket 1" in blocks
    assert "Ticket 2" in blocks
    assert "OVERDUE by 2 days" in blocks
    assert "https://opterre.example/archives/C_DESK/p" in blocks
    await town.slack.command(OLGA, "/rightsdesk", f"#{first.number}")
    await town.hears(OLGA, 3)
    one = town.slack.world.ephemerals[-1]
    assert one.text.startswith("Ticket 1: erase data")
    assert "action_id" not in str(one.blocks)


async def test_the_command_helps_and_says_what_it_does_not_know(town: Office) -> None:
    for typed, said in [("", "/rightsdesk open"), ("what?", "/rightsdesk open"), ("999", "no ticket 999")]:
        before = len(town.told(OLGA))
        await town.slack.command(OLGA, "/rightsdesk", typed)
        assert said in await town.hears(OLGA, before + 1)


async def test_the_command_opens_a_breach_once_with_all_its_clocks(town: Office) -> None:
    await town.slack.command(OLGA, "/rightsdesk", "breach")
    opened = await town.hears(OLGA, 1)
    assert "Breach 1: aware since" in opened
    assert "GDPR art. 33: 3 days left" in opened
    await town.slack.command(OLGA, "/rightsdesk", "breach")
    assert "Breach 1: aware since" in await town.hears(OLGA, 2)
    await town.slack.command(OLGA, "/rightsdesk", "breach 2031-01-01T10:00Z")
    assert "not come yet" in await town.hears(OLGA, 3)
    await town.slack.command(OLGA, "/rightsdesk", "breach yesterday")
    assert "Nothing was opened" in await town.hears(OLGA, 4)
    await town.slack.command(OLGA, "/rightsdesk", "breach new")
    assert "Breach 2" in await town.hears(OLGA, 5)


async def test_the_command_tells_nothing_elsewhere_or_to_guests(town: Office) -> None:
    await town.decidable()
    await town.slack.command(OLGA, "/rightsdesk", "open", channel=HELP)
    assert "in the staff's channel" in town.told(OLGA)[-1]
    await town.slack.command(GUEST, "/rightsdesk", "open", channel=DESK)
    assert "guests" in await town.hears(GUEST)
    assert "Ticket" not in str([message.blocks for message in town.slack.world.ephemerals])


async def test_the_home_shows_open_tickets_to_staff_and_nothing_to_guests(town: Office) -> None:
    await town.slack.open_home(OLGA)
    await town.slack.called("views.publish")
    assert "Nothing is open" in str(town.slack.world.homes[OLGA].content)
    await town.decidable()
    town.hours.pass_by(days=31)
    await town.slack.open_home(OLGA)
    await town.slack.called("views.publish", 2)
    shown = str(town.slack.world.homes[OLGA].content)
    assert "1 open request, 1 LATE" in shown
    assert "OVERDUE by 2 days" in shown
    await town.slack.open_home(GUEST)
    await town.slack.called("views.publish", 3)
    assert "Ticket" not in str(town.slack.world.homes[GUEST].content)


async def test_a_request_by_phone_is_entered_by_hand(town: Office) -> None:
    await town.slack.shortcut(IVAN, "new_request")
    form = await town.form(IVAN)
    written = {"right": "erase", "address": "Anna <anna@kundin.example>", "country": "de", "language": "de"}
    wrong = await town.slack.submit_view(IVAN, form["id"], written)
    assert "one plain mail address" in wrong.errors["address"]
    wrong = await town.slack.submit_view(IVAN, form["id"], written | {"address": ANNAS, "country": "Germ"})
    assert "ISO code" in wrong.errors["country"]
    wrong = await town.slack.submit_view(IVAN, form["id"], written | {"address": ANNAS, "received": "2027-02-09"})
    assert "not come yet" in wrong.errors["received"]
    right = written | {"address": ANNAS, "received": "2027-01-28", "note": "called on Thursday"}
    await town.slack.submit_view(IVAN, form["id"], right)
    assert "Ticket 1 is open" in await town.hears(IVAN)
    ticket = await town.desk.ticket(1)
    assert ticket.status is Status.IDENTIFYING
    assert ticket.assigned_to == "Ivan Roth (U_IVAN)"
    assert ticket.dates is not None
    assert (ticket.dates.regime, ticket.received_at.date().isoformat()) == ("gdpr", "2027-01-28")
    await town.deliver()
    assert town.post.sent[0][0] == ANNAS
    assert await town.desk.code_typed(1, town.post.code())
    assert "called on Thursday" not in str([message.as_slack() for message in town.roots()])


async def test_a_guest_cannot_enter_a_request(town: Office) -> None:
    await town.slack.shortcut(GUEST, "new_request")
    form = await town.form(GUEST)
    assert "guests" in str(form["blocks"])
    assert form.get("submit") is None
