"""The configuration: a wrong key stops the start and names the key, the line and the fix; a value never shows."""

import base64
from pathlib import Path

import pytest

from bot.config import BadConfig, load
from bot.configured import house_of, master_key
from bot.rehearsal import unfilled
from intents.rights import Intent

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8")
SECRET = "do-not-show-this"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("mailbox", "smtp", "slack-bot", "slack-app"):
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / name).write_text(SECRET + "\n")
    (tmp_path / "secrets" / "master-key").write_text(base64.b64encode(b"k" * 32).decode())
    (tmp_path / "policy.txt").write_text("We keep invoices for five years.")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problem(folder: Path, text: str) -> str:
    with pytest.raises(BadConfig) as caught:
        load(written(folder, text))
    return str(caught.value)


def line_of(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(needle))


def test_the_example_works_as_it_is_and_fills_every_answer(folder: Path) -> None:
    config = load(written(folder, EXAMPLE))
    house = house_of(config)
    assert unfilled(house) == []
    assert house.processors[0].how[Intent.ERASE]
    assert config.mailbox.password.get_secret_value() == SECRET
    assert config.database.url == f"sqlite://{folder.resolve()}/rightsdesk.sqlite3"
    assert master_key(config) == b"k" * 32
    assert SECRET not in repr(config)


def test_a_misspelt_key_is_named_with_its_line_and_the_likely_one(folder: Path) -> None:
    text = EXAMPLE.replace("poll_seconds", "pol_seconds")
    said = problem(folder, text)
    assert f"mailbox.pol_seconds (line {line_of(text, 'pol_seconds')})" in said
    assert "did you mean poll_seconds" in said


def test_a_missing_key_says_where_it_belongs(folder: Path) -> None:
    assert "company.name: missing; add it to [company]" in problem(folder, EXAMPLE.replace('name = "Opterre"\n', "", 1))


def test_a_wrong_value_is_named_by_key_and_line_and_never_shown(folder: Path) -> None:
    text = EXAMPLE.replace("erase_wait = 24", f'erase_wait = "{SECRET}"')
    said = problem(folder, text)
    assert f"times.erase_wait (line {line_of(text, 'erase_wait')})" in said
    assert SECRET not in said


def test_a_key_of_the_second_processor_is_found_in_its_own_table(folder: Path) -> None:
    text = EXAMPLE.replace('holds = "Name, card type, invoices"', "holds = 3")
    assert f"processors.1.holds (line {line_of(text, 'holds = 3')})" in problem(folder, text)


def test_a_secret_in_the_file_is_refused_with_the_way_out(folder: Path) -> None:
    said = problem(folder, EXAMPLE.replace('password_file = "secrets/smtp"', f'password = "{SECRET}"'))
    assert "RIGHTSDESK_SMTP__PASSWORD" in said
    assert SECRET not in said


def test_a_secret_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "secrets" / "smtp").unlink()
    assert "smtp.password_file" in problem(folder, EXAMPLE)


def test_the_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_MAILBOX__PORT", "143")
    monkeypatch.setenv("RIGHTSDESK_SMTP__PASSWORD", "other")
    config = load(written(folder, EXAMPLE))
    assert config.mailbox.port == 143
    assert config.smtp.password.get_secret_value() == "other"
    assert config.mailbox.host == "imap.opterre.example"


def test_a_wrong_value_of_the_environment_is_named_as_such(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_MAILBOX__PORT", SECRET)
    said = problem(folder, EXAMPLE)
    assert "mailbox.port (set by RIGHTSDESK_MAILBOX__PORT)" in said
    assert SECRET not in said


def test_what_is_no_text_is_said_plainly(folder: Path) -> None:
    (folder / "config.toml").write_bytes(b"\xb3\x00\xff")
    with pytest.raises(BadConfig, match="not a text in UTF-8"):
        load(folder / "config.toml")
    (folder / "secrets" / "smtp").write_bytes(b"\xb3\x00\xff")
    assert "smtp.password_file" in problem(folder, EXAMPLE)
    assert "(not a text)" in problem(folder, EXAMPLE)


def test_a_byte_order_mark_is_passed_over(folder: Path) -> None:
    assert load(written(folder, "\ufeff" + EXAMPLE)).company.name == "Opterre"


def test_no_file_no_toml_no_zone_no_law_no_key(folder: Path) -> None:
    with pytest.raises(BadConfig, match=r"config\.example\.toml"):
        load(folder / "nowhere.toml")
    assert "not valid TOML" in problem(folder, "[company\n")
    assert "America/Denver" in problem(folder, EXAMPLE.replace('"America/Denver"', '"Mars/Olympus"'))
    assert "company.regimes" in problem(folder, EXAMPLE.replace("regimes = []", 'regimes = ["gdbr"]'))
    (folder / "secrets" / "master-key").write_text("short")
    with pytest.raises(BadConfig, match="keys new"):
        master_key(load(written(folder, EXAMPLE)))


def test_a_law_may_be_kept_as_a_promise(folder: Path) -> None:
    assert house_of(load(written(folder, EXAMPLE))).promised == frozenset()
    small = EXAMPLE.replace('ccpa = "law"', 'ccpa = "promise"').replace('us_states = "law"', 'us_states = "promise"')
    promised = house_of(load(written(folder, small))).promised
    assert {"ccpa", "us-va", "us-or"} <= promised
    assert "gdpr" not in promised
    assert "law.ccpa" in problem(folder, EXAMPLE.replace('ccpa = "law"', 'ccpa = "habit"'))


def test_a_missing_answer_is_found_before_it_is_due(folder: Path) -> None:
    said = unfilled(house_of(load(written(folder, EXAMPLE.replace('lists = "Newsletter\\nOffers"', 'lists = ""')))))
    assert said
    assert "answers.lists" in said[0]
