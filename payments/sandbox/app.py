"""The WSGI application: API calls, pages and controls around one store."""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from payments.sandbox import (
    alarms,
    api,
    controls,
    errors,
    faults,
    idempotency,
    pages,
    params,
    replies,
    views,
)
from payments.sandbox.clock import Clock
from payments.sandbox.courier import Courier
from payments.sandbox.journal import Entry, Journal, write
from payments.sandbox.replies import Asked, Reply
from payments.sandbox.server import BrokenAnswer
from payments.sandbox.store import Store, Transaction, dumps
from payments.sandbox.work import API_VERSION, Config, Work

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger("payments.sandbox")


class Sandbox:
    """Everything that lives as long as the process."""

    def __init__(self, store: Store, config: Config, journal_keep: int = 100_000) -> None:
        self.store = store
        self.asked = config
        with store.write() as rows:
            self.clock = Clock(rows.setting("clock_offset", 0))
        self.prepare_store()
        self.journal = Journal(store, journal_keep)
        self.courier = Courier(store, self.clock, self.journal)
        self.table = api.load()
        self.ready = (pages.routes(), controls.routes())  # made once, before the first threads ask
        self.woken = threading.Event()
        self.stopping = threading.Event()

    def prepare_store(self) -> None:
        """What an empty store needs: the platform's account, its endpoints, the daily payouts."""
        from payments.sandbox.objects import endpoints, payouts

        with self.store.write() as rows:
            self.config = replace(self.asked, platform=platform(rows, self.clock))
            work = self.work(rows)
            payouts.plan(work)
            if self.config.webhook_url:
                endpoints.ensure(work, self.config.webhook_url, self.config.webhook_secret)

    def reset(self) -> None:
        """Empties the store and begins anew."""
        self.journal.flush()
        self.store.reset()
        self.prepare_store()

    def start(self) -> None:
        self.courier.start()
        threading.Thread(target=self.keep_time, name="alarms", daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.woken.set()
        self.courier.stop()
        self.journal.flush()

    def work(self, rows: Transaction, **details: Any) -> Work:
        return Work(rows=rows, config=self.config, now=details.pop("now", None) or self.clock.now(), **details)

    def stir(self, work: Work) -> None:
        """After a commit: there may be something to deliver or to wait for."""
        if "deliveries" in work.stirred:
            self.courier.wake()
        if "alarms" in work.stirred:
            self.woken.set()

    # -- time

    def keep_time(self) -> None:
        """Rings alarms when they are due, and does the housekeeping."""
        tidied = time.monotonic()
        while not self.stopping.is_set():
            try:
                while self.ring_next():
                    pass
                self.journal.flush()
                if time.monotonic() - tidied > 60:
                    tidied = time.monotonic()
                    self.tidy()
            except Exception:
                log.exception("An alarm failed.")
                time.sleep(0.2)
            self.woken.wait(0.25)
            self.woken.clear()

    def ring_next(self) -> bool:
        now = self.clock.now()
        with self.store.read() as rows:
            if not rows.one("SELECT 1 FROM alarms WHERE due <= ?", [now]):
                return False
        with self.store.write() as rows:
            work = self.work(rows, now=now)
            rung = alarms.ring_next(work)
        work.stirred.discard("alarms")
        self.stir(work)
        return rung

    def tidy(self) -> None:
        self.journal.prune()
        with self.store.write() as rows:
            idempotency.prune(rows, self.clock.now())

    # -- the API

    def call(self, request: Request) -> Response:
        started = time.perf_counter()
        asked = replies.read(request)
        rule = faults.current.for_call(asked.method, asked.path, asked.account, asked.params)
        entry = Entry(
            moment=self.clock.now(),
            kind="call",
            method=asked.method,
            path=asked.path + (f"?{asked.query}" if asked.query else ""),
            account=asked.account,
            key=asked.key,
            reference=asked.id,
            fault=f"{rule.action} {rule.when}" if rule else "",
            request=asked.body,
        )
        try:
            reply = self.reply(request, rule, asked, entry)
        finally:
            entry.ms = (time.perf_counter() - started) * 1000
            if not entry.written:
                self.journal.add(entry)
        headers = {"Request-Id": asked.id, "Stripe-Version": API_VERSION, **reply.headers}
        if asked.key:
            headers["Idempotency-Key"] = asked.key
        kind = "text/html; charset=utf-8" if reply.body.startswith("<!doctype") else replies.JSON
        return Response(reply.body, reply.status, headers, content_type=kind)

    def reply(self, request: Request, rule: faults.Rule | None, asked: Asked, entry: Entry) -> Reply:
        """The answer to a call, whatever happens."""
        try:
            replies.check_key(request.headers.get("Authorization", ""))
            with idempotency.held(asked.account, asked.key if asked.method == "POST" else ""):
                reply = self.suffer(rule, asked, entry) if rule else self.perform(asked, entry)
        except errors.StripeError as problem:
            reply = replies.refusal(problem, asked)
        except BrokenAnswer:
            raise
        except Exception:
            log.exception("%s %s failed.", asked.method, asked.path)
            reply = replies.refusal(errors.broken(), asked)
        if not entry.written:
            entry.status, entry.response = reply.status, reply.body
        return reply

    def suffer(self, rule: faults.Rule, asked: Asked, entry: Entry) -> Reply:
        """A call under a fault rule."""
        if rule.action == "delay":
            if rule.when == "before":
                time.sleep(rule.seconds)
                return self.perform(asked, entry)
            reply = self.perform(asked, entry)
            time.sleep(rule.seconds)
            return reply
        if rule.when == "before":
            if rule.action == "reset":
                raise BrokenAnswer
            if rule.action in ("refuse", "rate_limit", "error"):
                return self.keep_failure(rule, asked)
        if rule.action in ("refuse", "rate_limit", "error"):
            return self.perform(asked, entry, instead=replies.failure(rule, asked))
        reply = self.perform(asked, entry)
        if rule.action == "reset":
            raise BrokenAnswer
        if rule.action == "truncate":
            raise BrokenAnswer(replies.truncated(reply, asked))
        return Reply(200, replies.HTML_ANSWER)

    def keep_failure(self, rule: faults.Rule, asked: Asked) -> Reply:
        """A failure before the effect; a 402 or 500 is remembered under the key as Stripe does."""
        reply = replies.failure(rule, asked)
        if reply.remembered and asked.method == "POST" and asked.key:
            with self.store.write() as rows:
                use = asked.use(self.clock.now())
                kept = idempotency.find(rows, use)
                if kept:
                    return Reply(kept.status, kept.body, {"Idempotent-Replayed": "true"})
                idempotency.keep(rows, use, idempotency.Kept(reply.status, reply.body))
        return reply

    def perform(self, asked: Asked, entry: Entry, instead: Reply | None = None) -> Reply:
        """Does what was asked. `instead` is what the caller is told although it was done."""
        found = self.table.find(asked.method, asked.path)
        if found is None:
            raise errors.unknown_url(asked.method, asked.path)
        one, places = found
        if asked.method == "GET":
            with self.store.read() as rows:
                reply = self.execute(self.prepare(rows, asked), one, places, asked)
            return instead or reply
        with self.store.write() as rows:
            work = self.prepare(rows, asked)
            reply = self.once(work, one, places, asked, instead)
            entry.status, entry.response = reply.status, reply.body
            if self.journal.keep:
                write(rows, entry)
        entry.written = True
        self.stir(work)
        return reply

    def once(self, work: Work, one: api.Call, places: tuple[str, ...], asked: Asked, instead: Reply | None) -> Reply:
        """A call with an effect, under its idempotency key."""
        rows, use = work.rows, asked.use(work.now)
        if asked.key and (kept := idempotency.find(rows, use)):
            return Reply(kept.status, kept.body, {"Idempotent-Replayed": "true"})
        rows.execute("SAVEPOINT effect")
        try:
            reply = self.execute(work, one, places, asked)
        except errors.StripeError as problem:
            rows.execute("ROLLBACK TO effect")
            work.stirred.clear()
            reply = replies.refusal(problem, asked)
            if not problem.executed:
                return reply
        if asked.key:
            # What was done is never done again, even if the caller is told something that Stripe would not keep.
            kept_reply = instead if instead and instead.remembered else reply
            idempotency.keep(rows, use, idempotency.Kept(kept_reply.status, kept_reply.body))
        return instead or reply

    def prepare(self, rows: Transaction, asked: Asked) -> Work:
        if asked.account:
            owner = rows.find(asked.account, "account")
            if owner is None or owner.get("deleted"):
                raise errors.no_access(asked.account)
        account = "" if asked.account == self.config.platform else asked.account
        return self.work(rows, account=account, path=asked.path, request_id=asked.id, key=asked.key or None)

    def execute(self, work: Work, one: api.Call, places: tuple[str, ...], asked: Asked) -> Reply:
        given = params.read(one.schema, replies.parameters(one, asked))
        expand = given.pop("expand", None) or []
        if one.version == 2:
            return Reply(200, dumps(one.handler(work, given, *places)))
        return Reply(200, dumps(views.answer(work, one.handler(work, given, *places), expand)))

    # -- WSGI

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        try:
            response = self.answer(request)
        except BrokenAnswer:
            raise
        except Exception:
            log.exception("%s %s failed.", request.method, request.path)
            response = Response(dumps(errors.broken().answer()), 500, content_type=replies.JSON)
        return response(environ, start_response)

    def answer(self, request: Request) -> Response:
        if request.path.startswith(("/v1/", "/v2/")):
            return self.call(request)
        if request.path == "/healthz":
            return Response('{"status": "ok"}', content_type=replies.JSON)
        control = request.path.startswith("/_control/")
        response = controls.answer(self, request) if control else pages.answer(self, request)
        if request.method != "GET":
            kind = "control" if control else "page"
            entry = Entry(self.clock.now(), kind, request.method, request.path, status=response.status_code)
            self.journal.add(entry)
        return response


def platform(rows: Transaction, clock: Clock) -> str:
    """The platform's own account; made on the first start."""
    from payments.sandbox.objects import accounts

    known = rows.setting("platform")
    if known is None:
        work = Work(rows=rows, config=Config(public_url=""), now=clock.now())
        account = accounts.build(work, display_name="Sandbox platform", dashboard="full", recipient=False)
        account |= {"due": [], "details_submitted": True, "disabled_reason": None, "schedule": {"interval": "manual"}}
        rows.save(account)
        known = account["id"]
        rows.keep("platform", known)
    return str(known)
