"""Cards as pure functions: a ticket in, blocks out, within every limit of Slack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.servers.slack_limits import message_problems, view_problems
from bot.slack import forms, words
from bot.slack.acts import offered
from bot.slack.by_hand import usable_address
from bot.slack.by_hand import view as by_hand_view
from bot.slack.cards import Look, card, small
from bot.slack.home import home, urgent_first
from bot.slack.people import Actor, id_in
from bot.slack.refs import Ref
from intents.letter import Channel
from intents.rights import Intent, Risk
from responders.case.lifecycle import TRANSITIONS
from responders.case.ticket import Identity, Mark, Person, Status, Task, Ticket
from responders.dates import with_dates
from tests.bot.slack.town import HOUSE

NOW = datetime(2027, 1, 31, 10, tzinfo=UTC)
LOOK = Look(tz="Europe/Berlin")


def ticket(**more: object) -> Ticket:
    """Anna's erasure under the GDPR and California's law."""
    plain = Ticket(
        number=7,
        right=Intent.ERASE,
        status=Status.DECIDING,
        channel=Channel.EMAIL,
        language="de",
        received_at=NOW,
        opened_at=NOW,
        person=Person(address="anna@kundin.example", text="my secret text", subject="secret subject"),
        country="DE",
        identity=Identity.MAILBOX,
        version=3,
    )
    return replace(with_dates(plain, ("gdpr", "ccpa"), HOUSE), **more)  # type: ignore[arg-type]


def test_the_card_shows_the_date_with_its_working_and_the_days_left() -> None:
    shown = str(card(ticket(), NOW, LOOK).blocks)
    assert "1 Mar 2027, 29 days left" in shown
    assert "31 Jan + 1 month = 28 Feb (Sun) → Mon 1 Mar, Art. 12(3)" in shown
    assert "Other laws that may apply: CCPA: by 2027-03-17" in shown


@pytest.mark.parametrize(
    ("day", "words_"),
    [
        (datetime(2027, 2, 27, 12, tzinfo=UTC), "2 days left"),
        (datetime(2027, 2, 28, 12, tzinfo=UTC), "1 day left"),
        (datetime(2027, 3, 1, 12, tzinfo=UTC), "due TODAY"),
        (datetime(2027, 3, 1, 23, 30, tzinfo=UTC), "OVERDUE by 1 day"),
        (datetime(2027, 3, 4, 12, tzinfo=UTC), "OVERDUE by 3 days"),
    ],
)
def test_days_are_counted_in_the_zone_of_the_house(day: datetime, words_: str) -> None:
    assert words.time_left(ticket(), day, "Europe/Berlin") == words_


def test_nothing_personal_is_shown_unless_the_configuration_says_so() -> None:
    one = ticket(why="erase: “delete my account” (90)")
    shown = str(card(one, NOW, LOOK))
    assert "a…a@k…n.example" in shown
    for secret in ("anna@", "kundin", "secret", "delete my account"):
        assert secret not in shown
    assert "anna@kundin.example" in str(card(one, NOW, replace(LOOK, address="full")))
    assert "@" not in str(card(one, NOW, replace(LOOK, address="none")))
    assert "delete my account" in str(card(one, NOW, replace(LOOK, text=True)))


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("anna@kundin.example", "a…a@k…n.example"),
        ("a@b.example", "a…@b….example"),
        ("ann@mail.shop.example", "a…@m…p.example"),
        ("anna@localhost", "a…a@….localhost"),
    ],
)
def test_addresses_are_masked(address: str, masked: str) -> None:
    assert words.masked(address) == masked


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("right", list(Intent))
def test_every_ticket_has_a_good_card_with_only_the_buttons_that_the_life_cycle_allows(
    status: Status, right: Intent
) -> None:
    readings = (Intent.ACCESS, Intent.ERASE)
    tasks = (Task("Mailer", "x"),)
    one = ticket(status=status, right=right, readings=readings, tasks=tasks, risks=tuple(Risk), silent=True)
    for shown in (card(one, NOW, LOOK), small(one, NOW, LOOK)):
        assert message_problems(shown.blocks) == []
    for act in offered(one, NOW):
        assert act.event in TRANSITIONS[status]
        if act.form:
            assert view_problems(forms.view(act.name, one, LOOK)) == []
    assert view_problems(forms.view("task_done", one, LOOK, "Mailer")) == []


def test_extend_is_offered_only_while_the_law_allows_it() -> None:
    def extendable(one: Ticket, now: datetime) -> bool:
        return "extend" in {act.name for act in offered(one, now)}

    assert extendable(ticket(), NOW)
    assert not extendable(ticket(extended=True), NOW)
    assert not extendable(ticket(), NOW + timedelta(days=28))
    assert not extendable(ticket(dates=None), NOW)


def test_a_card_with_everything_too_long_stays_within_the_limits() -> None:
    long = "<&>" * 100_000
    marks = tuple(Mark(NOW, f"{long} (U_1)", long) for _ in range(500))
    tasks = tuple(Task(long, long, done_by=long, done_at=NOW, proof=long) for _ in range(300))
    person = Person(address=f"{long}@{long}.example")
    one = ticket(status=Status.DOING, tasks=tasks, marks=marks, person=person, why=long, assigned_to=long, country=long)
    for look in (LOOK, Look(address="full", text=True)):
        shown = card(one, NOW, look)
        assert message_problems(shown.blocks) == []
        assert len(shown.text) < 1000
    assert "…490 earlier" in str(card(one, NOW, LOOK).blocks)


def test_many_tasks_are_shown_as_far_as_there_is_room_and_the_rest_named() -> None:
    tasks = tuple(Task(f"Processor {n}", "Delete.") for n in range(80))
    shown = card(ticket(status=Status.DOING, tasks=tasks), NOW, LOOK)
    assert message_problems(shown.blocks) == []
    assert "Processor 79" in str(shown.blocks)
    assert len(shown.blocks) == 50


def test_the_text_for_notifications_is_escaped_and_metadata_holds_ids_only() -> None:
    shown = card(ticket(), NOW, LOOK)
    assert shown.text == "Ticket 7: erase data – waiting for a decision of staff – due 1 Mar 2027, 29 days left"
    assert shown.metadata["event_payload"] == {"ticket": 7, "key": "card:7"}


@pytest.mark.parametrize("value", ["", "7", "7:", ":3", "7:3:" + "x" * 61, "-7:3", "7:3.5", "٧:٣x", "9999999999:1"])
def test_what_is_no_value_of_ours_is_none(value: str) -> None:
    assert Ref.read(value) is None


@pytest.mark.parametrize("ref", [Ref(7, 3), Ref(7, 0, "erase"), Ref(1, 999, "12")])
def test_values_survive_the_way_through_slack(ref: Ref) -> None:
    assert Ref.read(str(ref)) == ref


def test_who_acted_is_known_by_name_and_id() -> None:
    olga = Actor("U_OLGA", "Olga (night) Berg" * 9)
    assert id_in(olga.by) == "U_OLGA"
    assert len(olga.by) <= 80
    for odd in ("cli", "rightsdesk", "Olga (the boss>)", ""):
        assert id_in(odd) is None


def test_lists_put_the_most_urgent_first_and_late_ones_loud() -> None:
    late = ticket(number=1)
    undated = ticket(number=2, dates=None)
    soon = ticket(number=3, dates=None)
    soon = with_dates(replace(soon, received_at=NOW + timedelta(days=3)), ("gdpr",), HOUSE)
    assert [t.number for t in urgent_first([undated, soon, late])] == [1, 3, 2]
    now = NOW + timedelta(days=31)
    view = home([undated, soon, late] * 40, now, LOOK, {1: "https://x.example/1"})
    assert view_problems(view) == []
    assert "OVERDUE by 2 days" in str(view["blocks"][1])
    assert "LATE" in str(view["blocks"][0])
    assert "Nothing is open" in str(home([], now, LOOK, {}))


def test_the_form_for_requests_by_hand_is_good() -> None:
    assert view_problems(by_hand_view(NOW.date())) == []


@pytest.mark.parametrize(
    ("typed", "usable"),
    [
        (" anna@Kundin.Example ", "anna@kundin.example"),
        ("Anna <anna@kundin.example>", None),
        ("a@b.example, c@d.example", None),
        ("anna@localhost", None),
        ("anna@kundin", None),
        ("anna@kundin.example\r\nBcc: x@y.example", None),
        ("аnna@kundin.example", None),  # Cyrillic а
        ("", None),
    ],
)
def test_only_one_plain_address_is_used(typed: str, usable: str | None) -> None:
    assert usable_address(typed) == usable
