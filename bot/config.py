"""The configuration: one TOML file, secrets from the environment or from files, every wrong key named with its line."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config_lines import at_line
from bot.config_secrets import SECRETS, read_secrets
from bot.config_sections import (
    AgentSection,
    Answers,
    Company,
    DatabaseSection,
    DirectorySection,
    HealthSection,
    LawSection,
    Limits,
    LogSection,
    MailboxSection,
    ProcessorSection,
    Retention,
    SlackSection,
    SmtpSection,
    Times,
)


class BadConfig(Exception):
    """The configuration can't be used; the message names each key, its line and the fix."""


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
    law: LawSection = LawSection()
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


def load(path: Path) -> Config:
    """Read and check the file. Raises BadConfig."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadConfig(f"{path}: can't be read ({error.strerror}); copy config.example.toml to start with") from None
    except UnicodeDecodeError:
        raise BadConfig(f"{path}: not a text in UTF-8; copy config.example.toml to start with") from None
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
        set_by = f"RIGHTSDESK_{'__'.join(place)}".upper()
        if set_by in environment:
            where = f" (set by {set_by})"
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
    section = Config.model_fields.get(place[0])
    model = section.annotation if section else None
    known = list(Config.model_fields)
    if len(place) > 1 and isinstance(model, type) and issubclass(model, BaseModel):
        known = [
            *model.model_fields,
            *(f"{key}{how}" for name, key in SECRETS if name == place[0] for how in ("_file", "_command")),
        ]
    return next(iter(get_close_matches(place[-1], known, n=1)), None)
