"""The back office of the market. The words of prompts are not here: PromptText is not registered, nothing reads it.

What has rules (listings, cases, rights) is looked at here and changed on the moderation pages, through the same
functions as everywhere; what is only knowledge (models, categories, collections of the house) is edited here.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from common.looking import ReadOnly
from common.money import format_money
from marketplace.models import (
    Case,
    Category,
    Collection,
    CollectionItem,
    Entitlement,
    ExampleImage,
    Finding,
    GenerativeModel,
    Listing,
    ModelVersion,
    Report,
    Review,
    Revision,
    Tag,
    Version,
)


class ModelVersionInline(TabularInline):
    model = ModelVersion
    extra = 1


@admin.register(GenerativeModel)
class GenerativeModelAdmin(ModelAdmin):
    list_display = ("name", "maker", "medium", "site")
    list_filter = ("medium",)
    search_fields = ("name", "slug", "maker")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (ModelVersionInline,)


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ("name_en", "name_fr", "parent", "position")
    list_select_related = ("parent",)
    list_editable = ("position",)
    search_fields = ("name_en", "name_fr", "slug")
    prepopulated_fields = {"slug": ("name_en",)}


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    list_display = ("slug",)
    search_fields = ("slug",)


class RevisionInline(ReadOnly, TabularInline):
    model = Revision
    fk_name = "listing"
    fields = ("number", "state", "title", "price", "version", "submitted_at")
    extra = 0
    show_change_link = False


class VersionInline(ReadOnly, TabularInline):
    model = Version
    fields = ("number", "note", "characters", "words", "approved_at")
    extra = 0


@admin.register(Listing)
class ListingAdmin(ReadOnly, ModelAdmin):
    list_display = ("title", "seller", "status", "model", "asked", "sales_count", "rating", "published_at")
    list_filter = ("status", "medium", "model")
    list_select_related = ("seller", "model")
    search_fields = ("title", "slug", "public_id", "seller__email", "seller__seller_profile__handle")
    show_full_result_count = False
    date_hierarchy = "created_at"
    exclude = ("card",)
    inlines = (RevisionInline, VersionInline)

    @display(description=_("price"), ordering="price")
    def asked(self, listing: Listing) -> str:
        return format_money(listing.price, listing.currency)

    @display(description=_("rating"), ordering="rating_average")
    def rating(self, listing: Listing) -> str:
        return number_format(listing.rating_average, 1) if listing.rating_count else "–"


class FindingInline(ReadOnly, TabularInline):
    model = Finding
    fields = ("check_name", "severity", "code", "evidence")
    extra = 0


class ReportInline(ReadOnly, TabularInline):
    model = Report
    fields = ("kind", "reporter", "words", "created_at")
    extra = 0


@admin.register(Case)
class CaseAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "kind", "state", "listing", "risk", "decision", "decided_by", "opened_at")
    list_filter = ("kind", "state", "decision", "reason")
    list_select_related = ("listing", "decided_by")
    search_fields = ("public_id", "listing__title", "listing__slug")
    show_full_result_count = False
    inlines = (FindingInline, ReportInline)


@admin.register(Entitlement)
class EntitlementAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "owner", "listing", "is_paid", "counts", "granted_at", "revoked_because")
    list_filter = ("is_paid", "counts", "revoked_because")
    list_select_related = ("owner", "listing")
    search_fields = ("public_id", "key", "owner__email", "listing__slug")
    show_full_result_count = False
    exclude = ("note",)


@admin.register(Review)
class ReviewAdmin(ReadOnly, ModelAdmin):
    list_display = ("listing", "author", "rating", "created_at", "hidden_at")
    list_filter = ("rating", ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("listing", "author")
    search_fields = ("listing__slug", "author__email", "text")
    show_full_result_count = False


@admin.register(ExampleImage)
class ExampleImageAdmin(ReadOnly, ModelAdmin):
    list_display = ("public_id", "listing", "state", "width", "height", "size", "created_at", "removed_at")
    list_filter = ("state",)
    list_select_related = ("listing",)
    search_fields = ("public_id", "listing__slug")
    show_full_result_count = False


class CollectionItemInline(TabularInline):
    model = CollectionItem
    fields = ("listing", "position")
    autocomplete_fields = ("listing",)
    extra = 1


@admin.register(Collection)
class CollectionAdmin(ModelAdmin):
    """Collections of the house; people's own are theirs."""

    list_display = ("title_en", "title_fr", "is_public", "position")
    list_editable = ("position",)
    search_fields = ("title_en", "title_fr", "slug")
    prepopulated_fields = {"slug": ("title_en",)}
    exclude = ("owner",)
    inlines = (CollectionItemInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        houses: QuerySet[Collection] = super().get_queryset(request).filter(owner=None)
        return houses
