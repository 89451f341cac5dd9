"""The directory: who is known, letter by letter; a directory that is away knows nothing, and says so."""

import sqlite3
from pathlib import Path

import pytest

from bot.config import BadConfig
from bot.config_sections import DirectorySection
from bot.directory import CsvDirectory, SqlDirectory, directory_of
from bot.intake import clues_of
from bot.people import People
from intents.letter import Channel, Letter, Sender
from intents.reader import read_letter
from intents.reading import Reading
from responders.law.choose import applicable
from storage.secrets import Keeper, new_key
from tests.responders.cast import HOUSE, NOW

KEEPER = Keeper(new_key(), new_key())
ASKED = ["anna@kundin.example", "Anna@kundin.example", "bob@else.example", ""]


def customers(folder: Path, text: str) -> Path:
    path = folder / "customers.csv"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_csv_file_knows_its_addresses_with_domains_in_any_case(tmp_path: Path) -> None:
    path = customers(tmp_path, "\ufeffid,email\n1, anna@KUNDIN.example \n2,\n3,nonsense\n")
    assert set(await CsvDirectory(path, "email", KEEPER).known(ASKED) or ()) == {"anna@kundin.example"}


async def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = customers(tmp_path, "email\nanna@kundin.example\n")
    directory = CsvDirectory(path, "email", KEEPER)
    await directory.known(ASKED)
    customers(tmp_path, "email\nbob@else.example\nmore@else.example\n")
    assert set(await directory.known(ASKED) or ()) == {"bob@else.example"}


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
    assert set(await known.known([*ASKED, "x' OR '1'='1"]) or ()) == {"anna@kundin.example"}
    assert await known.known([]) == {}
    writing = SqlDirectory(f"sqlite://{path}", "DELETE FROM customers WHERE email = ?")
    assert await writing.known(ASKED) is None
    assert set(await known.known(ASKED) or ()) == {"anna@kundin.example"}


async def test_a_residence_stands_beside_the_address(tmp_path: Path) -> None:
    path = customers(tmp_path, "email,country\nanna@kundin.example,de\nbob@else.example,over there\n")
    found = await CsvDirectory(path, "email", KEEPER, "country").known(ASKED)
    assert found == {"anna@kundin.example": "DE", "bob@else.example": ""}
    assert await CsvDirectory(path, "email", KEEPER, "land").known(ASKED) is None
    shop = tmp_path / "shop.sqlite3"
    with sqlite3.connect(shop) as connection:
        connection.execute("CREATE TABLE customers (email TEXT, home TEXT)")
        connection.execute("INSERT INTO customers VALUES ('anna@kundin.example', 'US_CA')")
    connection.close()
    known = SqlDirectory(f"sqlite://{shop}", "SELECT email, home FROM customers WHERE email = ?")
    assert await known.known(ASKED) == {"anna@kundin.example": "US-CA"}


def test_our_own_records_decide_the_law_of_a_persons_own_letter_and_show_nothing_to_others() -> None:
    people = People({"anna@kundin.example": "US-CA", "bob@else.example": ""}, {})

    def residence(words: str, sender: str = "anna@kundin.example") -> str | None:
        letter = Letter(Channel.EMAIL, "", words, Sender(sender))
        return people.residence(letter, read_letter(letter), HOUSE)

    assert residence("Please delete all my data.") == "US-CA"
    assert residence("Please delete all my data.", "bob@else.example") is None
    assert residence("Please delete all data of anna@kundin.example.", "eve@else.example") is None
    clues = clues_of(Letter(Channel.EMAIL, "", "", Sender(None)), Reading("en", (), {}), NOW, directory="US-CA")
    assert "ccpa" in applicable(clues)


async def test_a_server_that_is_not_there_is_away() -> None:
    away = SqlDirectory("postgres://reader@127.0.0.1:1/shop", "SELECT 1 FROM customers WHERE email = $1")
    assert await away.known(ASKED) is None


def test_the_configuration_says_which(tmp_path: Path) -> None:
    assert directory_of(DirectorySection(), KEEPER) is None
    assert isinstance(directory_of(DirectorySection(csv=tmp_path / "x.csv"), KEEPER), CsvDirectory)
    assert isinstance(directory_of(DirectorySection(url="sqlite://x", query="SELECT ?"), KEEPER), SqlDirectory)
    with pytest.raises(BadConfig, match=r"directory\.query"):
        directory_of(DirectorySection(url="sqlite://x"), KEEPER)
