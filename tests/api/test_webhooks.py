"""Webhooks: subscribed, signed, delivered by the outbox, tried again, switched off, and never into our own network."""

import base64
import hmac
import json
import threading
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import standardwebhooks
from standardwebhooks.webhooks import WebhookVerificationError

from accounts import outbox, webhooks
from accounts.models import Notification, Webhook
from common import clock, outbound
from tests.factories.marketplace import EntitlementFactory, ListingFactory, submitted
from tests.factories.payments import PaidOrder

pytestmark = pytest.mark.django_db


class Receiver:
    """A program of a seller: keeps what comes and answers what it is told to."""

    def __init__(self):
        self.got = []
        self.status = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", f"{outer.url}/elsewhere")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def events(self):
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver(settings):
    made = Receiver()
    settings.OUTBOUND_ALLOWED = [made.host]
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def subscribed(seller, receiver):
    answer = seller.post("webhooks/", {"url": f"{receiver.url}/hook?x=1", "events": list(Webhook.Event.values)})
    assert answer.status_code == 201
    return answer.json()


def verified(secret, headers, body):
    return standardwebhooks.Webhook(secret).verify(body, headers)


def signature(secret, headers, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


class TestMessages:
    def test_what_happens_to_a_seller_is_told_and_signed(self, sandbox, seller, buyer, subscribed, receiver):
        words = {"template": "canary-words about [letter] and its end."}
        listing = ListingFactory(live=True, seller=seller.user, prompt=words)
        order = PaidOrder(sandbox, listing, buyer=buyer.user, consented=False)
        buyer.post(f"listings/{listing.slug}/reviews/", rating=5, text="Good.")
        buyer.post(f"orders/{order.number}/refund/")
        outbox.drain()

        assert receiver.events == ["listing.approved", "sale.completed", "review.posted", "refund.completed"]
        for headers, body in receiver.got:
            # As integrators do it, with the library of the specification's authors.
            assert verified(subscribed["secret"], headers, body) == json.loads(body)
            with pytest.raises(WebhookVerificationError):
                verified(subscribed["secret"], headers, body + b" ")
            assert headers["webhook-id"].startswith("msg_")
            assert b"canary-words" not in body
            assert buyer.user.email.encode() not in body
        sale = json.loads(receiver.got[1][1])["data"]
        assert (sale["order"], sale["share"]) == (order.number, {"amount": 399, "currency": "usd"})

    def test_only_what_was_asked_for_is_told(self, seller, moderator, receiver):
        seller.post("webhooks/", {"url": receiver.url, "events": ["listing.rejected"]})
        case = submitted(ListingFactory(seller=seller.user))
        moderator.post(f"moderation/cases/{case.public_id}/reject/", reason="unclear")
        ListingFactory(live=True, seller=seller.user)
        ListingFactory(live=True)
        outbox.drain()

        assert receiver.events == ["listing.rejected"]

    def test_the_log_tells_how_it_went_and_a_message_is_sent_again(self, seller, receiver, subscribed):
        address = f"webhooks/{subscribed['id']}/"
        assert seller.post(f"{address}test/").status_code == 201
        outbox.drain()
        (logged,) = seller.get(f"{address}deliveries/").json()["results"]
        assert (logged["state"], logged["attempts"][0]["status"], logged["event"]) == ("delivered", 204, "webhook.test")

        assert seller.post(f"{address}deliveries/{logged['id']}/resend/").status_code == 200
        outbox.drain()

        assert [headers["webhook-id"] for headers, _body in receiver.got] == [logged["id"]] * 2

    def test_both_secrets_sign_for_a_day_after_a_change(self, seller, receiver, subscribed):
        address = f"webhooks/{subscribed['id']}/"
        fresh = seller.post(f"{address}secret/").json()["secret"]
        seller.post(f"{address}test/")
        outbox.drain()
        headers, body = receiver.got[0]
        assert headers["webhook-signature"].split() == [
            signature(fresh, headers, body), signature(subscribed["secret"], headers, body)
        ]  # fmt: skip

        with clock.at(clock.now() + timedelta(hours=25)):
            seller.post(f"{address}test/")
            outbox.drain()
        headers, body = receiver.got[1]
        assert headers["webhook-signature"] == signature(fresh, headers, body)

    def test_the_secret_is_shown_once_and_kept_encrypted(self, seller, subscribed):
        assert "secret" not in seller.get(f"webhooks/{subscribed['id']}/").json()
        assert subscribed["secret"] not in json.dumps(Webhook.objects.get().secrets)


class TestFailing:
    def test_it_is_tried_again_with_growing_pauses(self, seller, receiver, subscribed):
        receiver.status = 503
        address = f"webhooks/{subscribed['id']}/"
        seller.post(f"{address}test/")
        moment = clock.now()
        for pause in (0, *webhooks.PAUSES[:3]):
            moment += timedelta(seconds=pause + 1)
            with clock.at(moment):
                outbox.drain()
        receiver.status = 200
        with clock.at(moment + timedelta(seconds=webhooks.PAUSES[3] + 1)):
            outbox.drain()

        (logged,) = seller.get(f"{address}deliveries/").json()["results"]
        assert [one["status"] for one in logged["attempts"]] == [503, 503, 503, 503, 200]
        assert logged["state"] == "delivered"
        assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1

    def test_it_is_switched_off_when_nothing_gets_through(self, seller, receiver, subscribed):
        receiver.status = 500
        address = f"webhooks/{subscribed['id']}/"
        seller.post(f"{address}test/")
        moment = clock.now()
        for pause in (0, *webhooks.PAUSES):
            moment += timedelta(seconds=pause + 1)
            with clock.at(moment):
                outbox.drain()

        shown = seller.get(address).json()
        assert (shown["is_on"], shown["stopped_because"]) == (False, "failing")
        assert seller.get(f"{address}deliveries/").json()["results"][0]["state"] == "failed"
        assert Notification.objects.filter(user=seller.user, kind="webhook_stopped").count() == 1
        assert seller.post(f"{address}test/").status_code == 409
        assert seller.patch(address, is_on=True).json()["is_on"] is True
        assert seller.post(f"{address}test/").status_code == 201

    def test_a_receiver_that_is_gone_is_believed(self, seller, receiver, subscribed):
        receiver.status = 410
        seller.post(f"webhooks/{subscribed['id']}/test/")
        outbox.drain()

        assert seller.get(f"webhooks/{subscribed['id']}/").json()["stopped_because"] == "gone"

    def test_a_redirect_is_a_failure(self, seller, receiver, subscribed):
        receiver.status = 302
        seller.post(f"webhooks/{subscribed['id']}/test/")
        outbox.drain()

        assert len(receiver.got) == 1
        assert Webhook.objects.get().failures == 1

    def test_nobody_home(self, seller, receiver, subscribed):
        receiver.server.shutdown()
        receiver.server.server_close()
        seller.post(f"webhooks/{subscribed['id']}/test/")
        outbox.drain()

        (logged,) = seller.get(f"webhooks/{subscribed['id']}/deliveries/").json()["results"]
        assert (logged["attempts"][0]["status"], logged["attempts"][0]["error"]) == (None, "ConnectionRefusedError")


class TestWhoAndWhere:
    def test_they_are_ones_own(self, seller, rival, buyer, nobody, subscribed):
        address = f"webhooks/{subscribed['id']}/"
        assert rival.get(address).status_code == 404
        assert rival.delete(address).status_code == 404
        assert rival.post(f"{address}test/").status_code == 404
        assert rival.get("webhooks/").json()["results"] == []
        assert buyer.get("webhooks/").status_code == 403
        assert nobody.get("webhooks/").status_code == 401
        assert seller.delete(address).status_code == 204

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/",
            "https://169.254.169.254/latest/meta-data/", "https://[::ffff:127.0.0.1]/", "https://2130706433/",
            "https://0x7f000001/", "https://127.1/", "https://0/", "https://user:pass@example.com/", "ftp://example.com/",
            "https://example.com:22/", "https://exa mple.com/", "https://example.com/\r\nX: y", "file:///etc/passwd",
            "https://", "//example.com", "https://intranet.local/", "https://[64:ff9b::7f00:1]/", "https://[fe80::1%25eth0]/",
            "https://example.com/#part", "https://ex\u00e4mple.com/", "https://example.com:99999/", "", "x" * 600,
            "https://192.168.1.1.:443/", "https://[2002:7f00:1::]/",
        ],
    )  # fmt: skip
    def test_addresses_we_send_nothing_to(self, seller, url):
        answer = seller.post("webhooks/", {"url": url, "events": ["sale.completed"]})

        assert answer.status_code == 400, url
        assert not Webhook.objects.exists()

    @pytest.mark.parametrize(
        "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"]
    )
    def test_a_name_that_leads_inside_is_refused_when_it_is_looked_up(self, monkeypatch, address):
        monkeypatch.setattr(
            outbound.socket,
            "getaddrinfo",
            lambda *_args, **_kw: [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))],
        )
        monkeypatch.setattr(outbound.socket, "create_connection", lambda *_args: pytest.fail("Nothing may be opened."))

        with pytest.raises(outbound.BadAddress):
            outbound.post("https://innocent.example/", b"{}", {})

    @pytest.mark.parametrize(
        "body",
        [{}, {"url": "https://example.com/"}, {"url": "https://example.com/", "events": ["no.such"]},
         {"url": 5, "events": []}, {"url": "https://example.com/", "events": [5]},
         {"url": "https://example.com/", "events": "sale.completed"}],
    )  # fmt: skip
    def test_what_cannot_be_kept_is_named(self, seller, body):
        assert seller.post("webhooks/", body).status_code == 400

    def test_ten_are_enough(self, seller, receiver):
        for _each in range(10):
            assert seller.post("webhooks/", {"url": receiver.url, "events": ["payout.paid"]}).status_code == 201
        assert seller.post("webhooks/", {"url": receiver.url, "events": ["payout.paid"]}).status_code == 409

    def test_a_review_is_told_once(self, seller, buyer, receiver, subscribed):
        listing = ListingFactory(live=True, seller=seller.user)
        EntitlementFactory(owner=buyer.user, listing=listing)
        buyer.post(f"listings/{listing.slug}/reviews/", rating=5)
        buyer.put(f"listings/{listing.slug}/reviews/", {"rating": 4})
        outbox.drain()

        assert receiver.events.count("review.posted") == 1
