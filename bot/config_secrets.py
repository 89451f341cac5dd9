"""Secrets of the configuration: from the environment, a file, or what a command prints; never from the TOML."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.config_lines import at_line

SECRETS = {
    ("mailbox", "password"): "the mailbox password",
    ("smtp", "password"): "the SMTP password",
    ("slack", "bot_token"): "Slack's bot token (xoxb-…)",
    ("slack", "app_token"): "Slack's app-level token (xapp-…)",
    ("database", "master_key"): "the master key (make one with `rightsdesk keys new`)",
}
"""What is never read from the TOML alone: environment, a file named by `<key>_file`, or what `<key>_command` prints."""
COMMAND_SECONDS = 30


def read_secrets(values: dict[str, Any], folder: Path, text: str) -> Iterator[str]:
    """Fill secrets from the files that `<key>_file` names; a secret written into the TOML itself is a problem."""
    for (section, key), what in SECRETS.items():
        table = values.get(section)
        if not isinstance(table, dict):
            continue
        if key in table:
            name = f"RIGHTSDESK_{section}__{key}".upper()
            where = at_line(text, (section, key))
            yield f"{section}.{key}{where}: {what} doesn't belong in this file; set {name} or {key}_file"
        file = table.pop(f"{key}_file", None)
        if file is not None:
            try:
                table[key] = (folder / str(file)).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                where = at_line(text, (section, f"{key}_file"))
                reason = error.strerror if isinstance(error, OSError) else "not a text"
                yield f"{section}.{key}_file{where}: {file} can't be read ({reason})"
        command = table.pop(f"{key}_command", None)
        if command is not None:
            try:
                table[key] = printed_by(str(command), folder)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                where = at_line(text, (section, f"{key}_command"))
                yield f"{section}.{key}_command{where}: it gave no {key} ({type(error).__name__})"


def printed_by(command: str, folder: Path) -> str:
    """What a command prints, without a shell: a password manager's or a cloud's way to hand out a secret.

    Raises OSError, ValueError and SubprocessError; what the command says is never shown, it may be the secret.
    """
    done = subprocess.run(  # noqa: S603 - the operator's own command, out of the operator's own file
        shlex.split(command), cwd=folder, check=True, capture_output=True, text=True, timeout=COMMAND_SECONDS
    )
    return done.stdout.strip()
