"""The control interface: how a test or a person makes the sandbox do what Stripe would do by itself, or misbehave."""

import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from payments.sandbox import checkout, errors, faults
from payments.sandbox.store import Record, dumps
from payments.sandbox.work import Work

if TYPE_CHECKING:
    from payments.sandbox.app import Sandbox

Given = dict[str, Any]
View = Callable[..., Any]
rules: list[Rule] = []
views: dict[str, View] = {}


class WrongControl(Exception):
    """The control was not understood; nothing was done."""


def control(method: str, path: str) -> Callable[[View], View]:
    def register(function: View) -> View:
        name = f"{method} {path}"
        views[name] = function
        rules.append(Rule(f"/_control{path}", endpoint=name, methods=[method]))
        return function

    return register


def foreign(request: Request) -> bool:
    """Whether a page of another site sent this."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin.partition("://")[2] != request.host


@functools.cache
def routes() -> Map:
    from payments.sandbox.controls import machinery, world

    for module in (machinery, world):
        assert module.__doc__  # imported for the rules that they register
    return Map(rules)


def answer(sandbox: "Sandbox", request: Request) -> Response:
    if request.method != "GET" and foreign(request):
        return respond({"error": "This came from a page of another site."}, 403)
    try:
        name, places = routes().bind_to_environ(request.environ).match()
        return respond(views[name](sandbox, read(request), **places))
    except REFUSALS as problem:
        status, message = explain(problem)
        return respond({"error": message}, status)


def do(sandbox: "Sandbox", what: str, given: Given) -> str:
    """A control by its path, for the dashboard; returns what is wrong with it, if anything."""
    try:
        name, places = routes().bind("").match(f"/_control/{what}", method="POST")
        views[name](sandbox, given, **places)
    except REFUSALS as problem:
        return explain(problem)[1]
    return ""


REFUSALS = (
    WrongControl,
    faults.WrongRule,
    errors.StripeError,
    checkout.Closed,
    HTTPException,
    TypeError,
    ValueError,
    KeyError,
)


def explain(problem: Exception) -> tuple[int, str]:
    """Status and sentence."""
    if isinstance(problem, errors.StripeError):
        return problem.status, problem.message
    if isinstance(problem, checkout.Closed):
        return 409, "The session is not open."
    if isinstance(problem, HTTPException):
        return problem.code or 400, problem.description or ""
    return 400, str(problem)


def respond(result: Any, status: int = 200) -> Response:
    return Response(dumps(result), status, {"Cache-Control": "no-store"}, content_type="application/json")


def read(request: Request) -> Given:
    given: Given = {**request.args.to_dict()}
    if body := request.get_data(as_text=True):
        found = json.loads(body)
        if not isinstance(found, dict):
            raise WrongControl("The body is a JSON object.")
        given |= found
    return given


def at_work(sandbox: "Sandbox", given: Given, act: Callable[[Work], Any]) -> Any:
    """One transaction; `created` and `deliver` make it a quiet piece of the past."""
    with sandbox.store.write() as rows:
        moment = given.get("created")
        work = sandbox.work(rows, now=int(moment) if moment else None, deliver=given.get("deliver", True))
        result = act(work)
    sandbox.stir(work)
    return result


def need(work: Work, kind: str, identifier: str) -> Record:
    record = work.rows.find(identifier, kind)
    if record is None:
        raise errors.no_such(kind, identifier, status=404)
    return record
