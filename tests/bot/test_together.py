"""Several configurations in one process: what is refused, and that every key is named."""

from pathlib import Path
from typing import Any

import pytest

from bot.config import BadConfig, Config
from bot.together import check_together
from tests.journeys.impostor.town import config


def of(folder: Path, brand: str, user: str, **changes: Any) -> Config:
    made = config(
        folder, mailbox={"host": "imap.opterre.example", "user": user, **changes.pop("mailbox", {})}, **changes
    )
    return made.model_copy(update={"company": made.company.model_copy(update={"brand": brand})})


def refused(one: Config, other: Config) -> str:
    with pytest.raises(BadConfig) as said:
        check_together([("one.toml", one), ("two.toml", other)])
    return str(said.value)


def test_two_brands_and_two_mailboxes_of_one_go_together(tmp_path: Path) -> None:
    north, south = of(tmp_path, "north", "a@north.example"), of(tmp_path, "south", "a@south.example")
    second = of(tmp_path, "north", "b@north.example", mailbox={"account": "second"})
    check_together([("north.toml", north), ("south.toml", south), ("second.toml", second)])


def test_the_same_mailbox_twice_is_refused(tmp_path: Path) -> None:
    said = refused(of(tmp_path, "north", "a@north.example"), of(tmp_path, "south", "A@North.example"))
    assert "mailbox.user: one.toml and two.toml read the same mailbox" in said
    assert "north.example" not in said


def test_a_second_mailbox_of_a_brand_needs_a_name_of_its_own(tmp_path: Path) -> None:
    said = refused(of(tmp_path, "north", "a@north.example"), of(tmp_path, "north", "b@north.example"))
    assert "mailbox.account: one.toml and two.toml have the same" in said


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("database.url", {"database": {"url": "sqlite://elsewhere.sqlite3"}}),
        ("database.master_key", {"database": {"master_key": "other"}}),
        ("retention.mails_days", {"retention": {"mails_days": 5}}),
    ],
)
def test_what_belongs_to_the_database_must_be_the_same(tmp_path: Path, key: str, change: dict[str, Any]) -> None:
    said = refused(of(tmp_path, "north", "a@north.example"), of(tmp_path, "south", "a@south.example", **change))
    assert f"{key}: one.toml and two.toml differ" in said


def test_files_of_one_brand_may_differ_in_their_mailbox_only(tmp_path: Path) -> None:
    other = of(tmp_path, "north", "b@north.example", mailbox={"account": "second"}, limits={"answers_per_hour": 5})
    assert "limits: one.toml and two.toml are of one brand" in refused(of(tmp_path, "north", "a@north.example"), other)


def test_two_brands_need_two_slack_apps(tmp_path: Path) -> None:
    slack = {"staff_channel": "C", "app_token": "xapp-one"}
    one, other = of(tmp_path, "a", "a@a.example", slack=slack), of(tmp_path, "b", "b@b.example", slack=slack)
    said = refused(one, other)
    assert "slack.app_token: one.toml and two.toml have the same" in said
    assert "xapp-one" not in said
