"""The addresses of sellers' and moderators' work."""

from django.urls import path

from marketplace.views import moderation, moderation_case, sell, sell_acts, sell_listing, sell_pictures

urlpatterns = [
    path("sell/new/", sell.new, name="sell-new"),
    path("sell/listings/", sell.shelf, name="sell-listings"),
    path("sell/change/", sell.change_many, name="sell-change-many"),
    path("sell/new/earnings/", sell_listing.earnings, name="sell-earnings"),
    path("sell/new/description/", sell_listing.describe, name="sell-describe"),
    path("sell/new/versions/", sell_listing.versions_of_model, name="sell-model-versions"),
    path("sell/listings/<slug:slug>/", sell_listing.show, name="sell-listing"),
    path("sell/listings/<slug:slug>/autosave/", sell_listing.autosave, name="sell-autosave"),
    path("sell/listings/<slug:slug>/beside/", sell_listing.beside, name="sell-beside"),
    path("sell/listings/<slug:slug>/variables/", sell_listing.recognise, name="sell-variables"),
    path("sell/listings/<slug:slug>/examples/", sell_listing.examples, name="sell-examples"),
    path("sell/listings/<slug:slug>/pictures/", sell_pictures.upload, name="sell-pictures"),
    path("sell/listings/<slug:slug>/pictures/<str:picture_id>/", sell_pictures.thumbnail, name="sell-picture"),
    path(
        "sell/listings/<slug:slug>/pictures/<str:picture_id>/remove/", sell_pictures.remove, name="sell-picture-remove"
    ),
    path(
        "sell/listings/<slug:slug>/pictures/<str:picture_id>/up/",
        sell_pictures.move,
        {"step": "up"},
        name="sell-picture-up",
    ),
    path(
        "sell/listings/<slug:slug>/pictures/<str:picture_id>/down/",
        sell_pictures.move,
        {"step": "down"},
        name="sell-picture-down",
    ),
    path("sell/listings/<slug:slug>/submit/", sell_acts.submit, name="sell-submit"),
    path("sell/listings/<slug:slug>/take-back/", sell_acts.take_back, name="sell-take-back"),
    path("sell/listings/<slug:slug>/withdraw/", sell_acts.withdraw, name="sell-withdraw"),
    path("sell/listings/<slug:slug>/put-back/", sell_acts.put_back, name="sell-put-back"),
    path("sell/listings/<slug:slug>/delete/", sell_acts.delete, name="sell-delete"),
    path("sell/listings/<slug:slug>/appeal/", sell_acts.appeal, name="sell-appeal"),
    path("sell/listings/<slug:slug>/preview/", sell_acts.preview, name="sell-preview"),
    path("sell/listings/<slug:slug>/history/", sell_acts.history, name="sell-history"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/searches/", moderation.searches, name="moderation-searches"),
    path("moderation/history/", moderation.history, name="moderation-history"),
    path("moderation/listings/<slug:slug>/suspend/", moderation_case.suspend, name="moderation-suspend"),
    path("moderation/cases/<str:case_id>/", moderation_case.show, name="moderation-case"),
    path("moderation/cases/<str:case_id>/claim/", moderation_case.claim, name="moderation-claim"),
    path("moderation/cases/<str:case_id>/release/", moderation_case.release, name="moderation-release"),
    path("moderation/cases/<str:case_id>/read/", moderation_case.read, name="moderation-read"),
    path("moderation/cases/<str:case_id>/decide/", moderation_case.decide, name="moderation-decide"),
]
