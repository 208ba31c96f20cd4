"""The market's main job, done once through HTTP as people and programs do it, with its evidence step by step."""

import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

import requests
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from PIL import Image, ImageDraw

from accounts import people, security
from accounts.models import ApiToken, User
from common.money import format_money
from config import mail
from config.browsing import Browser
from payments import ledger
from payments.models import Order, Payout

TEMPLATE = (
    "Describe a [subject] seen at [hour] in the style of a field notebook. Two short paragraphs, no adjectives that a"
    " camera could not verify, and one line on what is missing from the scene."
)
PATIENCE = 30
CARD, NEEDS_3DS, DECLINED = "4242424242424242", "4000002760003184", "4000000000000002"


class DidNotHold(Exception):
    """A step ended otherwise than it should."""


def insist(held: object, what: str) -> None:
    if not held:
        raise DidNotHold(what)


def fresh(row: Any) -> Any:
    """The row as it is in the database now."""
    row.refresh_from_db()
    return row


def wait_for(found: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise DidNotHold(f"not within {PATIENCE} seconds: {what}")
        time.sleep(0.1)
    return answer


@dataclass
class MainJob:
    """The steps in order; `say` prints one line of evidence."""

    say: Callable[[str], None]
    domain: str = "example.com"
    site: str = field(default_factory=lambda: settings.SITE_URL)
    tokens: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        steps: list[tuple[str, Callable[[], str]]] = [
            ("sign-up", self.sign_up),
            ("onboarding", self.onboard),
            ("listing", self.list_prompt),
            ("review", self.review),
            ("purchase", self.buy),
            ("delivery", self.deliver),
            ("rendering", self.render),
            ("declined card", self.decline),
            ("3-D Secure", self.buy_with_3ds),
            ("refund", self.refund),
            ("payout", self.pay_out),
            ("books", self.audit),
        ]
        for number, (name, step) in enumerate(steps, start=1):
            self.say(f"{number:>2}/{len(steps)} {name:<14} {step()}")

    @property
    def handle(self) -> str:
        return self.domain.partition(".")[0] + "-seller"

    def address(self, name: str) -> str:
        return f"{name}@{self.domain}"

    # ---- Helpers -------------------------------------------------------------------------------------------------
    def api(self, who: str, method: str, path: str, *, expect: int = 200, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        answer = requests.request(method, f"{self.site}/api/v1/{path}", headers=headers, timeout=20, **more)
        insist(answer.status_code == expect, f"{method} {path} answered {answer.status_code}: {answer.text[:400]}")
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else answer

    def letter_to(self, address: str, pattern: str) -> str:
        """What a letter to this address says, where it matches the pattern."""

        def found() -> str:
            for path in mail.letters():
                letter = message_from_bytes(path.read_bytes(), policy=policy.default)
                text = letter.get_body(("plain",))
                if address in str(letter["To"]) and text and (match := re.search(pattern, text.get_content())):
                    return match.group(1)
            return ""

        return str(wait_for(found, f"a letter to {address}"))

    def person(self, email: str, name: str) -> Browser:
        """Sign up on the page and prove the address with the code in the letter."""
        browser = Browser(self.site)
        browser.open("/account/signup/").submit("email", email=email, name=name, terms="on")
        code = self.letter_to(email, r"(?m)^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$")
        browser.submit("code", code=code).expect(200)
        user = User.objects.get(email=email)
        _, self.tokens[name] = security.issue_token(
            user, name="main job", scopes=[ApiToken.Scope.READ, ApiToken.Scope.LIBRARY]
        )
        return browser

    def token(self, name: str, email: str, *scopes: str) -> None:
        _, self.tokens[name] = security.issue_token(User.objects.get(email=email), name=name, scopes=scopes)

    # ---- Steps ---------------------------------------------------------------------------------------------------
    def sign_up(self) -> str:
        self.seller = self.person(self.address("seller"), "Seller")
        self.buyer = self.person(self.address("buyer"), "Buyer")
        moderator = User.objects.create_user(self.address("moderator"), name="Moderator")
        EmailAddress.objects.create(user=moderator, email=moderator.email, verified=True, primary=True)
        people.make_moderator(moderator, by=None)
        self.token("Moderator", moderator.email, "read", "moderate")
        return f"{self.address('seller')} and {self.address('buyer')} signed up with codes from their letters"

    def onboard(self) -> str:
        self.seller.open("/sell/start/").submit("handle", handle=self.handle, name="Main Job", bio="", country="US")
        self.token("Seller", self.address("seller"), "read", "sell")
        self.seller.open("/sell/payouts/").press("/sell/payouts/set-up/").expect(200)
        self.seller.submit("result", button="complete", result="complete")
        account = User.objects.get(email=self.address("seller")).payout_accounts.get(retired_at=None)
        wait_for(lambda: fresh(account).state == "active", "the payout account is active")
        return f"@{self.handle} is a seller, Stripe account {account.stripe_id} is {account.state}"

    def list_prompt(self) -> str:
        made = self.api(
            "Seller",
            "POST",
            "listings/",
            expect=201,
            json={
                "title": "Field notebook scenes",
                "summary": "Short scenes as a careful observer would write them down.",
                "description": "Give a subject and an hour; get two verifiable paragraphs.",
                "model": "chatgpt",
                "category": "fiction",
                "tags": ["scenes", "observation"],
                "price": 1999,
                "prompt": {"template": TEMPLATE, "instructions": "Keep the subject concrete."},
                "examples": [
                    {
                        "inputs": {"subject": "harbour", "hour": "dawn"},
                        "output": "Six boats, four of them tied. The crane stands at nine o'clock.",
                    }
                ],
            },
        )
        self.slug = made["slug"]
        for number in (1, 2):
            files = {"image": (f"{number}.png", picture(number), "image/png")}
            self.api("Seller", "POST", f"listings/{self.slug}/images/", expect=201, files=files)
        case = self.api("Seller", "POST", f"listings/{self.slug}/submit/", json={"rights_affirmed": True})
        insist(case, "submitting answered nothing")
        return f"/prompts/{self.slug}/ with 2 pictures, sent to review"

    def review(self) -> str:
        def waiting() -> Any:
            cases = self.api("Moderator", "GET", "moderation/cases/")["results"]
            return next((case for case in cases if case["listing"]["slug"] == self.slug), None)

        case = wait_for(waiting, "the case is in the moderators' queue")
        self.api("Moderator", "POST", f"moderation/cases/{case['id']}/claim/")
        self.api("Moderator", "POST", f"moderation/cases/{case['id']}/approve/", json={"reason": "", "note": "Good."})
        page = Browser(self.site).open(f"/prompts/{self.slug}/").expect(200, "Field notebook scenes")
        insist(TEMPLATE[:40] not in page.text, "the public page shows the prompt")
        return f"case {case['id']} approved, {len(case.get('findings', []))} findings, page is public"

    def _to_payment_page(self) -> None:
        self.buyer.open(f"/checkout/?listing={self.slug}").expect(200)
        self.buyer.submit("coupon", delivery="on", withdrawal="on")
        insist("/c/pay/" in self.buyer.url, f"the checkout led to {self.buyer.url}: {self.buyer.words[:300]}")

    def _pay(self, card: str) -> None:
        self.buyer.submit(
            "card_number", email=self.address("buyer"), card_number=card, exp="12/40", cvc="123", name="A Buyer"
        )

    def buy(self) -> str:
        self._to_payment_page()
        self._pay(CARD)
        insist("/orders/" in self.buyer.url or "/library/" in self.buyer.url, f"paying led to {self.buyer.url}")
        self.order = Order.objects.get(buyer__email=self.address("buyer"), lines__listing__slug=self.slug)
        total = format_money(self.order.total, self.order.currency, "en")
        return f"order {self.order.number}, {total} paid on the hosted page, session {self.order.session_id}"

    def deliver(self) -> str:
        wait_for(lambda: fresh(self.order).status == "fulfilled", "the worker delivers")
        self.letter_to(self.address("buyer"), rf"({self.order.number})")
        item = self.order.lines.get().entitlement
        insist(item is not None, "nothing was granted")
        assert item is not None
        self.item = item.public_id
        self.buyer.open(f"/library/{self.item}/").expect(200)
        insist("field notebook" in self.buyer.text, "the library does not show the prompt")
        charge, shares = self.order.charge, ledger.totals()
        return f"library {self.item}, charge {charge}, receipt by mail, ledger {shares}"

    def render(self) -> str:
        values = {"variables": {"subject": "lighthouse", "hour": "dusk"}}
        made = self.api("Buyer", "POST", f"library/{self.item}/render/", json=values)
        insist("Describe a lighthouse seen at dusk" in made["text"], "the variables were not filled in")
        return str(made["text"])[:60] + "…"

    def decline(self) -> str:
        self.second = self.person(self.address("second"), "Second")
        self.buyer = self.second
        self._to_payment_page()
        self._pay(DECLINED)
        insist("/c/pay/" in self.buyer.url and "declined" in self.buyer.words.lower(), "the card was not declined")
        insist(
            not Order.objects.exclude(paid_at=None).filter(buyer__email=self.address("second")).exists(), "it was paid"
        )
        return "the page says that the card was declined and stays open"

    def buy_with_3ds(self) -> str:
        self._pay(NEEDS_3DS)
        insist("/3ds/" in self.buyer.url, f"no 3-D Secure at {self.buyer.url}")
        self.buyer.submit("result", button="complete", result="complete")
        order = Order.objects.get(buyer__email=self.address("second"), lines__listing__slug=self.slug)
        wait_for(lambda: fresh(order).status == "fulfilled", "the second order is delivered")
        self.second_order = order
        return f"order {order.number} paid after the challenge and delivered"

    def refund(self) -> str:
        number = self.second_order.number
        body = {"reason": "not_as_shown", "words": "It stops in the middle.", "evidence": "Six boats, four of"}
        self.api("Second", "POST", f"orders/{number}/refund/", expect=201, json=body)
        claim = self.second_order.lines.get().claims.get()
        moderator = Browser(self.site)
        moderator.open("/account/login/code/").submit("email", email=self.address("moderator"))
        code = self.letter_to(self.address("moderator"), r"(?m)^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$")
        moderator.submit("code", code=code)
        moderator.open(f"/moderation/refunds/{claim.public_id}/").submit("note", granted="yes", note="As you say.")
        refund = wait_for(
            lambda: self.second_order.refunds.filter(state__in=["succeeded", "pending"]).first(), "the refund is sent"
        )
        self.second_order.refresh_from_db()
        insist(self.second_order.state == "refunded", f"the order is {self.second_order.state}")
        amount = format_money(refund.amount, refund.currency, "en")
        return f"{amount} by {refund.stripe_id}, the prompt left the library"

    def pay_out(self) -> str:
        out = io.StringIO()
        call_command("payout_sellers", stdout=out)
        payout = Payout.objects.get(seller__email=self.address("seller"), state__in=["sent", "paid"])
        balance = ledger.seller_balance(payout.seller)
        amount = format_money(payout.amount, payout.currency, "en")
        insist(balance.available == 0 and balance.pending == 0, f"left over: {balance}")
        return f"{amount} by {payout.transfer} (hold of {settings.HOLD_DAYS} days by setting)"

    def audit(self) -> str:
        out = io.StringIO()
        call_command("audit_books", stdout=out)
        return " ".join(out.getvalue().split())


def picture(number: int) -> bytes:
    """A small picture of its own."""
    image = Image.new("RGB", (960, 640), (40 + 60 * number, 90, 120))
    draw = ImageDraw.Draw(image)
    for step in range(12):
        draw.ellipse(
            (step * 40, step * 22 * number, 700 + step * 20, 500), outline=(240, 220 - step * 12, 180), width=3
        )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
