"""Finding listings: what pages and the API ask, whatever answers inside.

`find` gives a page of results with facets and a capped count, `suggest` answers while somebody types, `similar` what
stands near a listing. Only the public side of what is live is ever looked at, never a word of a prompt.
"""

from marketplace.search.engine import find, similar, suggest
from marketplace.search.query import (
    COUNTED_TO,
    PRICE_BANDS,
    RATINGS,
    SORTS,
    Facet,
    Found,
    Query,
    Suggestions,
)

__all__ = [
    "COUNTED_TO",
    "PRICE_BANDS",
    "RATINGS",
    "SORTS",
    "Facet",
    "Found",
    "Query",
    "Suggestions",
    "find",
    "similar",
    "suggest",
]
