"""The app's manifest and the code agree: each method has its scope, each listener its entry, nothing is too much."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
MANIFEST = (ROOT / "bot/slack/manifest.yaml").read_text(encoding="utf-8")
SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "apps_connections_open": set(),  # the app-level token's connections:write
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_replies": {"channels:history", "groups:history"},
    "users_info": {"users:read"},
}
"""Web API method, as slack_sdk spells it, to the bot scopes it needs (docs.slack.dev, reference of methods)."""
EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
}


def trees() -> Iterator[ast.Module]:
    for folder in ("slack", "chat"):
        for path in sorted((ROOT / "bot" / folder).glob("*.py")):
            yield ast.parse(path.read_text(encoding="utf-8"))


def called() -> set[str]:
    """Methods of the client that the code calls."""
    found = set()
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if name in ("_client", "client"):
                    found.add(node.func.attr)
    return found - {"is_connected"}


def listed(key: str) -> set[str]:
    """The items of a list in the manifest."""
    found = re.search(rf"^( *){key}:\n((?:\1 +- .*\n)+)", MANIFEST, re.MULTILINE)
    assert found, key
    return {line.split("#")[0].strip(" -") for line in found[2].splitlines()}


def test_every_method_has_its_scope_and_no_scope_is_idle() -> None:
    assert called() <= set(SCOPES), called() - set(SCOPES)
    needed = {scope for method in called() for scope in SCOPES[method]} | {"commands"}
    needed |= {scope for event in listed("bot_events") for scope in EVENT_SCOPES[event]}
    assert listed("bot") == needed


def test_command_shortcut_and_events_are_those_the_code_listens_to() -> None:
    from bot.slack.by_hand import NAME
    from bot.slack.inquiries import COMMAND

    assert re.findall(r"command: (\S+)", MANIFEST) == [COMMAND]
    assert re.findall(r"callback_id: (\S+)", MANIFEST) == [NAME]
    assert "should_escape: true" in MANIFEST
    assert listed("bot_events") == set(EVENT_SCOPES)


def test_socket_mode_interactivity_and_the_home_are_on() -> None:
    for line in ("socket_mode_enabled: true", "home_tab_enabled: true", "messages_tab_enabled: false"):
        assert line in MANIFEST
    assert re.search(r"interactivity:\n +is_enabled: true", MANIFEST)


def test_the_configuration_alone_does_not_load_slack() -> None:
    import subprocess
    import sys

    code = "import sys, bot.app; sys.exit(any(name.startswith(('slack_sdk', 'slack_bolt')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
