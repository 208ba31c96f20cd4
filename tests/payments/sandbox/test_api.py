"""The manners of the API: keys, errors, lists, expansion."""

import pytest

from tests.payments.sandbox.machine import Machine

SESSION = (
    "mode=payment&success_url=https://a.example/&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd"
    "&line_items[0][price_data][unit_amount]={}&line_items[0][price_data][product_data][name]=x"
)


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer sk_live_x", "Bearer pk_test_x", "Basic !!"])
def test_only_test_keys_are_let_in(machine: Machine, header: str) -> None:
    answer = machine.raw("GET", "/v1/balance", Authorization=header)

    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "param"),
    [
        ("GET", "/v1/nothing", "", 404, None, None),
        ("GET", "/v1/charges/ch_x", "", 404, "resource_missing", "id"),
        ("GET", "/v1/customers?limit=0", "", 400, "parameter_invalid_integer", "limit"),
        ("GET", "/v1/customers?starting_after=cus_x", "", 400, "resource_missing", "starting_after"),
        ("GET", "/v1/charges?expand[]=data.amount", "", 200, None, None),
        ("POST", "/v1/customers", "nonsense=1", 400, "parameter_unknown", "nonsense"),
        ("POST", "/v1/customers", "metadata=1", 400, None, "metadata"),
        ("POST", "/v1/transfers", "amount=1", 400, "parameter_missing", "currency"),
        ("POST", "/v1/transfers", "amount=1.5&currency=usd&destination=a", 400, "parameter_invalid_integer", "amount"),
        ("POST", "/v1/transfers", "amount=-1&currency=usd&destination=a", 400, "parameter_invalid_integer", "amount"),
        ("POST", "/v1/transfers", "amount=1&currency=usd&destination=acct_x", 400, "resource_missing", "destination"),
        ("POST", "/v1/checkout/sessions", "mode=nonsense", 400, None, "mode"),
        ("POST", "/v1/checkout/sessions", SESSION.format(49), 400, "amount_too_small", None),
        ("POST", "/v1/checkout/sessions", SESSION.format("x"), 400, "parameter_invalid_integer",
         "line_items[0][price_data][unit_amount]"),
        ("POST", "/v1/checkout/sessions", SESSION.format(500) + "&expires_at=1", 400, None, "expires_at"),
        ("POST", "/v1/checkout/sessions", SESSION.format(500) + "&success_url=javascript:1", 400, "url_invalid",
         "success_url"),
        ("POST", "/v2/core/accounts", '{"nonsense": 1}', 400, "parameter_unknown", "nonsense"),
        ("POST", "/v2/core/accounts", "not json", 400, "invalid_request", None),
        ("POST", "/v2/core/account_links", '{"account": "acct_x", "use_case": {"type": "account_onboarding"}}', 400,
         "resource_missing", "account"),
    ],
)  # fmt: skip
def test_wrong_requests_are_refused_as_stripe_does(machine, method, path, body, status, code, param) -> None:  # noqa: PLR0917
    kind = "application/json" if path.startswith("/v2") else "application/x-www-form-urlencoded"

    answer = machine.raw(method, path, body, Content_Type=kind)

    error = answer.json().get("error", {})
    assert (answer.status_code, error.get("code"), error.get("param")) == (status, code, param)
    assert answer.headers["Request-Id"].startswith("req_")


def test_lists_page_in_both_directions(machine: Machine) -> None:
    customers = machine.client().v1.customers
    made = [customers.create({"name": str(number)}).id for number in range(7)][::-1]

    first = customers.list({"limit": 3})
    second = customers.list({"limit": 3, "starting_after": first.data[-1].id})
    back = customers.list({"limit": 2, "ending_before": second.data[-1].id})

    assert [one.id for one in first.data] == made[:3]
    assert [one.id for one in second.data] == made[3:6]
    assert [one.id for one in back.data] == made[3:5]
    assert (first.has_more, second.has_more, back.has_more) == (True, True, True)
    assert [one.id for one in customers.list({"limit": 2}).auto_paging_iter()] == made


def test_v2_lists_page_by_address(machine: Machine) -> None:
    made = [machine.seller(ready=False).id for _ in range(5)][::-1]

    found = machine.client().v2.core.accounts.list({"limit": 2})

    assert [one.id for one in found.auto_paging_iter()] == made


def test_references_are_ids_unless_expanded(machine: Machine) -> None:
    machine.buy()
    charges = machine.client().v1.charges

    plain = charges.list().data[0]
    expanded = charges.list({"expand": ["data.balance_transaction", "data.payment_intent"]}).data[0]

    assert (plain.balance_transaction, plain.payment_intent) == (
        expanded.balance_transaction.id,
        expanded.payment_intent.id,
    )


def test_what_cannot_be_expanded_is_refused(machine: Machine) -> None:
    charge = machine.buy().payment_intent.latest_charge.id

    answer = machine.raw("GET", f"/v1/charges/{charge}?expand[]=currency")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "expand")


def test_metadata_is_merged_and_unset_by_an_empty_text(machine: Machine) -> None:
    customers = machine.client().v1.customers
    made = customers.create({"metadata": {"a": "1", "b": "2"}})

    customers.update(made.id, {"metadata": {"a": "", "c": "3"}})

    assert customers.retrieve(made.id).metadata.to_dict() == {"b": "2", "c": "3"}
