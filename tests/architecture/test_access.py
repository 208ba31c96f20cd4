"""Ten kinds of accounts at every door: access.txt says who meets what, and what is not in it fails.

A mark is the status of the answer, but: `in` is sent to sign in, `up` to open a shop, `go` is sent on after a deed,
`no` is sent on without one; a deed that was refused all the same has an exclamation mark. Each call is undone before
the next. When a line differs, the test prints the line as it was found: think before you take it over.
"""

import re
from itertools import product

import pytest
from django.apps import apps
from django.contrib import admin
from django.template.backends.django import Template
from django.urls import resolve

from common import throttle
from tests.architecture import table, world
from tests.architecture.calls import call
from tests.architecture.world import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
LET_IN = {"200", "201", "204", "go", "no"}
REFUSALS = {"404.html", "403.html"}
# What is theirs, or theirs to see, although no line of the table looks at it.
OWN = {("other seller", "other_draft"), ("other seller", "other_webhook"), ("admin", "held_case")}
PARTS = {
    "api": lambda row: row.is_api,
    "pages": lambda row: not row.is_api,
}


@pytest.fixture
def unlimited(monkeypatch):
    """Who may, not how often."""
    monkeypatch.setattr(throttle, "_ask", lambda *_args: (1, 1, 0, 0))


@pytest.fixture
def unseen(monkeypatch):
    """Only refusals are written out: who may come in is settled before, and pages are looked at by other tests."""
    ordinary = Template.render

    def render(self, context=None, request=None):
        return ordinary(self, context, request) if self.template.name in REFUSALS else ""

    monkeypatch.setattr(Template, "render", render)


@pytest.fixture
def made(sandbox, unlimited):
    return world.make(sandbox)


@pytest.mark.parametrize("part", PARTS)
def test_everybody_meets_what_the_table_says(made, unseen, part):
    """What somebody may not see is refused exactly as what does not exist; verbs the table does not name do nothing."""
    different, telling, timing = [], [], []
    rows = [row for row in table.rows() if PARTS[part](row)]
    for row in rows:
        answers = {kind: call(made, kind, row) for kind in KINDS}
        met = tuple(_mark(*answers[kind]) for kind in KINDS)
        if met != row.marks:
            different.append(row.written(met))
        refused = [kind for kind in KINDS if answers[kind][0].status_code in {403, 404}]
        # Writing a page costs much more than an answer of the API; the first and the last speak for the rest.
        asked = refused if row.is_api else dict.fromkeys(refused[:1] + refused[-1:])
        for kind, name in product(asked, re.findall(r"{(\w+)}", row.address)):
            answer = answers[kind][0]
            if answer.status_code == 403 and _sees(kind, name):
                continue
            absent = call(made, kind, row, made.things | {name: world.ABSENT[name]})[0]
            if _plain(answer, made.things[name]) != _plain(absent, world.ABSENT[name]):
                telling.append(f"{kind}: {row.verb} {row.address} ({name})")
            if row.is_api and not _sees(kind, name) and (kind, name) not in OWN and _work(answer) != _work(absent):
                timing.append(f"{kind}: {row.verb} {row.address} ({name})")

    _report("The table says otherwise about", different)
    _report("The refusal is another one than for what does not exist", telling)
    _report("The refusal takes other work than for what does not exist", timing)
    _report("These verbs are not in the table, and do something", _open_besides(made, rows))


def test_every_door_is_in_the_table():
    known = {resolve(row.address.format(**world.ABSENT)).route for row in table.rows()}

    assert [
        pattern for pattern in table.patterns() if pattern not in known and not pattern.startswith(("admin/", "dev/"))
    ] == []


