"""The directory: who is known, letter by letter; a directory that is away knows nothing, and says so."""

import sqlite3
from pathlib import Path

import pytest

from bot.config import BadConfig
from bot.config_sections import DirectorySection
from bot.directory import CsvDirectory, SqlDirectory, directory_of
from storage.secrets import Keeper, new_key

KEEPER = Keeper(new_key(), new_key())
ASKED = ["anna@kundin.example", "Anna@kundin.example", "bob@else.example", ""]


def customers(folder: Path, text: str) -> Path:
    path = folder / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_csv_file_knows_its_addresses_with_domains_in_any_case(tmp_path: Path) -> None:
    path = customers(tmp_path, "\ufeffid,email\n1, anna@KUNDIN.example \n2,\n3,nonsense\n")
    assert await CsvDirectory(path, "email", KEEPER).known(ASKED) == {"anna@kundin.example"}


async def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = customers(tmp_path, "email\nanna@kundin.example\n")
    directory = CsvDirectory(path, "email", KEEPER)
    await directory.known(ASKED)
    customers(tmp_path, "email\nbob@else.example\nmore@else.example\n")
    assert await directory.known(ASKED) == {"bob@else.example"}


@pytest.mark.parametrize("text", ["mail\nanna@kundin.example\n", ""])
async def test_a_file_without_the_column_is_away(tmp_path: Path, text: str) -> None:
    assert await CsvDirectory(customers(tmp_path, text), "email", KEEPER).known(ASKED) is None


async def test_a_missing_file_is_away(tmp_path: Path) -> None:
    assert await CsvDirectory(tmp_path / "none.csv", "email", KEEPER).known(ASKED) is None


async def test_a_database_is_asked_and_never_changed(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (email TEXT)")
        connection.execute("INSERT INTO customers VALUES ('anna@kundin.example')")
    connection.close()
    known = SqlDirectory(f"sqlite://{path}", "SELECT 1 FROM customers WHERE email = ?")
    assert await known.known([*ASKED, "x' OR '1'='1"]) == {"anna@kundin.example"}
    assert await known.known([]) == set()
    writing = SqlDirectory(f"sqlite://{path}", "DELETE FROM customers WHERE email = ?")
    assert await writing.known(ASKED) is None
    assert await known.known(ASKED) == {"anna@kundin.example"}


async def test_a_server_that_is_not_there_is_away() -> None:
    away = SqlDirectory("postgres://reader@127.0.0.1:1/shop", "SELECT 1 FROM customers WHERE email = $1")
    assert await away.known(ASKED) is None


def test_the_configuration_says_which(tmp_path: Path) -> None:
    assert directory_of(DirectorySection(), KEEPER) is None
    assert isinstance(directory_of(DirectorySection(csv=tmp_path / "x.csv"), KEEPER), CsvDirectory)
    assert isinstance(directory_of(DirectorySection(url="sqlite://x", query="SELECT ?"), KEEPER), SqlDirectory)
    with pytest.raises(BadConfig, match=r"directory\.query"):
        directory_of(DirectorySection(url="sqlite://x"), KEEPER)
