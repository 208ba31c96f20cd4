"""A really started sandbox, a mailbox for its webhooks, and the moves that tests make with them."""

import http.server
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import requests
import stripe

ROOT = Path(__file__).resolve().parents[3]
SECRET = "whsec_of_the_tests"
GOOD, DECLINED, CHALLENGE = "4242424242424242", "4000000000000002", "4000002760003184"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """Receives webhooks; `statuses` are answered first, one each, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, Any], bytes, str]] = []
        self.statuses: list[int] = []
        box = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                box.received.append((json.loads(body), body, self.headers["Stripe-Signature"]))
                self.send_response(box.statuses.pop(0) if box.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def types(self) -> list[str]:
        return [event["type"] for event, _, _ in list(self.received)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Machine:
    """One sandbox process on a port of its own."""

    def __init__(self, store: Path, *options: str) -> None:
        self.store, self.options, self.port = store, options, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        place = ["--port", str(self.port), "--store", str(self.store)]
        return [sys.executable, "-m", "payments.sandbox", *place, *self.options]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command(), cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/healthz", timeout=5).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("The sandbox did not start.")

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=15)

    # -- the API

    def client(self, key: str = "sk_test_machine", retries: int = 0) -> stripe.StripeClient:
        http_client = stripe.RequestsClient(timeout=20)
        return stripe.StripeClient(
            key, base_addresses={"api": self.url}, max_network_retries=retries, http_client=http_client
        )

    def raw(self, method: str, path: str, body: str = "", **headers: str) -> requests.Response:
        """A request as the wire has it."""
        sent = {
            "Authorization": "Bearer sk_test_raw",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if body:
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return requests.request(method, self.url + path, data=body.encode(), headers=sent, timeout=20)

    def control(self, path: str, /, **given: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_control/{path}", json=given, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def look(self, path: str) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/_control/{path}", timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def drain(self) -> None:
        assert self.control("drain", seconds=20) == {"idle": True}

    def fault(self, action: str, *, scope: str = "call", **details: Any) -> dict[str, Any]:
        return self.control("faults", scope=scope, action=action, **details)

    def check(self) -> None:
        found = self.look("invariants")
        assert found["ok"], found["problems"]

    def happened(self) -> list[str]:
        """The types of all snapshot events of the platform, oldest first."""
        return [event.type for event in self.client().v1.events.list({"limit": 100}).data][::-1]

    # -- moves

    def session(self, amount: int = 500, **more: Any) -> Any:
        data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "A prompt"}}
        given = {
            "mode": "payment",
            "line_items": [{"price_data": data, "quantity": 1}],
            "success_url": "https://shop.example/thanks?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/cart",
            "metadata": {"order": "7"},
            "payment_intent_data": {"metadata": {"order": "7"}, "transfer_group": "order_7"},
            **more,
        }
        return self.client().v1.checkout.sessions.create(given)

    def submit(self, session: str, number: str = GOOD, **more: str) -> requests.Response:
        form = {"email": "buyer@example.com", "card_number": number, "exp": "12/34", "cvc": "123", "name": "A Buyer"}
        url = f"{self.url}/c/pay/{session}"
        return requests.post(url, data={**form, **more}, allow_redirects=False, timeout=20)

    def read(self, session: str, *expand: str) -> Any:
        return self.client().v1.checkout.sessions.retrieve(session, {"expand": list(expand)})

    def buy(self, amount: int = 500, number: str = GOOD, **more: Any) -> Any:
        """A session that was paid, with its intent and charge."""
        session = self.session(amount, **more)
        answer = self.submit(session.id, number)
        assert answer.status_code == 303, visible(answer.text)
        return self.read(session.id, "payment_intent.latest_charge.balance_transaction")

    def seller(self, *, ready: bool = True, country: str = "us", bank: str = "") -> Any:
        capabilities = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
        account = self.client().v2.core.accounts.create(
            {
                "contact_email": "seller@example.com",
                "display_name": "A Seller",
                "dashboard": "express",
                "identity": {"country": country},
                "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
                "configuration": {"recipient": {"capabilities": capabilities}},
                "include": ["configuration.recipient", "requirements"],
            }
        )
        if ready:
            self.control(f"accounts/{account.id}/complete", bank_account=bank)
        return account

    def available(self, account: str | None = None) -> int:
        options: Any = {"stripe_account": account} if account else {}
        return self.client().v1.balance.retrieve(None, options).available[0].amount


def visible(page: str) -> str:
    """The text of a page without its tags and style."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).strip()
