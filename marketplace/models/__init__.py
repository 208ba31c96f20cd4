from marketplace.models.catalogue import Category, GenerativeModel, ModelVersion, Tag
from marketplace.models.library import Entitlement, Preset
from marketplace.models.listings import ExampleImage, Listing, PromptText, Revision, Version
from marketplace.models.moderation import Case, Finding, Report
from marketplace.models.reviews import Review
from marketplace.models.search import SearchDemand, SearchDocument, SearchMeaning, SearchState, SearchWord
from marketplace.models.social import Collection, CollectionItem, Favourite, Follow, ListingDay

__all__ = [
    "Case",
    "Category",
    "Collection",
    "CollectionItem",
    "Entitlement",
    "ExampleImage",
    "Favourite",
    "Finding",
    "Follow",
    "GenerativeModel",
    "Listing",
    "ListingDay",
    "ModelVersion",
    "Preset",
    "PromptText",
    "Report",
    "Review",
    "Revision",
    "SearchDemand",
    "SearchDocument",
    "SearchMeaning",
    "SearchState",
    "SearchWord",
    "Tag",
    "Version",
]
