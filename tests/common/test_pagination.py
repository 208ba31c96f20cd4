from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Length
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.generics import ListAPIView
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory

from common import pagination, problems
from common.pagination import BadCursor, Keyset, Position

ORDERS = [
    ("pk",),
    ("-pk",),
    ("app_label",),
    ("-app_label", "model"),
    ("app_label", "-model"),
    ("-size", "app_label", "-pk"),
    (),
]


@pytest.fixture
def things(db):
    """Rows with many ties, in a table that Django itself brings along."""
    ContentType.objects.filter(app_label__startswith="shelf").delete()
    ContentType.objects.bulk_create(
        ContentType(app_label=f"shelf {number % 4}", model=f"thing {'x' * (number % 3)} {number:02}")
        for number in range(23)
    )
    return ContentType.objects.filter(app_label__startswith="shelf").annotate(size=Length("model"))


def walked(queryset, order, size):
    """Every page forwards, then every page backwards from the last."""
    pages, cursor = [], None
    while True:
        page = Keyset(queryset, order, cursor, size)
        pages.append(page.items)
        if page.next is None:
            break
        cursor = page.next
    back = [page.items]
    while page.previous:
        page = Keyset(queryset, order, page.previous, size)
        back.insert(0, page.items)
    return pages, back


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 23, 50])
def test_pages_hold_every_row_once_in_order_both_ways(things, order, size):
    total = Keyset(things, order).order
    pages, back = walked(things, order, size)

    assert [row for page in pages for row in page] == list(things.order_by(*total))
    assert back == pages


@pytest.mark.parametrize("order", ORDERS[2:6])
def test_a_page_needs_one_query_and_no_offset(things, order):
    cursor = Keyset(things, order, None, 4).next

    with CaptureQueriesContext(connection) as queries:
        page = Keyset(things, order, cursor, 4)
        assert (len(page), bool(page.next), bool(page.previous)) == (4, True, True)

    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"]


def test_an_order_in_one_direction_compares_whole_rows(things):
    cursor = Keyset(things, ("-app_label",), None, 4).next

    assert ") < (" in str(
        Keyset(things, ("-app_label",), cursor)
        ._queryset.filter(pagination.beyond(("-app_label", "-pk"), pagination.decode(cursor, ("-app_label", "-pk"))))
        .query
    )


def test_rows_that_arrive_or_go_meanwhile_move_nothing(things):
    first = Keyset(things, ("-pk",), None, 5)
    cursor = first.next
    expected = list(things.order_by("-pk")[5:10])
    ContentType.objects.create(app_label="shelf 9", model="new")
    first.items[-1].delete()

    assert Keyset(things, ("-pk",), cursor, 5).items == expected


def test_an_empty_page_still_leads_back(things):
    page = Keyset(things, ("pk",), None, 20)
    last = Keyset(things, ("pk",), page.next, 20)
    for row in last.items:
        row.delete()

    emptied = Keyset(things, ("pk",), page.next, 20)

    assert (emptied.items, emptied.next) == ([], None)
    assert Keyset(things, ("pk",), emptied.previous, 20).items == page.items


def test_rows_may_be_dictionaries_and_columns_of_other_tables(things):
    named = things.annotate(name=Concat(F("app_label"), Value("/"), F("model"), output_field=CharField()))
    pages, _back = walked(named.values("pk", "name"), ("name",), 10)

    assert [row["name"] for page in pages for row in page] == sorted(row.app_label + "/" + row.model for row in things)


@pytest.mark.parametrize("cursor", ["x", "é", "====", "A" * 40, "A" * 5000, "../..", "\x00", "None"])
def test_a_cursor_we_never_gave_is_refused(things, cursor):
    with pytest.raises(BadCursor):
        Keyset(things, ("pk",), cursor)


def test_a_cursor_is_good_only_for_its_own_order_and_unchanged(things):
    cursor = Keyset(things, ("app_label",), None, 4).next

    with pytest.raises(BadCursor):
        Keyset(things, ("-app_label",), cursor)
    for position in range(0, len(cursor) - 1, 3):
        changed = cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]
        with pytest.raises(BadCursor):
            Keyset(things, ("app_label",), changed)


@given(
    st.lists(
        st.one_of(
            st.integers(),
            st.booleans(),
            st.floats(allow_nan=False),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.datetimes(timezones=st.just(UTC)),
            st.dates(),
            st.decimals(allow_nan=False),
            st.uuids(),
        ),
        max_size=4,
    ),
    st.booleans(),
    st.booleans(),
)
def test_a_position_survives_its_cursor(values, backwards, inclusive):
    position = Position(tuple(values), backwards, inclusive)
    cursor = pagination.encode(position, ("a", "-b"))

    if len(cursor) <= pagination.LONGEST_CURSOR:
        decoded = pagination.decode(cursor, ("a", "-b"))
        assert decoded == position
        assert list(map(type, decoded.values)) == list(map(type, position.values))


def test_a_column_with_null_is_refused_loudly():
    with pytest.raises(pagination.NullInOrder):
        pagination.encode(Position((None,)), ("a",))


class ThingSerializer(ModelSerializer):
    class Meta:
        model = ContentType
        fields = ("app_label", "model")


class Things(ListAPIView):
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    filter_backends = ()
    serializer_class = ThingSerializer
    pagination_class = pagination.KeysetPagination
    queryset = ContentType.objects.filter(app_label__startswith="shelf").order_by("-app_label")

    def get_exception_handler(self):
        return problems.handler


def get(view, query=""):
    return view.as_view()(APIRequestFactory().get(f"/api/v1/things/{query}"))


def test_an_api_list_leads_on_and_back_and_keeps_its_filters(things):
    first = get(Things, "?page_size=10&q=a%26b").data
    second = get(Things, first["next"].removeprefix("http://testserver/api/v1/things/")).data
    again = get(Things, second["previous"].removeprefix("http://testserver/api/v1/things/")).data

    assert list(first) == ["results", "next", "previous"]
    assert (len(first["results"]), first["previous"]) == (10, None)
    assert "q=a%26b" in first["next"]
    assert again["results"] == first["results"]
    assert second["results"][0] != first["results"][0]


def test_a_view_may_choose_the_order_and_add_counts(things):
    class Counted(Things):
        def get_order(self):
            return ("model",)

        def page_extra(self, queryset):
            return {"count": queryset.count(), "facets": {}}

    page = get(Counted, "?page_size=2").data

    assert (page["count"], page["facets"]) == (23, {})
    assert [row["model"] for row in page["results"]] == list(
        things.order_by("model").values_list("model", flat=True)[:2]
    )


@pytest.mark.parametrize(
    ("query", "rows"), [("", 23), ("?page_size=5", 5), ("?page_size=100", 23), ("?page_size=", 23)]
)
def test_a_page_is_never_larger_than_allowed(things, query, rows):
    assert len(get(Things, query).data["results"]) == rows


@pytest.mark.parametrize(
    "query",
    [
        "?page_size=0",
        "?page_size=101",
        "?page_size=1000000000",
        "?page_size=-1",
        "?page_size=ten",
        "?page_size=٣",
        "?cursor=x",
    ],
)
def test_nonsense_is_a_problem_of_status_400(things, query):
    response = get(Things, query)

    status = 404 if "cursor" in query else 400
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_unusual_values_are_told_apart():
    values = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=1), Decimal("1.50"), UUID(int=7), "[1]")

    assert pagination.decode(pagination.encode(Position(values), ("a",)), ("a",)).values == values
