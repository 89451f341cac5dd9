"""The configuration: one TOML file, secrets from the environment or from files, every wrong key named with its line."""

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from intents.rights import Intent


class BadConfig(Exception):
    """The configuration can't be used; the message names each key, its line and the fix."""


class Section(BaseModel):
    """A section of the file. Unknown keys are errors; values never appear in messages."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


Security = Literal["tls", "starttls", "none"]
Hours = Annotated[float, Field(ge=0, le=24 * 90)]


class Company(Section):
    """Who the company is, for letters and for counting days."""

    name: str
    postal_address: str
    contact: str
    timezone: str = "America/Denver"
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    policy_file: Path | None = None
    regimes: tuple[str, ...] = ()
    mailbox_is_login: bool = False

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        """An IANA zone name."""
        from zoneinfo import available_timezones

        if value not in available_timezones():
            raise ValueError("not an IANA time zone; write for example America/Denver or Europe/Berlin")
        return value

    @field_validator("regimes")
    @classmethod
    def known_laws(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Names of laws that we carry."""
        from responders.law.names import law_named

        return tuple(law_named(name).name for name in value)


class MailboxSection(Section):
    """The support mailbox that is read."""

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    security: Security = "tls"
    user: str
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    account: str = "support"
    keyword: str = "$RightsDesk"
    move_to: str | None = None
    idle_seconds: int = Field(default=240, ge=10, le=300)
    poll_seconds: int = Field(default=20, ge=1, le=3600)
    poll_ms: int | None = Field(default=None, ge=20, le=10_000)
    since: date | None = None
    authserv_id: str | None = None


class SmtpSection(Section):
    """The server that takes our letters."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    security: Security = "tls"
    user: str | None = None
    password: SecretStr = SecretStr("")
    from_name: str
    from_address: str
    envelope_from: str | None = None
    connections: int = Field(default=2, ge=1, le=16)


class SlackSection(Section):
    """The staff's Slack, and the customers' channel if there is one."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    staff_channel: str
    customer_channel: str | None = None
    approvers: tuple[str, ...] = ()
    escalate_to: str | None = Field(default=None, pattern=r"^[USW][A-Z0-9]+$")
    show_address: Literal["masked", "full", "none"] = "masked"
    api_url: str = "https://slack.com/api/"


class DatabaseSection(Section):
    """Where tickets are kept, and the key they are sealed with."""

    url: str = "sqlite://rightsdesk.sqlite3"
    master_key: SecretStr = SecretStr("")
    ledger_file: Path = Path("rightsdesk.ledger")


class Retention(Section):
    """How long the bot keeps what it has taken in; closed tickets for `answers.log_months`, as the letters say."""

    mails_days: int = Field(default=90, ge=1, le=3650)


class Times(Section):
    """Waiting times, in hours, and the morning's digest."""

    erase_wait: Hours = 24
    code_valid: Hours = Field(default=24, ge=1)
    new_address_days: int = Field(default=14, ge=0, le=90)
    digest_when_empty: bool = False


class Limits(Section):
    """How many automatic answers may go out before a person looks."""

    answers_per_sender_per_day: int = Field(default=3, ge=1, le=100)
    answers_per_ticket_per_day: int = Field(default=5, ge=1, le=100)
    answers_per_hour: int = Field(default=60, ge=1, le=100_000)
    neutral_delay: float = Field(default=10, ge=0, le=600)


class DirectorySection(Section):
    """Who is known: a CSV file, or a query to a database. Without either, staff look."""

    csv: Path | None = None
    column: str = "email"
    url: str = ""
    query: str = ""


class AgentSection(Section):
    """Somebody known to write for others."""

    name: str
    domains: tuple[str, ...]


class Answers(Section):
    """What the letters say about the company's processing; they go out word for word."""

    purposes: str
    categories: str
    retention: str
    source: str = "none"
    automated: str = "none"
    transfer_safeguard: str = "none"
    withheld: str = "none"
    sold_shared: str = "none"
    period: str = "everything since 2022-01-01"
    kept: str = "none"
    format: str = "text"
    lists: str
    how_to_see: str
    backup_days: int = Field(default=30, ge=0, le=3650)
    log_months: int = Field(default=36, ge=24, le=240)


class ProcessorSection(Section):
    """One third party that holds data for the company."""

    name: str
    holds: str
    how: dict[Intent, str]


class LogSection(Section):
    """What the program says of itself."""

    format: Literal["console", "json"] = "console"
    level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"


class HealthSection(Section):
    """/healthz and /metrics, on loopback only."""

    port: int | None = Field(default=None, ge=1, le=65535)


