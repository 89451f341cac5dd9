"""The command line: contracts that users script against, and plain errors."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import COMMANDS, main
from intents.rights import Intent

READING = {"id", "language", "intents", "scores", "why", "case_reply", "fields", "auto", "risk", "unsure"}
DATES = {"id", "ack_by", "due", "extended_due", "extension_notice_by", "remind_by", "due_at_utc", "working"}


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_read_takes_a_line_and_prints_a_line() -> None:
    asked = [
        {"id": "a", "channel": "email", "subject": "Hi", "body": "Please delete all my personal data."},
        {"id": 2, "channel": "chat", "subject": "", "body": "where is my parcel"},
        {"id": None, "channel": "email", "subject": None, "body": ""},
    ]
    found = lines(run("read", "--jsonl", "-", text="\n".join(json.dumps(line) for line in asked)))
    assert [line["id"] for line in found] == ["a", 2, None]
    assert all(set(line) >= READING for line in found)
    assert found[0]["intents"] == ["erase"]
    assert found[1]["intents"] == ["other"]
    assert set(found[0]["scores"]) == {intent.value for intent in Intent}
    assert all(0 <= score <= 100 for score in found[0]["scores"].values())


def test_read_takes_mails_and_says_which_could_not_be_read(tmp_path: Path) -> None:
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: anna@kundin.example\nSubject: data\n\nWhat data do you hold about me? Send me a copy.\n")
    bomb = tmp_path / "two.eml"
    bomb.write_bytes(b"From: a@b.example\n" + b"X: y\n" * 100_000 + b"\nhello\n")
    found = lines(run("read", "--json", str(mail), str(bomb), str(tmp_path / "none.eml")))
    assert [line["id"] for line in found] == [str(mail), str(bomb), str(tmp_path / "none.eml")]
    assert found[0]["intents"] == ["access"]
    assert "error" in found[1]
    assert "error" in found[2]
    assert all(set(line) >= READING for line in found)


def test_due_prints_the_working_and_streams() -> None:
    shown = run("due", "--law", "gdpr", "--right", "access", "--received", "2026-01-31T10:00-07:00", "--country", "DE")
    assert "2026-03-02" in shown.output
    assert "Reg. 1182/71 art. 3(4)" in shown.output
    request: dict[str, Any] = {
        "id": "x",
        "regime": "GDPR",
        "right": "access",
        "received": "2026-01-31T10:00:00-07:00",
        "subject_tz": "Europe/Berlin",
        "controller_tz": "America/Denver",
        "verified": None,
        "country": "DE",
        "extension": False,
        "events": {},
    }
    [line] = lines(run("due", "--jsonl", "-", text=json.dumps(request)))
    assert set(line) == DATES
    assert line["due"] == "2026-03-02"


def test_due_says_where_a_law_gives_no_right_and_a_wrong_line_stops_no_other() -> None:
    good = {"id": 1, "regime": "GDPR", "right": "access", "received": "2026-01-31T10:00:00-07:00"}
    early = {"id": 2, "regime": "UT", "right": "correct", "received": "2026-06-30T10:00:00-06:00"}
    wrong = {"id": 3, "regime": "HIPAA", "right": "access", "received": "2026-01-31T10:00:00-07:00"}
    result = run("due", "--jsonl", "-", text="\n".join(json.dumps(each) for each in (early, wrong, good)))
    assert result.exit_code == 1
    none, fault, dates = (json.loads(line) for line in result.output.splitlines()[:3])
    assert set(none) == DATES
    assert (none["id"], none["due"]) == (2, None)
    assert "2026-07-01" in none["working"][0]
    assert fault["error"].startswith("unknown law 'HIPAA'")
    assert (dates["id"], dates["due"]) == (1, "2026-03-02")


GOOD = {
    "read": {"id": "good", "body": "Please delete all my personal data."},
    "due": {"id": "good", "regime": "gdpr", "right": "access", "received": "2026-01-31T10:00:00-07:00"},
    "ask": {"id": "good", "question": "How long do you keep invoices?"},
}
WRONG = (
    ("{no json", "not JSON"),
    ("[]", "not a JSON object"),
    ("[" * 100_000, "not JSON"),
    ('{"id": NaN}', "not JSON"),
    ('{"id": 7, "body": 7, "question": 7, "regime": 7}', "must be a word|are text|is text"),
)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(("line", "reason"), WRONG)
def test_a_wrong_line_has_its_error_in_the_whole_shape_and_the_next_its_answer(
    name: str, line: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "policy.md").write_text("# Retention\n\nWe keep invoices for ten years.\n")
    policy = ("--policy", str(tmp_path / "policy.md")) if name == "ask" else ()
    result = run(name, *policy, "--jsonl", "-", text=f"{line}\n\n{json.dumps(GOOD[name])}\n")
    assert result.exit_code == 1
    wrong, good = (json.loads(each) for each in result.stdout.splitlines())
    assert re.search(reason, wrong["error"])
    assert set(wrong) == set(good) | {"error"}
    assert good["id"] == "good"
    assert "line 1: " in result.stderr


@pytest.mark.parametrize(
    ("slip", "reason"),
    [
        ('{"received": "0001-01-01T10:00+14:00"}', "1970 to 2100"),
        ('{"received": "9999-12-31T10:00Z"}', "1970 to 2100"),
        ('{"extension": "no"}', "true or false"),
    ],
)
def test_a_receipt_that_no_calendar_holds_is_a_wrong_line(slip: str, reason: str) -> None:
    request = json.dumps({**GOOD["due"], **json.loads(slip)})
    [wrong] = map(json.loads, run("due", "--jsonl", "-", text=request).stdout.splitlines())
    assert reason in wrong["error"]


def test_half_a_character_comes_back_as_it_went_in() -> None:
    [line] = lines(run("read", "--jsonl", "-", text=r'{"id": "\ud83d", "body": "delete my data \ud800"}'))
    assert line["id"] == "\ud83d"


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text(json.dumps(GOOD["read"]), encoding="utf-8-sig")
    assert lines(run("read", "--jsonl", str(tmp_path / "lines")))[0]["id"] == "good"


def test_ask_answers_from_the_policy_word_for_word(tmp_path: Path) -> None:
    policy = tmp_path / "policy.md"
    policy.write_text("# Retention\n\nWe keep invoices for ten years.\n\n# Cookies\n\nWe set two cookies.\n")
    question = json.dumps({"id": 1, "question": "How long do you keep my invoices?"})
    [line] = lines(run("ask", "--policy", str(policy), "--jsonl", "-", text=question))
    assert set(line) == {"id", "sure", "passages"}
    assert line["passages"][0]["text"] == "We keep invoices for ten years."
    assert line["passages"][0]["heading"] == "Retention"


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (("read", "--jsonl", "-"), '{"channel": "fax", "body": "x"}', "channel is email or chat"),
        (("due", "--law", "gdbr", "--right", "access", "--received", "2026-01-31T10:00-07:00"), None, "gdpr"),
        (("due", "--law", "gdpr", "--right", "access", "--received", "2026-01-31T10:00"), None, "offset"),
        (("due", "--jsonl", "-"), '{"regime": "gdpr"}', "line 1"),
        (("ask", "--policy", "/nowhere", "x"), None, "can't be read"),
        (("tickets", "-c", "/nowhere.toml"), None, "config.example.toml"),
        (("run", "-c", "/nowhere.toml"), None, "config.example.toml"),
    ],
)
def test_a_mistake_gets_one_plain_sentence(arguments: tuple[str, ...], text: str | None, said: str) -> None:
    result = run(*arguments, text=text)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("what-if", "/nowhere.eml"), "does not exist"),
        (("what-if", "/"), "is a directory"),
        (("demo", "--port", "80000"), "not in the range"),
    ],
)
def test_a_call_that_can_not_be_meant_is_a_wrong_call(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_list_of_people_that_is_no_text_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"\xff\xfe\x00\x01")
    result = run("breach", "mail", "--case", "1", str(tmp_path / "people.csv"))
    assert result.exit_code == 1
    assert "not a CSV in UTF-8" in result.output


def test_the_life_cycle_is_drawn_from_its_table() -> None:
    shown = run("lifecycle").output
    assert shown.startswith("stateDiagram-v2")
    assert "waiting --> withdrawn: PersonCancelled" in shown


def test_letters_are_listed_with_their_state() -> None:
    assert "erase.done" in run("letters").output
    assert "not reviewed" in run("letters", "--unreviewed").output


def test_a_fresh_master_key_is_32_bytes() -> None:
    import base64

    assert len(base64.b64decode(run("keys", "new").output.strip(), validate=True)) == 32
