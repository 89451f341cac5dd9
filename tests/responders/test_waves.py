"""Waves: which letters belong together, and what staff's word on the agent means for each ticket."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.effects import SendCode
from responders.case.ticket import Identity, Status, Ticket
from responders.decide import NotNow, decide
from responders.waves import AgentWord, Wave, asking, by_agents, joins, letters_in, unasked
from tests.responders.cast import HOUSE, NOW, OLGA, opened, request

AGENT = "requests@fairdata.example"
NAMED = "anna@kundin.example"


def wave(**changes: object) -> Wave:
    return replace(Wave(1, "Fairdata", None, NOW, NOW), **changes)  # type: ignore[arg-type]


def by_an_agent(right: Intent = Intent.ACCESS, **changes: object) -> Ticket:
    person = replace(request(right).person, address=None, writer=AGENT, named=NAMED)
    asked = request(right, person=person, risks=(Risk.AGENT,), hold="Fairdata writes for somebody else", **changes)
    return opened(asked)[0].ticket


@pytest.mark.parametrize(
    ("agent", "template", "days", "belongs"),
    [
        ("Fairdata", None, 0, True),
        ("Fairdata", "00000000000000ff", 13, True),
        ("Fairdata", None, 15, False),
        ("Others", None, 0, False),
        ("", "00000000000000ff", 0, False),
    ],
)
def test_an_agents_letters_join_within_a_fortnight(
    agent: str, template: str | None, days: int, *, belongs: bool
) -> None:
    assert joins(agent, template, NOW + timedelta(days=days), wave()) is belongs


def test_letters_of_one_wording_join_whoever_sends_them() -> None:
    same = wave(agent="", template="00000000000000ff")
    assert joins("", "00000000000000fe", NOW, same)
    assert not joins("", "ffffffffffffff00", NOW, same)
    assert not joins("", None, NOW, same)
    assert not joins("Fairdata", "00000000000000ff", NOW, same)


def test_the_tickets_of_one_letter_are_one_letter() -> None:
    one, two, three = (replace(by_an_agent(), number=n) for n in (1, 2, 3))
    assert letters_in([replace(one, linked=(2,)), replace(two, linked=(1,)), three]) == 2


def test_a_wave_of_people_who_write_for_themselves_has_no_agent_to_confirm() -> None:
    own = opened(request(Intent.ERASE))[0].ticket
    assert not by_agents(wave(agent="", template="0" * 16), [own])
    assert by_agents(wave(), [own])
    assert unasked([own, by_an_agent(Intent.OTHER)]) == []


def test_a_permission_on_file_is_noted_and_skips_no_persons_word() -> None:
    known = wave(word=AgentWord.PERMISSION, by=OLGA, how="signed list in the archive")
    after = decide(by_an_agent(), asking(known, OLGA, ""), NOW, HOUSE)
    assert after.ticket.status is Status.IDENTIFYING
    assert after.ticket.identity is Identity.OPEN
    assert after.ticket.person.address == NAMED
    assert after.ticket.data["permission"] == "signed list in the archive"
    assert "signed list in the archive" in after.ticket.marks[-1].what
    assert [each.name for each in after.effects if isinstance(each, SendCode)] == ["case.agent_confirm"]
    with pytest.raises(NotNow, match="Identity"):
        decide(replace(after.ticket, status=Status.DECIDING), e.StaffApproved(OLGA), NOW, HOUSE)


def test_without_a_permission_the_person_is_asked_all_the_same() -> None:
    after = decide(by_an_agent(), asking(wave(word=AgentWord.ASK_EACH, how="x"), OLGA, ""), NOW, HOUSE).ticket
    assert after.status is Status.IDENTIFYING
    assert "permission" not in after.data


def test_each_ticket_keeps_its_own_date() -> None:
    early, late = by_an_agent(), by_an_agent(received_at=NOW + timedelta(days=3))
    dates = [decide(each, asking(wave(), OLGA, ""), NOW, HOUSE).ticket.due_at for each in (early, late)]
    assert dates == [early.due_at, late.due_at]
    assert dates[0] != dates[1]
