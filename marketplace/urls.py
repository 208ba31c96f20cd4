"""The addresses of the market's pages; those of sellers' and moderators' work are in marketplace.urls_workshop."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from marketplace.views import (
    collections,
    favourites,
    feeds,
    guide,
    library,
    listing,
    people,
    public,
    reviews,
    shelves,
    sitemaps,
    workbench,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("prompts/", public.browse, name="browse"),
    path("prompts/suggest/", public.suggest, name="suggest"),
    path("prompts/<slug:slug>/", listing.show, name="listing"),
    path("prompts/<slug:slug>/card.png", listing.card_picture, name="listing-card"),
    path("prompts/<slug:slug>/reviews/", reviews.list_reviews, name="listing-reviews"),
    path("prompts/<slug:slug>/report/", listing.report, name="listing-report"),
    path("prompts/<slug:slug>/favourite/", favourites.toggle, name="favourite"),
    path("prompts/<slug:slug>/collect/", collections.put_in, name="listing-collect"),
    path("prompts/<slug:slug>/review/", reviews.write, name="review"),
    path("reviews/<str:review_id>/reply/", reviews.reply, name="review-reply"),
    path("reviews/<str:review_id>/remove/", reviews.remove, name="review-remove"),
    path("@<str:handle>/", people.show_seller, name="seller"),
    path("@<str:handle>/follow/", people.follow, name="follow"),
    path("models/<slug:slug>/", shelves.show_model, name="model"),
    path("categories/<slug:slug>/", shelves.show_category, name="category"),
    path("collections/", collections.list_collections, name="collections"),
    path("collections/new/", collections.new, name="collection-new"),
    path("collections/<slug:slug>/", collections.show, name="collection"),
    path("collections/<slug:slug>/edit/", collections.edit, name="collection-edit"),
    path("collections/<slug:slug>/delete/", collections.delete, name="collection-delete"),
    path("collections/<slug:slug>/remove/<slug:listing>/", collections.take_out, name="collection-take-out"),
    path("favourites/", favourites.list_favourites, name="favourites"),
    path("library/", library.shelf, name="library"),
    path("library/<str:item_id>/", workbench.show, name="library-item"),
    path("library/<str:item_id>/download/", workbench.download, name="library-download"),
    path("library/<str:item_id>/copy/", workbench.copy, name="library-copy"),
    path("library/<str:item_id>/changes/", workbench.changes, name="library-changes"),
    path("library/<str:item_id>/note/", workbench.note, name="library-note"),
    path("library/<str:item_id>/presets/", workbench.keep_preset, name="library-presets"),
    path("library/<str:item_id>/presets/drop/", workbench.drop_preset, name="library-preset-drop"),
    path("guide/", guide.page, {"name": "how"}, name="guide-how"),
    path("guide/selling/", guide.page, {"name": "selling"}, name="guide-selling"),
    path("terms/", guide.page, {"name": "terms"}, name="terms"),
    path("privacy/", guide.page, {"name": "privacy"}, name="privacy"),
    path("refunds/", guide.page, {"name": "refunds"}, name="refunds-promise"),
    path("licence/", guide.page, {"name": "licence"}, name="licence"),
    path("feed.xml", feeds.newest, name="feed"),
    path("@<str:handle>/feed.xml", feeds.of_seller, name="seller-feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:part>.xml", sitemaps.part, name="sitemap-part"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
if find_spec("marketplace.urls_workshop"):
    urlpatterns.append(path("", include("marketplace.urls_workshop")))
