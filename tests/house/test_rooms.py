"""The house checks itself: every right has its file, letters and phrases; every outside library its one door."""

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from bot.cli import COMMANDS, HELP, main
from bot.config import Config
from bot.config_secrets import SECRETS
from intents.rights import RIGHTS, Intent
from responders.case import events
from responders.case.lifecycle import TRANSITIONS, allowed, diagram
from responders.case.ticket import CLOSED, DRP, Status
from responders.letters import files
from responders.letters.render import names
from responders.registry import RESPONDERS, responder_for

ROOT = Path(__file__).parents[2]
ROOMS = ("intents", "responders", "storage", "bot")

DOORS = {
    "rapidfuzz": {"intents/match.py"},
    "tortoise": {"storage/"},
    "imapclient": {"bot/mail/"},
    "aiosmtplib": {"bot/mail/smtp.py"},
    "slack_bolt": {"bot/slack/", "bot/chat/", "bot/demo/"},
    "slack_sdk": {"bot/slack/", "bot/chat/", "bot/demo/"},
    "apscheduler": {"bot/clock.py"},
    "holidays": {"responders/law/workdays.py"},
    "selectolax": {"intents/html.py"},
    "cryptography": {"storage/"},
    "aiosmtpd": {"bot/demo/"},
    "pymap": {"bot/demo/"},
    "click": {"bot/cli.py", "bot/commands/"},
}
"""Which files may know an outside library; a name that ends in "/" is a folder."""

TYPES_ONLY = {"tortoise.backends.base.client"}
"""The connection's type, which units of work pass on."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_each_outside_library_is_known_to_its_own_files_only() -> None:
    strangers = []
    for file, tree in sources():
        for module in imported(tree):
            allowed_in = DOORS.get(module.partition(".")[0])
            if allowed_in is None or module in TYPES_ONLY:
                continue
            if not any(file == place or (place.endswith("/") and file.startswith(place)) for place in allowed_in):
                strangers.append(f"{file} imports {module}")
    assert strangers == []


def test_the_pure_core_awaits_nothing_and_reads_no_clock() -> None:
    found = []
    for file, tree in sources():
        if not file.startswith(("intents/", "responders/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Await | ast.AsyncFunctionDef | ast.AsyncWith | ast.AsyncFor):
                found.append(f"{file}:{node.lineno} awaits")
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                found.append(f"{file}:{node.lineno} asks for the time")
    assert found == []


@pytest.mark.parametrize("right", [intent for intent in Intent if intent is not Intent.OTHER])
def test_every_right_has_its_responder_its_letters_and_its_phrases(right: Intent) -> None:
    assert (ROOT / "responders" / f"{right}.py").exists()
    responder = RESPONDERS[right]
    wanted = {responder.done_letter, responder.first_letter} - {""}
    assert wanted <= set(names())
    for language in files.LANGUAGES:
        for letter in wanted:
            assert (ROOT / "responders" / "letters" / language / f"{letter}.txt").exists(), (language, letter)


def test_rights_that_must_never_ask_for_a_code_never_do() -> None:
    for right in (Intent.UNSUBSCRIBE, Intent.OPTOUT_SALE):
        assert not responder_for(right).needs_code
    assert not responder_for(Intent.OBJECT, marketing_only=True).needs_code
    for right in set(RIGHTS) - {Intent.UNSUBSCRIBE, Intent.OPTOUT_SALE}:
        assert responder_for(right).needs_code


def test_every_status_and_every_event_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status) == set(DRP)
    used = {event for row in TRANSITIONS.values() for event in row}
    assert used == set(events.Event.__args__)
    for status in CLOSED:
        assert events.StaffApproved not in TRANSITIONS[status]
    assert all(f"{status}" in diagram() for status in Status)


def test_staying_is_always_allowed_where_an_event_is() -> None:
    for status, row in TRANSITIONS.items():
        if events.TimePassed in row:
            assert status in allowed(status, events.TimePassed())


def keys_of(table: dict[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict) and key != "how":
            yield from keys_of(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def known_keys() -> set[str]:
    known = set()
    for name, section in Config.model_fields.items():
        annotation: Any = section.annotation
        model = annotation if hasattr(annotation, "model_fields") else annotation.__args__[0]
        known |= {f"{name}.{key}" for key in model.model_fields}
    return known


def test_every_key_of_the_example_is_read_and_every_key_read_is_in_it() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    shown = set(keys_of(tomllib.loads(text)))
    commented = {f"{section}.{key}" for section, key in commented_keys(text)}
    secrets = {f"{section}.{key}" for section, key in SECRETS}
    files_for = {f"{section}.{key}_file" for section, key in SECRETS}
    assert shown - files_for <= known_keys()
    assert known_keys() - secrets <= shown | commented
    assert files_for <= shown


def commented_keys(text: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in text.splitlines():
        header = re.match(r"\[\[?([\w.]+)\]", line)
        section = header[1] if header else section
        key = re.match(r"#(\w+) = ", line)
        if key:
            yield section, key[1]


def test_every_key_of_the_example_has_a_sentence_above_it() -> None:
    lines = (ROOT / "config.example.toml").read_text(encoding="utf-8").splitlines()
    seen: set[str] = set()
    for above, line in itertools.pairwise(lines):
        key = re.match(r"#?([\w.]+) = ", line)
        if key and key[1] not in seen and not line.startswith("how."):
            assert above.startswith("# ") or key[1].startswith("how"), line
        if key:
            seen.add(key[1])


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(COMMANDS) == set(HELP)
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.help, name
        assert f"rightsdesk {name}" in readme, name


def test_the_readme_has_a_row_for_every_right() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for right in Intent:
        assert f"| {right} " in readme, right


def test_locks_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[\w.\-\[\]]+==\S+.*\\$", text, re.MULTILINE)
        assert pins
        assert len(pins) == len(re.findall(r"^[\w.\-\[\]]+==", text, re.MULTILINE))


def test_every_dependency_is_justified_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["demo"]]
    for dependency in wanted:
        name = re.split(r"[\[=<>]", dependency)[0]
        assert f"`{name}`" in text, name
