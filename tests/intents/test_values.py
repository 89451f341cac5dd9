"""The values of a correction: what was, and what shall be."""

import pytest

from intents.reader import read_text

SAID = [
    ("my surname is now Oyelaran, not Okafor", "name", "Okafor", "Oyelaran"),
    ("Change my name from Ann Bell to Ann Reed please", "name", "Ann Bell", "Ann Reed"),
    ("my date of birth is not 5 March but 3 May 1990", "birth_date", "5 March", "3 May 1990"),
    ("my name is Zoe not Zoey", "name", "Zoey", "Zoe"),
    ("please update my phone number to 0151 777", "phone", None, "0151 777"),
    ("My address is wrong: it should be Bakerstreet 12, not 21", "address", "21", "Bakerstreet 12"),
    ("please change my email to kim@brief.example", "email", None, "kim@brief.example"),
    ("Bitte ändern Sie meinen Namen von Kruse auf Brandt.", "name", "Kruse", "Brandt"),
    ("Mon nom est Girod et non Giraud, merci de corriger.", "name", "Giraud", "Girod"),
    ("Mi apellido es Pardo y no Prado, corríjanlo", "name", "Prado", "Pardo"),
    ("Il mio cognome è Dori, non Doria, correggete", "name", "Doria", "Dori"),
    ("mijn achternaam is Loos, niet Looz, graag wijzigen", "name", "Looz", "Loos"),
    ("O meu apelido é Teles, não Telles, corrijam", "name", "Telles", "Teles"),
    ("Proszę zmienić adres z Długa 3 na Krótka 9", "address", "Długa 3", "Krótka 9"),
]


@pytest.mark.parametrize(("text", "field", "old", "new"), SAID)
def test_the_field_and_its_values_are_found(text: str, field: str, old: str | None, new: str) -> None:
    fields = read_text("", text).fields
    assert (fields.field, fields.old_value, fields.new_value) == (field, old, new)


@pytest.mark.parametrize(
    "text", ["delete my account", "my name is wrong", "I moved, please note it", "is it from me to you"]
)
def test_no_value_is_made_up(text: str) -> None:
    fields = read_text("", text).fields
    assert (fields.old_value, fields.new_value) == (None, None)
