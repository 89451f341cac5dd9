"""Reading the bytes of a mail: text is found whatever the labels say, caps are kept, and nothing raises."""

import base64
import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.letter import Letter
from intents.message import Unreadable, read_message
from tests.intents.mails import borrowed, mail, needs_mails, with_parts


def everything(letter: Letter) -> str:
    return repr(letter) + letter.body + letter.hidden + "".join(letter.headers.values())


def test_a_plain_mail_is_read_whole() -> None:
    head = (
        "Subject: My data\nMessage-ID: <1@home.example>\nIn-Reply-To: <0@opterre.example>\n"
        "References: <a@x.example>\n <b@x.example>\n"
        "Date: Tue, 3 Nov 2026 10:12:00 +0100\nReply-To: other@home.example\nCc: Bob <bob@Work.example>"
    )
    letter = read_message(mail(head=head))
    assert letter.sender.address == "anna@home.example"
    assert letter.sender.display_name == "Anna"
    assert (letter.subject, letter.body) == ("My data", "Please erase my data.")
    assert letter.to == ("privacy@opterre.example", "bob@work.example")
    assert letter.reply_to == ("other@home.example",)
    assert letter.message_id == "<1@home.example>"
    assert letter.in_reply_to == "<0@opterre.example>"
    assert letter.references == ("<a@x.example>", "<b@x.example>")
    assert letter.date == datetime(2026, 11, 3, 9, 12, tzinfo=UTC)
    assert letter.headers["subject"] == "My data"
    assert not letter.auto_signs
    assert not letter.defects


@pytest.mark.parametrize(
    "date", ["Mon, 0 Jan 0000 99:99:99 +9999", "Mon, 1 Jan 99999999999 00:00:00 +0000", "tomorrow", "x" * 500, ""]
)
def test_an_impossible_date_is_no_date(date: str) -> None:
    assert read_message(mail(head=f"Date: {date}")).date is None


def test_a_date_without_a_zone_is_utc() -> None:
    letter = read_message(mail(head="Date: Tue, 3 Nov 2026 10:12:00 -0000"))
    assert letter.date is not None
    assert letter.date.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("us-ascii", "utf-8"),
        ("", "utf-8"),
        ("no-such-thing", "utf-8"),
        ("zip", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("", "cp1252"),
        ("utf-8", "cp1252"),
        ("undefined", "cp1252"),
        ("windows-1252", "cp1252"),
    ],
)
def test_umlauts_and_the_euro_survive_every_label(label: str, charset: str) -> None:
    text = "Bitte löschen Sie meine Daten – für 5 €!"
    kind = f"Content-Type: text/plain; charset={label}\r\n" if label else ""
    raw = f"From: anna@home.example\r\n{kind}\r\n".encode() + text.encode(charset)
    assert read_message(raw).body == text


@pytest.mark.parametrize(
    ("charset", "text"),
    [("iso-2022-jp", "私のデータを削除してください"), ("gb2312", "请删除我的数据"), ("koi8-r", "Удалите мои данные")],
)
def test_other_alphabets_are_read_by_their_label(charset: str, text: str) -> None:
    raw = f"From: anna@home.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + text.encode(
        charset
    )
    assert read_message(raw).body == text


def test_a_subject_cut_inside_a_character_is_joined() -> None:
    coded = "Löschung".encode()
    first, second = base64.b64encode(coded[:2]).decode(), base64.b64encode(coded[2:]).decode()
    assert (
        read_message(mail(head=f"Subject: =?utf-8?b?{first}?=\n =?utf-8?b?{second}?= bitte")).subject
        == "Löschung bitte"
    )


def test_a_raw_eight_bit_subject_is_read() -> None:
    assert read_message("From: anna@home.example\r\nSubject: Löschung\r\n\r\nx".encode("cp1252")).subject == "Löschung"


def test_a_subject_cannot_smuggle_a_header() -> None:
    assert (
        read_message(mail(head="Subject: =?utf-8?q?a=0D=0ABcc:_evil=40x.example?=")).subject == "a Bcc: evil@x.example"
    )


@pytest.mark.parametrize("coded", ["UGxlYXNlIGVyYXNlIG1lLg", "UGxlYXNlIGVy!YXNlIG1lLg==", "UGxlYXNlIGVyYXNlIG1lLg==\n"])
def test_broken_base64_is_read_as_far_as_it_goes(coded: str) -> None:
    assert read_message(mail(coded, head="Content-Transfer-Encoding: base64")).body == "Please erase me."


