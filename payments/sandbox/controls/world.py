"""Controls of the world outside: what buyers, sellers and banks do."""

from typing import TYPE_CHECKING, Any

from payments.sandbox import checkout, events, money, onboarding
from payments.sandbox.controls import Given, WrongControl, at_work, control, need
from payments.sandbox.objects import accounts, disputes, payouts, refunds
from payments.sandbox.pages import setup
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox


@control("POST", "/sessions/<identifier>/pay")
def pay_session(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    """Pays without the page. A card that asks for 3-D Secure gets `challenge`: pass (default), fail or leave."""

    def act(work: Work) -> Any:
        session = need(work, "checkout.session", identifier)
        if session["created"] > work.now:
            session |= {"created": work.now - 60, "expires_at": work.now + 86_400}
        email = given.get("email") or session["customer_email"] or "buyer@example.com"
        buyer = checkout.Buyer(
            email=email,
            name=given.get("name"),
            address={"country": given.get("country", "US")},
            terms_accepted=True,
            custom=given.get("custom") or {},
        )
        kind = given.get("method", "card")
        number = str(given.get("card") or given.get("account_number") or "4242424242424242")
        outcome = checkout.pay(work, session, buyer, checkout.Means(number, kind=kind))
        if outcome.result == "challenge" and given.get("challenge", "pass") != "leave":
            intent = need(work, "payment_intent", outcome.intent)
            outcome = checkout.answer_challenge(work, intent, passed=given.get("challenge", "pass") == "pass")
        session = need(work, "checkout.session", identifier)
        return {"result": outcome.result, "message": outcome.message, "payment_intent": session["payment_intent"]}

    return at_work(sandbox, given, act)


@control("POST", "/sessions/<identifier>/expire")
def expire_session(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    def act(work: Work) -> Any:
        session = need(work, "checkout.session", identifier)
        if session["status"] != "open":
            raise checkout.Closed
        return {"status": checkout.expire(work, session)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payment_intents/<identifier>/settle")
def settle_debit(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    """Ends a bank debit now; `fails` makes it fail."""

    def act(work: Work) -> Any:
        checkout.end_debit(work, identifier, {"fails": bool(given.get("fails"))})
        return {"status": need(work, "payment_intent", identifier)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/charges/<identifier>/dispute")
def open_dispute(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    def act(work: Work) -> Any:
        reason, inquiry = given.get("reason", "fraudulent"), bool(given.get("inquiry"))
        charge = need(work, "charge", identifier)
        dispute = disputes.begin(work, charge, reason=reason, inquiry=inquiry, amount=given.get("amount"))
        return {"dispute": dispute["id"], "status": dispute["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/charges/<identifier>/warn")
def warn_of_fraud(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    return at_work(sandbox, given, lambda work: disputes.warn(work, need(work, "charge", identifier)["id"], {})) or {}


@control("POST", "/disputes/<identifier>/<any(win, lose, escalate):outcome>")
def decide_dispute(sandbox: "Sandbox", given: Given, identifier: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        dispute = need(work, "dispute", identifier)
        disputes.decide(work, dispute, {"win": "won", "lose": "lost", "escalate": "escalated"}[outcome])
        return {"dispute": identifier, "status": need(work, "dispute", identifier)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/refunds/<identifier>/<any(fail, succeed, require_action):outcome>")
def decide_refund(sandbox: "Sandbox", given: Given, identifier: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        refund = need(work, "refund", identifier)
        if outcome == "require_action":
            refund |= {"status": "requires_action"}
            work.rows.save(refund)
        else:
            (refunds.fail if outcome == "fail" else refunds.succeed)(work, identifier, {"reason": given.get("reason")})
        return {"refund": identifier, "status": need(work, "refund", identifier)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payouts/<identifier>/<any(fail, arrive):outcome>")
def decide_payout(sandbox: "Sandbox", given: Given, identifier: str, outcome: str) -> Any:
    def act(work: Work) -> Any:
        need(work, "payout", identifier)
        if outcome == "fail":
            payouts.fail(work, identifier, given.get("code", "could_not_process"))
        else:
            payouts.arrive(work, identifier, {})
        return {"payout": identifier, "status": need(work, "payout", identifier)["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/payouts/run")
def run_payouts(sandbox: "Sandbox", given: Given) -> Any:
    """The daily automatic payouts, now."""
    return at_work(sandbox, given, lambda work: payouts.run(work, "", {})) or {}


@control("POST", "/accounts/<identifier>/<any(complete, due, pending, reject):result>")
def end_onboarding(sandbox: "Sandbox", given: Given, identifier: str, result: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", identifier)
        if account["created"] > work.now:
            account["created"] = work.now - 60
        setup.finish(work, account, result, given.get("bank_account", ""))
        return {"account": identifier, "transfers": need(work, "account", identifier)["transfers"]["status"]}

    return at_work(sandbox, given, act)


@control("POST", "/accounts/<identifier>/capability")
def set_capability(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", identifier)
        status = given["status"]
        if status not in ("active", *onboarding.CODES):
            raise WrongControl(f"A capability is active, {', '.join(onboarding.CODES)}.")
        before = onboarding.copy(account)
        onboarding.set_capability(work, account, status, given.get("code"), given.get("resolution"))
        onboarding.tell(work, account, before)
        return {"account": identifier, "transfers": status}

    return at_work(sandbox, given, act)


@control("POST", "/accounts/<identifier>/deauthorize")
def deauthorize(sandbox: "Sandbox", given: Given, identifier: str) -> Any:
    def act(work: Work) -> Any:
        account = need(work, "account", identifier)
        onboarding.close(work, account)
        events.emit(work.acting_for(identifier), "account.application.deauthorized", accounts.application(work))
        return {"account": identifier, "closed": True}

    return at_work(sandbox, given, act)


@control("POST", "/overdraft")
def set_overdraft(sandbox: "Sandbox", given: Given) -> Any:
    """How far below zero refunds may take the platform's balance before they wait for funds."""

    def act(work: Work) -> Any:
        work.rows.keep("overdraft", int(given["amount"]))
        return {"overdraft": int(given["amount"])}

    return at_work(sandbox, {}, act)


@control("POST", "/topup")
def top_up(sandbox: "Sandbox", given: Given) -> Any:
    """Puts money into the platform's balance from nowhere, so that a test can transfer it."""

    def act(work: Work) -> Any:
        amount, currency = int(given["amount"]), given.get("currency", "usd")
        done = money.record(work, "topup", amount, currency, None, description="Top-up by the control interface")
        return {"balance_transaction": done["id"], "available": money.available(work, "", currency)}

    return at_work(sandbox, given, act)
