"""Making the calls of the table, with what they need to be sent along."""

import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.architecture import bodies

WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables
WHERE relname NOT IN ('django_session', 'usersessions_usersession')
"""
LET_IN = {"200", "201", "204", "go", "no"}
REFUSALS = {"404.html", "403.html"}


def call(made, kind, row, things=None):
    """The answer to one call and whether it changed anything; nothing of it is left afterwards.

    `answer.statements` is what the database was asked on the way, without the values.
    """
    cookies = made.clients[kind].cookies.copy()
    before, written = transaction.savepoint(), _written(row)
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(note):
            answer = send(made, kind, row, things)
        answer.statements = statements
        return answer, _written(row) != written
    finally:
        transaction.savepoint_rollback(before)
        made.clients[kind].cookies = cookies


def send(made, kind, row, things=None, **headers):
    things = things or made.things
    body = _body(row, things)
    return made.clients[kind].generic(row.verb, row.address.format(**things), headers=headers, **body)


def _written(row):
    """How many rows this transaction has written so far, sessions aside."""
    if row.verb == "GET":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return cursor.fetchone()[0]


def _body(row, things):
    if make := bodies.FILES.get((row.verb, row.address)):
        return _form({"image": SimpleUploadedFile("box.png", make(), "image/png")})
    if row.is_api:
        sent = bodies.API.get((row.verb, row.address.removeprefix("/api/v1/")))
        return {} if sent is None else {"data": json.dumps(_filled(sent, things)), "content_type": "application/json"}
    return {} if row.verb == "GET" else _form(_filled(bodies.PAGES.get((row.verb, row.address), {}), things))


def _form(fields):
    return {"data": encode_multipart(BOUNDARY, fields), "content_type": MULTIPART_CONTENT}


def _filled(sent, things):
    if isinstance(sent, dict):
        return {name: _filled(value, things) for name, value in sent.items()}
    if isinstance(sent, list):
        return [_filled(value, things) for value in sent]
    is_thing = isinstance(sent, str) and re.fullmatch(r"{\w+}", sent)
    return sent.format(**things) if is_thing else sent