def test_text_that_only_claims_to_be_base64_is_kept() -> None:
    assert (
        read_message(mail("Please erase all my data.", head="Content-Transfer-Encoding: base64")).body
        == "Please erase all my data."
    )


def test_a_wrong_boundary_does_not_lose_the_text() -> None:
    raw = mail(
        "--real\nContent-Type: text/plain\n\nPlease erase me.\n--real--",
        head='Content-Type: multipart/mixed; boundary="other"',
    )
    letter = read_message(raw)
    assert letter.body == "Please erase me."
    assert letter.defects == ("the boundary of the parts is wrong or missing",)


def test_the_plain_alternative_is_read_and_an_empty_one_is_not() -> None:
    html = "Content-Type: text/html\n\n<p>From <b>HTML</b></p>"
    assert read_message(with_parts("alternative", "Content-Type: text/plain\n\nFrom plain", html)).body == "From plain"
    assert read_message(with_parts("alternative", "Content-Type: text/plain\n\n \n", html)).body == "From HTML"
    assert read_message(with_parts("alternative", "\nYour program shows no HTML.", html)).body == "From HTML"


def test_text_around_a_picture_is_joined_and_the_picture_named() -> None:
    picture = 'Content-Type: image/png; name="scan.png"\nContent-Disposition: inline\n\nxxxx'
    letter = read_message(with_parts("mixed", "\nBefore", picture, "\nAfter"))
    assert letter.body == "Before\n\nAfter"
    assert letter.attachments == ("scan.png",)


def test_the_only_text_in_an_attachment_is_rescued() -> None:
    letter = read_message(with_parts("mixed", "Content-Disposition: attachment; filename=letter.txt\n\nErase me."))
    assert letter.body == "Erase me."
    assert "the text stands in an attachment" in letter.defects


def test_an_attached_mail_is_marked_as_forwarded() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: shop@old.example\nSubject: Offers\n\nBuy now."
    body = read_message(with_parts("mixed", "\nStop this please.", inner)).body
    assert body.startswith("Stop this please.\n\n---------- Forwarded message ----------\nFrom: shop@old.example")
    assert body.endswith("Buy now.")


def test_what_html_hides_is_kept_apart() -> None:
    html = (
        "<style>.x{display:none}</style><p>Please delete my <b>account</b>.</p><div style='DISPLAY: "
        "none'>erase all</div>"
        "<font color='#FFFFFF'>white words</font><span class=x>by class</span><!-- a comment "
        "--><script>alert(1)</script>"
        "<div hidden>by attribute</div><table bgcolor='#003366'><td style='color:white'>white on blue</td></table>"
    )
    letter = read_message(mail(html, head="Content-Type: text/html"))
    assert letter.body == "Please delete my account.\n\nwhite on blue"
    for words in ("erase all", "white words", "by class", "a comment", "alert(1)", "by attribute"):
        assert words in letter.hidden


@pytest.mark.parametrize(
    "style",
    [
        "font-size:0.9em",
        "font-size:10px",
        "mso-hide:all",
        "opacity:0.9",
        "color:#fefdfc;background:#036",
        "max-height:100px",
    ],
)
def test_what_html_shows_is_not_called_hidden(style: str) -> None:
    letter = read_message(mail(f'<p style="{style}">Erase me</p>', head="Content-Type: text/html"))
    assert letter.body == "Erase me"


def test_a_comment_before_the_html_is_hidden_text() -> None:
    letter = read_message(
        mail("<!-- before --><html><p>Hello</p></html><!-- after -->", head="Content-Type: text/html")
    )
    assert (letter.body, letter.hidden) == ("Hello", "before after")


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>"])
def test_html_that_would_choke_a_parser_is_not_read(tag: str) -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        read_message(mail(tag * 100_000, head="Content-Type: text/html"))


def test_a_long_thread_in_html_is_read() -> None:
    letter = read_message(mail("<div><blockquote>mail " * 150 + "<p>x</p>" * 2_000, head="Content-Type: text/html"))
    assert "mail" in letter.body


def test_a_letter_all_hidden_says_so() -> None:
    letter = read_message(mail("<p style='color: white'>Erase me</p>", head="Content-Type: text/html"))
    assert (letter.body, letter.hidden) == ("", "Erase me")
    assert "all text of the HTML is hidden from the eye" in letter.defects


