"""Whose letter it is: one plain address that every reader of mail reads alike, or nobody's."""

import pytest

from intents.letter import AuthResult
from intents.message import read_message
from intents.sender import one_address
from tests.intents.mails import mail

OURS = "mx.opterre.example"
TRACE = f"Received: from out.home.example by {OURS} with ESMTPS; Tue, 3 Nov 2026 10:12:00 +0100"
PASS = f"Authentication-Results: {OURS}; dmarc=pass header.from=home.example"


@pytest.mark.parametrize(
    ("header", "address", "name"),
    [
        ("anna@home.example", "anna@home.example", ""),
        ("<anna@home.example>", "anna@home.example", ""),
        ("Anna B. Example <Anna.B+x@Home.EXAMPLE>", "Anna.B+x@home.example", "Anna B. Example"),
        ('"Example, Anna" <anna@home.example>', "anna@home.example", "Example, Anna"),
        ("=?utf-8?q?Ann=C3=A4?= <anna@home.example>", "anna@home.example", "Annä"),
        ('"anna@home.example" <anna@home.example>', "anna@home.example", "anna@home.example"),
        ("anna@home.example (Anna)", "anna@home.example", "Anna"),
        ("Anna (at work) <anna@home.example>", "anna@home.example", "Anna (at work)"),
        ("Anna\r\n <anna@home.example>", "anna@home.example", "Anna"),
        ("Annä <anna@home.example>", "anna@home.example", "Annä"),
    ],
)
def test_one_plain_mailbox_is_usable(header: str, address: str, name: str) -> None:
    sender = read_message(mail(sender=header)).sender
    assert (sender.address, sender.display_name, sender.defect) == (address, name, None)


@pytest.mark.parametrize(
    "header",
    [
        "alice@victim.example <bob@evil.example>",
        '"alice@victim.example" <bob@evil.example>',
        "alice@victim.example, bob@evil.example",
        "bob@evil.example (alice@victim.example)",
        "alice@victim.example)bob@evil.example",
        "alice@victim.example(<bob@evil.example>",
        "<alice@victim.example>,<bob@evil.example>",
        '"alice"@victim.example',
        "alice @ victim.example",
        "alice@victim.example@evil.example",
        "<@evil.example:alice@victim.example>",
        "G: alice@victim.example;",
        "=?utf-8?q?alice=40victim.example?=",
        "al\u0131ce@victim.example",
        "=?utf-8?q?alice=40victim.example=3E=2C?= <bob@evil.example>",
        "alice@v\u0456ctim.example",
        "alice@victim.example\x00@evil.example",
        "<bob@evil.example>alice@victim.example",
        "alice@victim.example\r\n\t<bob@evil.example>",
        "",
        ":",
        "a: b@c",
        "alice@[192.0.2.1]",
        "alice@localhost",
        "alice@victim.example.",
        ".alice@victim.example",
        "al..ice@victim.example",
        "alice@-victim.example",
        "<<alice@victim.example>>",
        "alice@victim.example <>",
        "a" * 250 + "@victim.example",
        "(" * 500 + "alice@victim.example",
        "alice@victim.example;",
        "Müller, Anna <alice@victim.example>",
        '"a" "b <alice@victim.example>',
        "alice\\@victim.example <bob@evil.example>",
        "alice@victim.example\x0bx",
        "<alice@victim.example> (bob@evil.example)",
    ],
)
def test_whatever_could_be_read_two_ways_is_nobodys(header: str) -> None:
    sender = read_message(mail(sender=header)).sender
    assert sender.address is None
    assert sender.defect


def test_two_from_headers_are_nobodys() -> None:
    assert read_message(mail(head="From: alice@victim.example")).sender.defect == "there is more than one From header"


def test_no_from_header_is_nobodys() -> None:
    assert read_message(b"To: privacy@opterre.example\r\n\r\nx").sender.defect == "there is no From header"


@pytest.mark.parametrize("line", ["From : alice@victim.example", "X-Odd : 1", "no header at all", "From me Mon"])
def test_a_damaged_header_block_makes_nobody(line: str) -> None:
    assert read_message(mail(head=line)).sender.address is None


def test_a_lone_carriage_return_cannot_start_a_new_from() -> None:
    raw = mail(sender="bob@evil.example\rX-A: <alice@victim.example>")
    assert read_message(raw).sender.address is None


@pytest.mark.parametrize(("length", "usable"), [(254, True), (255, False)])
def test_the_longest_address(length: int, usable: bool) -> None:
    address = "a" * (length - len("@home.example")) + "@home.example"
    assert (one_address(address) is not None) is usable


def test_without_a_configured_server_nothing_counts() -> None:
    assert read_message(mail(head=f"{PASS}\n{TRACE}")).sender.auth is AuthResult.NONE


