"""Orders, paid for real in the sandbox."""

import json
import urllib.request
from typing import Any

from accounts import outbox
from accounts.models import User
from marketplace.models import Listing
from payments import checkout, orders, payout_accounts
from payments.models import Order
from tests.factories.accounts import UserFactory
from tests.factories.marketplace import ListingFactory


def control(sandbox: Any, where: str, /, **body: Any) -> Any:
    """Ask the sandbox to do what only it can do."""
    request = urllib.request.Request(
        f"{sandbox.url}/_control/{where}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def PendingOrder(*listings: Listing, buyer: User | None = None, **options: Any) -> Order:  # noqa: N802
    """Placed, with its payment page open."""
    chosen = listings or (ListingFactory(live=True),)
    return checkout.start(buyer or UserFactory(), chosen, **{"consented": True} | options)


def pay(sandbox: Any, order: Order, card: str = "4242424242424242") -> None:
    """The buyer types the card in; nobody tells us."""
    control(sandbox, f"sessions/{order.session_id}/pay", card=card, email=order.email, deliver=False)


def PaidOrder(sandbox: Any, *listings: Listing, **options: Any) -> Order:  # noqa: N802
    """Paid and fulfilled."""
    order = PendingOrder(*listings, **options)
    pay(sandbox, order)
    orders.sync_session(order.session_id or "")
    outbox.drain()
    order.refresh_from_db()
    return order


def onboarded(sandbox: Any, seller: User) -> User:
    """A seller whose account at Stripe is ready for payouts."""
    payout_accounts.set_up(seller, return_url="http://localhost/back", refresh_url="http://localhost/again")
    account = seller.payout_accounts.get(retired_at=None)
    control(sandbox, f"accounts/{account.stripe_id}/complete")
    payout_accounts.refresh_account(account.stripe_id)
    return seller