def test_html_quotes_carry_the_mark_of_quotes() -> None:
    html = "<div>Yes</div><div class=gmail_quote>On Tue Anna wrote:<blockquote>one<br><br>two</blockquote></div>"
    assert (
        read_message(mail(html, head="Content-Type: text/html")).body == "Yes\nOn Tue Anna wrote:\n> one\n>\n> two\n>"
    )


def test_an_indented_paragraph_is_no_quote() -> None:
    html = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Erase me</blockquote>'
    assert read_message(mail(html, head="Content-Type: text/html")).body == "Erase me"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\x\\\\a.exe", "a.exe"),
        ("..", "unnamed (application/pdf)"),
        ("CON.txt", "_CON.txt"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("x" * 400 + ".pdf", "x" * 255),
        ("%2e%2e%2fpasswd", "%2e%2e%2fpasswd"),
    ],
)
def test_names_of_files_are_safe_to_show(name: str, shown: str) -> None:
    part = f'Content-Type: application/pdf\nContent-Disposition: attachment; filename="{name}"\n\nx'
    assert read_message(with_parts("mixed", "\nhello", part)).attachments == (shown,)


def test_a_long_file_name_in_pieces_is_joined() -> None:
    part = (
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''Antr%C3; "
        "filename*1*=%A4ge.pdf\n\nx"
    )
    assert read_message(with_parts("mixed", "\nhello", part)).attachments == ("Anträge.pdf",)


def test_control_characters_and_surrogates_never_come_out() -> None:
    raw = (
        b"From: anna@home.example\r\nSubject: =?utf-8?b?7aCA?= a\x00b\x1b[0m\r\n\r\n"
        b"x\x00y\x07\xed\xa0\x80\xe2\x80\xaez\xe2\x80\x8b"
    )
    letter = read_message(raw)
    everything(letter).encode("utf-8")
    assert letter.body.startswith("xy")
    assert not {"\x00", "\x07", "\u202e", "\u200b"} & set(letter.subject + letter.body)


def test_a_long_body_is_cut_and_says_so() -> None:
    letter = read_message(mail("word " * 60_000))
    assert len(letter.body) <= 200_000
    assert "body cut to 200000 of 300000 characters" in letter.defects


def nested(depth: int) -> str:
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return f"{head}\nhi"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"x" * (25 * 1024 * 1024 + 1), "25 MB"),
        (mail(head="\n".join(f"X-{n}: {'y' * 200}" for n in range(1_400))), "256 KB"),
        (mail(head=f"Subject: {'y' * 33_000}"), "32 KB"),
        (with_parts("mixed", *["\na"] * 201), "200 parts"),
        (f"From: anna@home.example\n{nested(22)}".encode(), "deeper than 20"),
        (mail(head="Cc: " + ", ".join(f"p{n}@home.example" for n in range(201))), "200 addresses"),
    ],
    ids=["size", "header block", "one header", "parts", "depth", "addresses"],
)
def test_over_a_cap_the_mail_is_not_read_and_the_reason_is_said(raw: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        read_message(raw)


def test_below_the_caps_it_is_read() -> None:
    letter = read_message(
        with_parts("mixed", *["\na"] * 199, head="Cc: " + ", ".join(f"p{n}@home.example" for n in range(199)))
    )
    assert len(letter.to) == 200


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_alike(end: str) -> None:
    assert read_message(mail("one\ntwo").replace(b"\r\n", end.encode())).body == "one\ntwo"


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b", "message/rfc822"]),
    st.booleans(),
)
def test_no_bytes_raise_anything_else_or_give_unwritable_text(data: bytes, kind: str, in_head: bool) -> None:
    head = b"From: anna@home.example\nContent-Type: " + kind.encode() + b"\n"
    raw = head + data if in_head else head + b"\n--b\n" + data
    with contextlib.suppress(Unreadable):
        everything(read_message(raw)).encode("utf-8")


@needs_mails
def test_borrowed_mails_give_one_letter_each_and_keep_their_text() -> None:
    replaced = empty = 0
    paths = borrowed()
    for path in paths:
        letter = read_message(path.read_bytes())
        everything(letter).encode("utf-8")
        replaced += "\ufffd" in letter.body
        empty += not (letter.body or letter.attachments)
    assert len(paths) > 1_700
    assert replaced <= len(paths) * 0.01
    assert empty <= 45  # all looked through: nothing is written in them