class Config(BaseSettings):
    """The whole configuration. Environment variables (RIGHTSDESK_SMTP__PASSWORD) go before files and the TOML."""

    model_config = SettingsConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        frozen=True,
        env_prefix="RIGHTSDESK_",
        env_nested_delimiter="__",
    )

    company: Company
    mailbox: MailboxSection
    smtp: SmtpSection
    slack: SlackSection
    answers: Answers
    database: DatabaseSection = DatabaseSection()
    times: Times = Times()
    limits: Limits = Limits()
    log: LogSection = LogSection()
    retention: Retention = Retention()
    health: HealthSection = HealthSection()
    directory: DirectorySection = DirectorySection()
    agents: tuple[AgentSection, ...] = ()
    processors: tuple[ProcessorSection, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return env_settings, init_settings


SECRETS = {
    ("mailbox", "password"): "the mailbox password",
    ("smtp", "password"): "the SMTP password",
    ("slack", "bot_token"): "Slack's bot token (xoxb-…)",
    ("slack", "app_token"): "Slack's app-level token (xapp-…)",
    ("database", "master_key"): "the master key (make one with `rightsdesk keys new`)",
}
"""What is never read from the TOML alone: environment, a file named by `<key>_file`, or what `<key>_command` prints."""
COMMAND_SECONDS = 30


def load(path: Path) -> Config:
    """Read and check the file. Raises BadConfig."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadConfig(f"{path}: can't be read ({error.strerror}); copy config.example.toml to start with") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path}: not valid TOML: {error}") from None
    problems = list(read_secrets(values, path.parent, text))
    if problems:
        raise BadConfig(f"{path} can't be used:\n" + "\n".join(f"  {problem}" for problem in problems))
    resolve_paths(values, path.parent)
    known = {key: value for key, value in os.environ.items() if key.startswith("RIGHTSDESK_")}
    try:
        return Config(**values)
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in explain(error, text, known))
        raise BadConfig(f"{path} can't be used:\n{lines}") from None


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
            except OSError as error:
                where = at_line(text, (section, f"{key}_file"))
                yield f"{section}.{key}_file{where}: {file} can't be read ({error.strerror})"
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


def resolve_paths(values: dict[str, Any], folder: Path) -> None:
    """Relative files are meant from the configuration's folder."""
    company = values.get("company")
    if isinstance(company, dict) and isinstance(company.get("policy_file"), str):
        company["policy_file"] = str(folder / company["policy_file"])
    database = values.get("database")
    if isinstance(database, dict) and str(database.get("url", "")).startswith("sqlite://"):
        file = str(database["url"]).removeprefix("sqlite://")
        database["url"] = f"sqlite://{(folder / file).resolve()}"
    directory = values.get("directory")
    if isinstance(directory, dict) and isinstance(directory.get("csv"), str):
        directory["csv"] = str(folder / directory["csv"])
    ledger = values.setdefault("database", {})
    if isinstance(ledger, dict):
        ledger["ledger_file"] = str(folder / str(ledger.get("ledger_file", "rightsdesk.ledger")))


def explain(error: ValidationError, text: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Each problem in a line: the key, where it stands, what is wrong and the fix. Never a value."""
    for each in error.errors(include_input=False, include_url=False):
        place = tuple(str(part) for part in each["loc"])
        name, where = ".".join(place), at_line(text, place)
        match each["type"]:
            case "extra_forbidden":
                near = closest(place)
                yield f"{name}{where}: unknown key" + (f"; did you mean {near}?" if near else "; remove it")
            case "missing":
                yield f"{name}: missing; add it to [{'.'.join(place[:-1]) or name}] as in config.example.toml"
            case _:
                yield f"{name}{where}: {each['msg']}"


def closest(place: tuple[str, ...]) -> str | None:
    """The known key of the same section that looks most like an unknown one."""
    from difflib import get_close_matches

    section = Config.model_fields.get(place[0])
    model = section.annotation if section else None
    known = list(Config.model_fields)
    if len(place) > 1 and isinstance(model, type) and issubclass(model, BaseModel):
        known = [
            *model.model_fields,
            *(f"{key}{how}" for name, key in SECRETS if name == place[0] for how in ("_file", "_command")),
        ]
    return next(iter(get_close_matches(place[-1], known, n=1)), None)


def at_line(text: str, place: tuple[str, ...]) -> str:
    """ " (line 12)" for a key of the TOML, or "" where it is not found."""
    wanted_index = next((int(part) for part in place if part.isdigit()), 0)
    names = [part for part in place if not part.isdigit()]
    table = ""
    array_index: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]", line)
        if header:
            table = header[2]
            if header[1] == "[[":
                array_index[table] = array_index.get(table, -1) + 1
        key = re.match(r"\s*([\w\-]+)\s*=", line)
        index = array_index.get(table.partition(".")[0], 0)
        path = [*table.split("."), key[1]] if key and table else table.split(".") if header else [key[1]] if key else []
        if path and path == names[: len(path)] and len(path) == len(names) and index == wanted_index:
            return f" (line {number})"
    return ""
