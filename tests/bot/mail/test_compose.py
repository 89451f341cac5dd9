"""Letters composed by us, read back by the standard library's strictest reader."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.compose import compose, simple_html

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LETTER: dict[str, Any] = {
    "message_id": "<r7.3f9a@opterre.example>",
    "from_name": "Opterre Privacy",
    "from_addr": "privacy@opterre.example",
    "to": "anna@mail.example",
    "subject": "Re: my data [R-7]",
    "text": "Dear Anna,\n\nwe have your request.\n",
    "date": NOON,
    "language": "en",
}
MACHINE_HEADERS = {
    *("from", "to", "subject", "date", "message-id", "auto-submitted"),
    *("content-language", "mime-version", "content-type"),
}
PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300)


def read(raw: bytes) -> EmailMessage:
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_a_letter_says_who_to_whom_about_what_and_in_which_language() -> None:
    message = read(compose(**LETTER, reply_to="case-7@opterre.example", headers={"X-Ticket": "R-7"}))
    assert message["From"].addresses == (Address("Opterre Privacy", addr_spec="privacy@opterre.example"),)
    assert message["To"].addresses == (Address(addr_spec="anna@mail.example"),)
    assert message["Reply-To"] == "case-7@opterre.example"
    assert message["Subject"] == "Re: my data [R-7]"
    assert message["Date"].datetime == NOON
    assert message["Message-ID"] == "<r7.3f9a@opterre.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Content-Language"] == "en"
    assert message["X-Ticket"] == "R-7"
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(message, "plain") == LETTER["text"]
    assert text_of(message, "html") == "<p>Dear Anna,</p>\n<p>we have your request.</p>\n"


def test_names_and_subjects_in_any_script_come_back_as_they_were() -> None:
    for words in (
        "Löschung meiner Daten",
        "δεδομένα μου",
        "请删除我的数据" * 12,
        "a=?utf-8?q?b?=c",
        'say "so" \\',
        "x" * 400,
    ):
        assert read(compose(**{**LETTER, "subject": words}))["Subject"] == words
        name = words[:12]  # one encoded word: the reader of Python 3.11 puts a space between two of them in a name
        sender = read(compose(**{**LETTER, "from_name": name}))["From"].addresses[0]
        assert sender.display_name == name.rstrip()
        assert sender.addr_spec == "privacy@opterre.example"


def test_long_message_ids_are_never_encoded_nor_cut() -> None:
    long = "<" + "A" * 400 + "@mail.example>"
    others = [f"<{number:060d}@mail.example>" for number in range(12)]
    raw = compose(**LETTER, in_reply_to=long, references=[*others, long])
    message = read(raw)
    assert b"=?" not in raw
    assert message["In-Reply-To"] == long
    assert message["References"].split() == [*others, long]


def test_the_letter_answered_is_named_in_references_even_if_the_caller_forgot() -> None:
    assert read(compose(**LETTER, in_reply_to="<a@x.example>"))["References"] == "<a@x.example>"


def test_a_message_id_that_no_header_can_carry_is_left_out_and_the_letter_still_goes() -> None:
    for bad in ("<" + "A" * 5000 + "@x.example>", "<with space@x.example>", "<ü@x.example>", "no brackets"):
        message = read(compose(**LETTER, in_reply_to=bad, references=["<good@x.example>", bad]))
        assert message["In-Reply-To"] is None
        assert message["References"] == "<good@x.example>"


def test_a_conversation_of_a_hundred_letters_keeps_its_first_and_latest_ids() -> None:
    ids = [f"<{number}@x.example>" for number in range(100)]
    kept = read(compose(**LETTER, references=ids))["References"].split()
    assert kept == [ids[0], *ids[-19:]]


@pytest.mark.parametrize("evil", ["x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\ry", "x\0y", "x\x0by"])
@pytest.mark.parametrize(
    "field",
    [
        *("subject", "from_name", "to", "from_addr", "reply_to", "message_id", "in_reply_to"),
        *("auto_submitted", "language", "references", "headers"),
    ],
)
def test_a_line_break_in_any_header_is_refused(field: str, evil: str) -> None:
    value = {"references": [evil], "headers": {"X-A": evil}}.get(field, evil)
    with pytest.raises(ValueError, match=r"."):
        compose(**{**LETTER, field: value})


@pytest.mark.parametrize(
    "address",
    [
        *("Anna <anna@mail.example>", "anna@mail.example, eve@evil.example", "anna", "@mail.example", "a@b c.example"),
        *("<anna@mail.example>", "anna@mail.example>", "a@b@c.example", "ännä@mail.example", "a@b.example\n", ""),
        "a" * 300 + "@mail.example",
    ],
)
def test_only_one_bare_mailbox_is_written_to(address: str) -> None:
    with pytest.raises(ValueError, match="plain mail address"):
        compose(**{**LETTER, "to": address})


@pytest.mark.parametrize(
    "address", ["anna+tag@mail.example", "o'hara@mail.example", "a..b@docomo.example", '"a b"@c.example']
)
def test_unusual_but_real_addresses_are_written_exactly(address: str) -> None:
    assert f"\r\nTo: {address}\r\n".encode() in compose(**{**LETTER, "to": address})


@pytest.mark.parametrize("name", ["From", "bcc", "Content-Type", "content-transfer-encoding", "X:Y", "X Y", ""])
def test_a_further_header_cannot_replace_one_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="further header"):
        compose(**LETTER, headers={name: "x"})


def test_a_date_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        compose(**{**LETTER, "date": datetime(2026, 11, 25, 12, 0)})  # noqa: DTZ001 - the very thing refused


@pytest.mark.parametrize("script", ["", "请删除我的数据" * 9])
def test_no_text_can_pass_for_the_border_between_the_parts(script: str) -> None:
    border = read(compose(**LETTER)).get_boundary()
    text = f"{script}\n--{border}\nContent-Type: text/html\n\n<p>evil</p>\n--{border}--\n"
    message = read(compose(**{**LETTER, "text": text, "html": text}))
    assert (text_of(message, "plain"), text_of(message, "html")) == (text, text)


def test_our_own_html_shows_the_text_and_nothing_else() -> None:
    assert (
        simple_html("a < b\nc\n\n<script>x</script>")
        == "<p>a &lt; b<br>\nc</p>\n<p>&lt;script&gt;x&lt;/script&gt;</p>\n"
    )


@given(subject=PLAIN_TEXT, name=PLAIN_TEXT, text=st.text(max_size=600), html=st.text(max_size=600))
def test_whatever_the_words_exactly_our_headers_and_both_bodies_arrive(
    subject: str, name: str, text: str, html: str
) -> None:
    message = read(compose(**{**LETTER, "subject": subject, "from_name": name, "text": text, "html": html}))
    assert {key.lower() for key in message} == MACHINE_HEADERS
    assert len(message.keys()) == len(MACHINE_HEADERS)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    assert text_of(message, "plain") == lines.encode("utf-8", "replace").decode()
    assert message["From"].addresses[0].addr_spec == "privacy@opterre.example"
