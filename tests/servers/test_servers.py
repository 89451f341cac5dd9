"""The servers themselves: what is not installed is skipped with its reason, and never under RIGHTSDESK_REQUIRE=all."""

import pytest

from tests.servers import require
from tests.servers.postgres import Postgres, postgres

__all__ = ["postgres"]


def test_a_missing_server_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RIGHTSDESK_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed"):
        require("no-such-server", "nothing")


def test_a_missing_server_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_REQUIRE", "all")
    with pytest.raises(pytest.fail.Exception, match="required, but no-such-server"):
        require("no-such-server", "nothing")


def test_each_database_of_the_throw_away_postgresql_is_empty(postgres: Postgres) -> None:
    for _ in range(2):
        address = postgres.new_database("one")
        postgres.sql("select 1")
    assert address == f"postgres://postgres@127.0.0.1:{postgres.port}/one"