def test_the_back_office_is_shut_to_all_but_staff(made, unseen):
    """And what staff meet at each of its tables is what admin.txt says."""
    office, different = table.office(), []
    assert sorted(office) == sorted(f"{model._meta.label_lower}" for model in admin.site._registry)
    for name, marks in office.items():
        doors = _office_doors(name)
        met = tuple(_mark(*call(made, "admin", row)) for row in doors)
        if met != marks:
            different.append(f"{name:<32}" + "".join(f" {mark:>4}" for mark in met))
        for kind in (kind for kind in KINDS if kind != "admin"):
            assert {_mark(*call(made, kind, row)) for row in (doors[0], doors[4])} == {"in"}, (kind, name)

    suspended = made.people["suspended"]
    type(suspended).objects.filter(pk=suspended.pk).update(is_staff=True, is_superuser=True)
    met = [_mark(*call(made, "suspended", table.Row("GET", address, ()))) for address in ("/admin/", "/desk/")]
    assert met == ["in", "404"]

    _report("admin.txt says otherwise about", different)


def _report(words, found):
    if found:
        pytest.fail(f"{words}:\n" + "\n".join(found), pytrace=False)


def _office_doors(name):
    """List, adding, changing, deleting and history of one table of the back office."""
    model = apps.get_model(name)
    first = model._default_manager.values_list("pk", flat=True).first()
    root = f"/admin/{name.replace('.', '/')}/"
    ways = [("GET", ""), ("GET", "add/"), ("POST", "add/"), ("GET", "change/"), ("POST", "change/"), ("GET", "delete/")]
    ways += [("POST", "delete/"), ("GET", "history/")]
    return [table.Row(verb, f"{root}{'' if way in {'', 'add/'} else f'{first}/'}{way}", ()) for verb, way in ways]


def _open_besides(made, rows):
    """Further verbs that change something, or answer, for somebody who is let in at that door."""
    doors = {}
    for row in rows:
        doors.setdefault(resolve(row.address.format(**world.ABSENT)).route, []).append(row)
    found = []
    for known in doors.values():
        row = known[0]
        kind = next((kind for kind, mark in zip(KINDS, row.marks, strict=True) if mark in LET_IN), "admin")
        for verb in set(table.VERBS) - {one.verb for one in known}:
            mark = _mark(*call(made, kind, table.Row(verb, row.address, ())))
            # The forms of the sign-in library show themselves again, whatever the verb.
            if mark == "go" or "!" in mark or (mark[0] == "2" and not row.address.startswith("/account/")):
                found.append(f"{kind}: {verb} {row.address} {mark}")
    return found


def _work(answer):
    """What the database was asked; whoever measures the time learns nothing else."""
    return [re.sub(r'"s\d+_x\d+"', "", sql) for sql in answer.statements]


def _sees(kind, thing):
    """Whether the table lets this kind of account look at the thing anywhere."""
    looks = [row for row in table.rows() if row.verb == "GET" and f"{{{thing}}}" in row.address]
    return any(row.marks and row.marks[KINDS.index(kind)] in {"200", "go", "no"} for row in looks)


def _plain(answer, name):
    """Status, headers and body, without what differs from one call to the next."""
    passing = ("RateLimit", "Expires", "Date")
    headers = {key: _steady(value, name) for key, value in answer.headers.items() if not key.startswith(passing)}
    return answer.status_code, headers, _steady(answer.content.decode(), name)


def _steady(text, name):
    text = re.sub(r"(nonce[-=]\"?|csrfmiddlewaretoken\" value=\"|X-CSRFToken\W+)[\w+/=-]+", r"\1", text)
    return re.sub(rf"/{re.escape(name)}(?![\w.])", "/…", text)


def _mark(answer, is_deed):
    where = answer.headers.get("Location", "")
    if answer.status_code in {301, 302, 303}:
        if "/login/" in where:
            mark = "in"
        elif where.startswith("/sell/start"):
            mark = "up"
        else:
            return "go" if is_deed else "no"
    else:
        mark = str(answer.status_code)
    # Whoever was refused or sent away has changed nothing.
    return mark + "!" if is_deed and not mark.startswith("2") else mark
