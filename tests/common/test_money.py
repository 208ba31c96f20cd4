import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common import money
from common.money import BadPrice, Money


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        (499, "usd", "en", "$4.99"),
        (-499, "usd", "en", "\u2212$4.99"),
        (0, "usd", "en", "$0.00"),
        (123456789, "usd", "en", "$1,234,567.89"),
        (499, "usd", "fr", "4,99\u00a0$"),
        (-123456, "eur", "fr-fr", "\u22121\u202f234,56\u00a0€"),
        (500, "jpy", "en", "¥500"),
        (1230, "kwd", "en", "KWD\u00a01.230"),
        (50000, "isk", "fr", "500\u00a0ISK"),
    ],
)
def test_money_is_shown_as_its_reader_writes_it(amount, currency, language, shown):
    assert money.format_money(amount, currency, language) == shown


def test_money_follows_the_active_language():
    with translation.override("fr"):
        assert str(Money(499, "usd")) == "4,99\u00a0$"


@pytest.mark.parametrize(
    "text", ["4.99", "4,99", "$4.99", "4,99 $", " 4.99\u00a0", "USD 4.99", "4.99 usd", "4,99\u00a0$US"]
)
def test_a_price_is_read_as_people_write_it(text):
    assert money.parse_price(text, "usd") == 499


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("5", "usd", 500),
        ("3.5", "usd", 350),
        ("500", "jpy", 500),
        ("1.23", "kwd", 1230),
        ("5", "isk", 500),
        ("0", "usd", 0),
    ],
)
def test_a_price_is_counted_in_the_minor_units_of_its_currency(text, currency, amount):
    assert money.parse_price(text, currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "3.001",
            "1e3",
            "٣٫٥",
            "４.99",
            "-5",
            "−5",
            "+5",
            "1,000",
            "1 000",
            "1.000,00",
            "4.",
            ".99",
            "4.9.9",
            "€4",
        ),
        *("$$4", "$", "NaN", "inf", "0x10", "1_000", "4\n99", "4.99\n$", "21474836.48", str(2**63), "9" * 10_000),
    ],
)
def test_a_price_that_could_mean_something_else_is_refused(text):
    with pytest.raises(BadPrice, match=r"\."):
        money.parse_price(text, "usd")


@pytest.mark.parametrize(("text", "currency"), [("5.5", "jpy"), ("1.234", "kwd"), ("5.50", "isk")])
def test_a_price_finer_than_the_currency_is_refused(text, currency):
    with pytest.raises(BadPrice):
        money.parse_price(text, currency)


def test_the_highest_price_is_what_the_column_holds():
    assert money.parse_price("21474836.47", "usd") == 2**31 - 1


@given(st.integers(0, 2**31 - 1), st.sampled_from(["usd", "eur", "jpy", "gbp"]))
def test_what_is_written_in_plain_digits_is_read_back(amount, currency):
    assert money.parse_price(money.plain_amount(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("amount", "bps", "part"),
    [
        (499, 2000, 100),
        (300, 2000, 60),
        (25, 200, 0),
        (75, 200, 2),
        (25, 1000, 2),
        (35, 1000, 4),
        (-25, 1000, -2),
        (1, 0, 0),
    ],
)
def test_a_share_rounds_half_to_even(amount, bps, part):
    assert money.share(amount, bps) == part


@given(st.integers(-(2**40), 2**40), st.integers(0, 10_000))
def test_a_share_is_symmetrical_and_never_off_by_more_than_half(amount, bps):
    part = money.share(amount, bps)

    assert part == -money.share(-amount, bps)
    assert abs(part * 10_000 - amount * bps) <= 5_000


def test_money_adds_only_to_its_own_currency():
    assert Money(499, "usd") + Money(1, "usd") - Money(100, "usd") == Money(400, "usd")
    with pytest.raises(money.MixedCurrencies):
        Money(499, "usd") + Money(499, "eur")


def test_money_is_an_object_in_json():
    assert Money(499, "USD").as_json() == {"amount": 499, "currency": "usd"}