@pytest.mark.parametrize(
    ("statement", "result"),
    [
        (f"{OURS}; dmarc=pass header.from=home.example", AuthResult.PASS),
        (f"{OURS.upper()}; DMARC=Pass (p=reject) header.from=Home.Example", AuthResult.PASS),
        (
            (
                f"{OURS} (our own);\n spf=pass smtp.mailfrom=home.example;\n"
                " dmarc=pass (a (nested) note) header.from=home.example"
            ),
            AuthResult.PASS,
        ),
        (f"{OURS}; dmarc=fail header.from=home.example", AuthResult.FAIL),
        (f"{OURS}; spf=fail smtp.mailfrom=home.example; dkim=none", AuthResult.FAIL),
        (f"{OURS}; spf=fail smtp.mailfrom=home.example; dkim=pass header.d=home.example", AuthResult.NONE),
        (f"{OURS}; dmarc=none header.from=home.example", AuthResult.NONE),
        (f"{OURS}; dkim=pass header.d=home.example", AuthResult.NONE),
        (f"{OURS}; none", AuthResult.NONE),
        (f"{OURS}; dmarc=pass", AuthResult.NONE),
        (f"{OURS}; dmarc=pass header.from=home.example; dmarc=fail header.from=home.example", AuthResult.FAIL),
    ],
)
def test_what_our_own_server_says(statement: str, result: AuthResult) -> None:
    letter = read_message(mail(head=f"Authentication-Results: {statement}\n{TRACE}"), authserv_id=OURS)
    assert letter.sender.auth is result
    assert letter.sender.address == "anna@home.example"


GOOD = "dmarc=pass header.from=home.example"


@pytest.mark.parametrize(
    "head",
    [
        f"{TRACE}\n{PASS}",
        f"Received: from a by b\n{PASS}",
        f"{PASS}\n{PASS}\n{TRACE}",
        f"{PASS}\n{TRACE}\n{PASS}",
        f"Authentication-Results: mx.evil.example; {GOOD}\n{TRACE}",
        f"Authentication-Results: ({OURS}) mx.evil.example; {GOOD}\n{TRACE}",
        f"Authentication-Results: {OURS} 1; {GOOD}\n{TRACE}",
        f'Authentication-Results: "{OURS}"; {GOOD}\n{TRACE}',
        f"Authentication-Results: {OURS}.evil.example; {GOOD}\n{TRACE}",
        f"Authentication-Results: x{OURS}; {GOOD}\n{TRACE}",
        f"Authentication-Results: mx.evil.example {OURS}; {GOOD}\n{TRACE}",
        f"Authentication-Results: {GOOD}\n{TRACE}",
        f"ARC-Authentication-Results: i=1; {OURS}; {GOOD}\n{TRACE}",
        f"X-Authentication-Results: {OURS}; {GOOD}\n{TRACE}",
        f"Authentication-Results : {OURS}; {GOOD}\n{TRACE}",
        f"Received-SPF: pass {OURS}\n{TRACE}",
        f"Authentication-Results:\n {OURS}\n ; ({GOOD})\n{TRACE}",
        f"Authentication-Results: {OURS}; (dmarc=pass) dmarc=none header.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS}; spf=none ({GOOD}\n{TRACE}",
        f"Authentication-Results: {OURS}; spf=none ) {GOOD}\n{TRACE}",
        f'Authentication-Results: {OURS}; spf=none smtp.mailfrom="a; {GOOD}; b"\n{TRACE}',
        f"Authentication-Results: {OURS}; spf=none reason=\\; {GOOD}\n{TRACE}",
        f"Authentication-Results: {OURS}; xdmarc=pass header.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS}; spf=pass dmarc=pass header.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS}; dmarc=passed header.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS}; dmarc=pass smtp.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS}; dmarc/1=pass header.from=home.example\n{TRACE}",
        f"Authentication-Results: {OURS},{GOOD}\n{TRACE}",
        f"Authentication-Results: {OURS}; dmarc=bestguesspass header.from=home.example\n{TRACE}",
        f"Authentication-Results: =?utf-8?q?{OURS}?=; {GOOD}\n{TRACE}",
    ],
)
def test_forged_statements_never_pass(head: str) -> None:
    assert read_message(mail(head=head), authserv_id=OURS).sender.auth is not AuthResult.PASS


def test_a_forged_copy_does_not_hide_a_failure() -> None:
    head = f"Authentication-Results: {OURS}; dmarc=fail header.from=home.example\n{TRACE}\n{PASS}"
    assert read_message(mail(head=head), authserv_id=OURS).sender.auth is AuthResult.FAIL


def test_a_sender_whose_domain_was_not_the_one_judged_is_not_usable() -> None:
    head = f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.example\n{TRACE}"
    sender = read_message(mail(head=head), authserv_id=OURS).sender
    assert sender.address is None
    assert sender.auth is not AuthResult.PASS
    assert sender.defect == "our own mail server judged another domain than the one in From"
