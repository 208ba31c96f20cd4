"""Papers: numbered without gaps, whole on the page and as a PDF, readable by those they are for."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts import outbox
from common import clock
from common.money import format_money
from payments import claims, ledger, papers, payouts, refunds, reports, statements
from payments.models import Claim, Paper, PaperSeries, PayoutItem
from tests.factories.accounts import SellerFactory, UserFactory
from tests.factories.marketplace import ListingFactory
from tests.factories.payments import PaidOrder, control, onboarded

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True)


def numbers(kind):
    return list(Paper.objects.filter(kind=kind).order_by("pk").values_list("sequence", flat=True))


def printed(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return text_of(answer.content)


def text_of(file):
    """The words on the pages; as a reader of PDF files finds them."""
    from pypdf import PdfReader

    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)


def refund_part(order, amount=100, key="part"):
    line = order.lines.order_by("pk").first()
    refund = refunds.give(order, {line.pk: amount}, cause="promise", key=f"{key}:{order.number}")
    outbox.drain()
    refund.refresh_from_db()
    return refund


# ---- Numbers ---------------------------------------------------------------------------------------------------------
@race
def test_numbers_have_no_gap_and_no_double_though_many_take_them_at_once(sandbox, at_once, crowd):
    orders = [PaidOrder(sandbox) for _ in range(3)]
    Paper.objects.all().delete()
    PaperSeries.objects.all().delete()

    answers = at_once(*crowd(12, *[lambda order=order: papers.of_order(order) for order in orders]))

    assert not [one for one in answers if isinstance(one, Exception)]
    assert sorted(numbers("receipt")) == [1, 2, 3]
    assert len({paper.number for paper in answers}) == 3


@race
def test_without_the_lock_on_the_series_a_number_is_taken_twice_or_refused_by_the_database(
    sandbox, at_once, meet, without_locks
):
    orders = [PaidOrder(sandbox) for _ in range(2)]
    Paper.objects.all().delete()
    PaperSeries.objects.update(last=0)  # the row is there: whoever made it would hold the other one up
    meet(PaperSeries, "save", 8, before=True)

    answers = at_once(*[lambda order=order: papers.of_order(order) for order in orders])

    assert [type(one) for one in answers if isinstance(one, Exception)] == [IntegrityError], "Both took number 1."


def test_a_number_that_was_rolled_back_is_given_to_the_next(sandbox, monkeypatch):
    first, second = PaidOrder(sandbox), PaidOrder(sandbox)
    Paper.objects.all().delete()
    PaperSeries.objects.all().delete()
    with monkeypatch.context() as patch:
        patch.setattr(Paper.objects, "create", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            papers.of_order(first)

    assert papers.of_order(second).sequence == 1


def test_numbers_begin_anew_with_the_year(sandbox):
    first, second = PaidOrder(sandbox), PaidOrder(sandbox)
    Paper.objects.all().delete()
    with clock.at(datetime(2031, 12, 31, 23, 59, tzinfo=UTC)):
        assert papers.of_order(first).number == "R2031-000001"
    with clock.at(datetime(2032, 1, 1, tzinfo=UTC)):
        assert papers.of_order(second).number == "R2032-000001"
        assert papers.of_order(first).number == "R2031-000001", "A number once given stays."


# ---- For buyers ------------------------------------------------------------------------------------------------------
def test_the_receipt_carries_the_buyers_details_and_its_credit_notes(client, sandbox):
    order = PaidOrder(sandbox)
    refund = refund_part(order)
    client.force_login(order.buyer)
    address = reverse("order-receipt", args=[order.number])
    client.post(
        address, {"name": "Lantern & Sons", "address": "1 Mill Lane\nOldtown", "country": "DE", "tax_id": "DE1"}
    )

    page = client.get(address).content.decode()
    paper = printed(client, reverse("order-receipt-pdf", args=[order.number]))

    for shown in (papers.of_order(order).number, papers.of_refund(refund).number, "DE1"):
        assert shown in page
        assert shown in paper
    assert "Lantern & Sons" in paper
    assert "Lantern &amp; Sons" in page


def test_each_refund_has_a_credit_note_with_its_lines(client, sandbox):
    one, two = ListingFactory(live=True, price=999), ListingFactory(live=True, price=1001)
    order = PaidOrder(sandbox, one, two)
    first, second = refund_part(order), refunds.give(order, None, cause="promise", key="rest")
    outbox.drain()
    client.force_login(order.buyer)

    pages = [client.get(reverse("order-credit-note", args=[order.number, r.public_id])) for r in (first, second)]
    paper = printed(client, reverse("order-credit-note-pdf", args=[order.number, second.public_id]))

    assert [page.status_code for page in pages] == [200, 200]
    assert "\u2212$1.00" in pages[0].content.decode()
    assert "\u2212$8.99" in paper
    assert "\u2212$10.01" in paper
    assert "\u2212$19.00" in paper
    assert numbers("credit_note") == [1, 2]
    assert papers.of_order(order).number in paper
    french = client.get(pages[0].wsgi_request.path, headers={"accept-language": "fr"}).content.decode()
    assert "\u22121,00\u00a0$" in french
    assert "\u2212$1.00" not in french


def test_a_credit_note_of_a_refund_that_failed_says_so_and_keeps_its_number(client, sandbox):
    order = PaidOrder(sandbox)
    refund = refund_part(order)
    control(sandbox, f"refunds/{refund.stripe_id}/fail", reason="lost_or_stolen_card")
    refunds.sync(refund.stripe_id)
    client.force_login(order.buyer)

    page = client.get(reverse("order-credit-note", args=[order.number, refund.public_id]))

    assert "void" in page.content.decode()
    assert numbers("credit_note") == [1]


def test_papers_of_others_do_not_exist(client, sandbox):
    order = PaidOrder(sandbox)
    refund = refund_part(order)
    client.force_login(UserFactory())

    for name in ("order-receipt", "order-receipt-pdf"):
        assert client.get(reverse(name, args=[order.number])).status_code == 404
    for name in ("order-credit-note", "order-credit-note-pdf"):
        assert client.get(reverse(name, args=[order.number, refund.public_id])).status_code == 404


# ---- For sellers -----------------------------------------------------------------------------------------------------
@pytest.fixture
def paid_out(sandbox, settings):
    """A seller with two sales, one of them refunded in part, and the payout of what was left."""
    settings.HOLD_DAYS, settings.MIN_PAYOUT = 0, 300
    listing = ListingFactory(live=True, seller=SellerFactory(seller_profile__country="US"), title="=HYPERLINK(1)")
    onboarded(sandbox, listing.seller)
    first = PaidOrder(sandbox, listing)
    PaidOrder(sandbox, listing)
    refund_part(first)
    return payouts.pay(listing.seller.pk)


def test_a_statement_lists_what_is_in_the_payout_to_the_cent(client, paid_out):
    statement = statements.of(paid_out)
    client.force_login(paid_out.seller)

    page = client.get(reverse("sell-payout", args=[paid_out.public_id])).content.decode()
    paper = printed(client, reverse("sell-payout-pdf", args=[paid_out.public_id]))

    assert [(row.what, row.amount) for row in statement.rows] == [("Sale", 399), ("Sale", 399), ("Refund", -80)]
    assert (statement.carried, paid_out.amount) == (0, 718)
    for shown in ("$7.18", statement.number, paid_out.transfer):
        assert shown in page
        assert shown in paper


def test_what_is_taken_back_stands_on_the_next_statement(sandbox, paid_out):
    seller = paid_out.seller
    order = PayoutItem.objects.filter(payout=paid_out).last().entry.line.order
    refunds.give(order, None, cause="promise", key="after")
    outbox.drain()
    PaidOrder(sandbox, seller.listings.get())
    PaidOrder(sandbox, seller.listings.get())

    statement = statements.of(payouts.pay(seller.pk))

    assert statement.carried == 0
    assert "Taken back from an earlier payout" in [row.what for row in statement.rows]


def test_the_report_of_a_year_is_what_the_ledger_says(client, sandbox, paid_out):
    seller = paid_out.seller
    now = clock.now()

    report = reports.of(seller, now.year)

    quarter = report.quarters[(now.month - 1) // 3]
    assert (quarter.sales, quarter.gross, quarter.commission, quarter.earned) == (2, 998, 200, 798)
    assert (quarter.refunds, quarter.refunded, quarter.net, quarter.paid_out) == (1, -80, 718, 718)
    assert report.whole == quarter
    balance = ledger.seller_balance(seller)
    assert report.whole.net - report.whole.paid_out == balance.pending + balance.available + balance.in_transit
    client.force_login(seller)
    assert "$9.98" in client.get(reverse("sell-report", args=[now.year])).content.decode()
    assert client.get(reverse("sell-report", args=[1999])).status_code == 404


def test_spreadsheets_of_sellers_run_nothing_and_numbers_stay_numbers(client, paid_out):
    client.force_login(paid_out.seller)
    names = [("sell-sales-csv", []), ("sell-payout-csv", [paid_out.public_id]), ("sell-report-csv", [clock.now().year])]

    files = [
        list(csv.reader(io.StringIO(b"".join(client.get(reverse(name, args=args))).decode("utf-8-sig"))))
        for name, args in names
    ]

    assert [row[2] for row in files[0][1:]] == ["'=HYPERLINK(1)"] * 2
    assert [row[3] for row in files[1][1:]] == ["'=HYPERLINK(1)"] * 3
    assert [row[-1] for row in files[1][1:]] == ["3.99", "3.99", "-0.80"]
    assert files[2][-1][files[2][0].index("refunded")] == "-0.80"
    assert not [cell for file in files for row in file for cell in row if cell.startswith(("=", "@", "+"))]


def test_statements_of_others_do_not_exist(client, paid_out):
    client.force_login(SellerFactory())

    for name in ("sell-payout", "sell-payout-pdf", "sell-payout-csv"):
        assert client.get(reverse(name, args=[paid_out.public_id])).status_code == 404


# ---- Withdrawal ------------------------------------------------------------------------------------------------------
def test_a_withdrawal_is_confirmed_first_then_done_whole_with_a_letter(client, sandbox, mailoutbox):
    order = PaidOrder(sandbox, ListingFactory(live=True), ListingFactory(live=True), consented=False)
    claims.ask(order.lines.first(), by=order.buyer, reason="not_as_shown", evidence="nothing")
    client.force_login(order.buyer)
    address = reverse("order-withdraw", args=[order.number])

    asked = client.get(address).content.decode()
    assert "Confirm withdrawal" in asked
    assert asked.count(format_money(order.total, order.currency)) == 1, "The page says what comes back."
    assert address in client.get(order.get_absolute_url()).content.decode()
    assert not order.refunds.exists()
    client.post(address)
    outbox.drain()

    order.refresh_from_db()
    assert order.state == "refunded"
    states = Claim.objects.order_by("pk").values_list("reason", "state")
    assert list(states) == [("not_as_shown", "withdrawn"), ("withdrawal", "granted"), ("withdrawal", "granted")]
    assert sum("you withdrew from the contract" in letter.body for letter in mailoutbox) == 2
    assert "Confirm withdrawal" not in client.get(address).content.decode()
    after = client.get(order.get_absolute_url()).content.decode()
    assert (address in after, "your money back" in after) == (False, False), "Nothing is left to withdraw from."
