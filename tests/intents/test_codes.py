"""Numbers that are codes, and those that only look like one."""

import pytest

from intents.reader import read_text


@pytest.mark.parametrize(
    "text",
    ["I emptied my basket by mistake, can you restore the order? Number 6612.", "Thanks!\nSandro (cust. no. 5512)"],
)
def test_a_number_of_an_order_or_a_customer_is_no_code(text: str) -> None:
    assert read_text("", text).case_reply != "code"


def test_letters_and_digits_in_one_word_behind_a_lead_in_are_a_code() -> None:
    reading = read_text("", "its k7wqdm3r9xbt, was on the train")
    assert (reading.case_reply, reading.fields.code) == ("code", "K7WQDM3R9XBT")
