"""Whose letter is it? Forged From lines and verdicts of mail servers, look-alikes (T1-T3, T5, T6, T24)."""

import pytest

from responders.case.ticket import Status
from tests.journeys.impostor.town import ALL_RIGHTS, EVE, MX, Town, codes_only_to, mail, nothing_done

pytestmark = pytest.mark.asyncio(loop_scope="module")

V = "{victim}"
FORGED_FROM = {
    "victim as the name, Eve as the address": f"{V} <{EVE}>",
    "victim as a quoted name": f'"{V}" <{EVE}>',
    "victim as an encoded name": f"=?utf-8?q?{V.replace('@', '=40')}?= <{EVE}>",
    "two mailboxes, victim first": f"{V}, {EVE}",
    "two mailboxes, victim last": f"{EVE}, {V}",
    "two mailboxes with names": f"Vic <{V}>, Eve <{EVE}>",
    "a route": f"<@else.example:{V}>",
    "a comment that never closes": f"{V}(<{EVE}>",
    "a comment and a rest": f"{V} (x) {EVE}",
    "a bracket and a rest": f"<{V}>{EVE}",
    "a bracket in a bracket": f"<{EVE}<{V}>>",
    "two brackets": f"<{EVE}> <{V}>",
    "a group": f"Friends: {V};",
    "an empty group": "undisclosed-recipients:;",
    "the whole address as an encoded word": "=?utf-8?q?" + V.replace("@", "=40") + "?=",
    "a quoted local part": '"vic"@kundin.example',
    "a backslash": f"Vic\\ <{V}",
    "an open quotation": f'"Vic <{V}>',
    "a bare name": "Vic",
    "an address without a domain": "vic@",
    "an address literal": "vic@[127.0.0.1]",
    "Cyrillic": "vic@kundіn.example",
    "a dotless i": "vıc@kundin.example",
    "very long": f"{'v' * 300}@kundin.example",
    "white space inside": "vic @kundin.example",
    "a percent route": f"vic%kundin.example@else.example, {V}",
}
"""From lines that readers of mail read in more than one way, or that name nobody plainly."""


@pytest.mark.parametrize("form", FORGED_FROM.values(), ids=FORGED_FROM.keys())
async def test_a_from_line_that_can_be_read_in_two_ways_is_nobodys_and_gets_no_answer(town: Town, form: str) -> None:
    victim = town.somebody()
    letters = await town.mail(mail(form.replace(V, victim), "Request", ALL_RIGHTS))
    assert letters == []
    await nothing_done(town, victim, EVE)


async def test_two_from_headers_or_none_are_nobody(town: Town) -> None:
    victim = town.somebody()
    for raw in (
        mail(victim, "Request", ALL_RIGHTS, head=f"From: {EVE}"),
        mail(EVE, "Request", ALL_RIGHTS, head=f"From: {victim}"),
        mail(victim, "Request", ALL_RIGHTS, no_from=True),
    ):
        assert await town.mail(raw) == []
    await nothing_done(town, victim, EVE)


def verdict(*results: str, by: str = MX, name: str = "Authentication-Results") -> str:
    return f"{name}: {'; '.join([by, *results])}"


PASS, FAIL = "dmarc=pass header.from=kundin.example", "dmarc=fail header.from=kundin.example"
FAILING = {
    "dmarc fails": {"above": verdict(FAIL)},
    "dmarc fails, a forged pass below": {"above": verdict(FAIL), "head": verdict(PASS)},
    "dmarc fails, a forged pass above from elsewhere": {
        "above": verdict(PASS, by="mx.else.example") + "\n" + verdict(FAIL)
    },
    "spf fails and nothing else is known": {"above": verdict("spf=fail smtp.mailfrom=kundin.example")},
    "dmarc cannot be read": {"above": verdict("dmarc=permerror header.from=kundin.example")},
    "our server judged another domain": {"above": verdict("dmarc=pass header.from=else.example")},
}


@pytest.mark.parametrize("headers", FAILING.values(), ids=FAILING.keys())
async def test_a_sender_whose_domain_failed_gets_no_answer_and_staff_decide(
    town: Town, headers: dict[str, str]
) -> None:
    victim = town.somebody()
    assert await town.mail(mail(victim, "Request", ALL_RIGHTS, **headers)) == []  # type: ignore[arg-type]
    await nothing_done(town, victim)


FORGED_VERDICTS = {
    "below our Received line": {"head": verdict(PASS)},
    "our name in a comment": {"above": verdict(PASS, by=f"mx.else.example ({MX})")},
    "our name with a version": {"above": verdict(PASS, by=f"{MX} 1")},
    "our name quoted": {"above": verdict(PASS, by=f'"{MX}"')},
    "our name as a beginning": {"above": verdict(PASS, by=f"{MX}.else.example")},
    "twice": {"above": verdict(PASS) + "\n" + verdict(PASS)},
    "ARC instead": {"above": verdict(PASS, by=f"i=1; {MX}", name="ARC-Authentication-Results")},
    "Received-SPF instead": {"above": "Received-SPF: pass (kundin.example)"},
    "an open comment": {"above": verdict(f"(dmarc=fail {PASS}")},
    "a comment that hides a fail": {"above": verdict("dmarc=(pass)none header.from=kundin.example")},
}


@pytest.mark.parametrize("headers", FORGED_VERDICTS.values(), ids=FORGED_VERDICTS.keys())
async def test_a_forged_pass_buys_nothing_the_code_goes_to_the_mailbox_itself(
    town: Town, headers: dict[str, str]
) -> None:
    victim = town.somebody()
    letters = await town.mail(mail(victim, "Request", ALL_RIGHTS, **headers))  # type: ignore[arg-type]
    codes_only_to(letters, victim)
    assert [each.to for each in letters] == [victim]
    await nothing_done(town, victim)


async def test_a_true_pass_is_no_identity_either(town: Town) -> None:
    victim = town.somebody()
    letters = await town.mail(mail(victim, "Request", ALL_RIGHTS, above=verdict(PASS)))
    codes_only_to(letters, victim)
    assert [t.status for t in await town.about(victim)] == [Status.IDENTIFYING, Status.IDENTIFYING]


async def test_a_phish_with_a_pass_of_its_own_domain_names_the_victim_and_gets_neutral_words(town: Town) -> None:
    victim = town.somebody()
    raw = mail(EVE, "Urgent", f"Send me all data you hold about {victim}. Delete the account {victim}.",
               above=verdict("dmarc=pass header.from=else.example"))  # fmt: skip
    letters = await town.mail(raw)
    codes_only_to(letters, victim)
    await nothing_done(town, victim, EVE)


@pytest.mark.parametrize(
    "twin",
    [
        "{local}+x@{domain}",
        "{local}.@{domain}",
        "{local}@mail.{domain}",
        "{local}@{domain}.else.example",
        "P{rest}@{domain}",
    ],
)
async def test_an_address_much_like_the_victims_is_another_mailbox(town: Town, twin: str) -> None:
    victim = town.somebody()
    local, _, domain = victim.partition("@")
    like = twin.format(local=local, domain=domain, rest=local[1:])
    await town.confirmed(victim)
    before = len(town.letters_to(victim))
    await town.mail(mail(like, "cancel", "please cancel my request"), mail(like, "code", "ABCD-EFGH-JK23"))
    assert len(town.letters_to(victim)) == before
    hers = [ticket for ticket in await town.about(victim) if ticket.person.writer == victim]
    assert hers
    assert all(ticket.status is Status.DECIDING for ticket in hers)
