"""The back office for people. What may not be changed anywhere cannot be changed here either."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts import outbox, people, security
from accounts.models import Activity, ApiToken, Consent, Notification, OutboxEntry, SellerProfile, User
from common.looking import ReadOnly
from common.problems import Problem


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class SellerInline(TabularInline):
    model = SellerProfile
    fields = ("handle", "name", "country", "is_new_voice")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Accounts are opened by people, and closed by erasure; here they are found, suspended and appointed."""

    list_display = ("email", "name", "role", "standing", "joined_at", "last_login")
    list_filter = (
        "is_moderator",
        "is_support",
        "is_staff",
        "is_active",
        "language",
        ("suspended_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("email", "name", "public_id", "seller_profile__handle")
    ordering = ("-joined_at",)
    list_select_related = ("seller_profile",)
    inlines = (SellerInline,)
    actions = ("suspend", "restore", "make_moderator", "remove_moderator")
    fieldsets = (
        (None, {"fields": ("email", "name", "language", "public_id")}),
        (
            gettext_lazy("Roles"),
            {"fields": ("is_moderator", "is_support", "is_staff", "is_superuser", "user_permissions")},
        ),
        (gettext_lazy("Standing"), {"fields": ("is_active", "suspended_at", "suspension_reason", "erased_at")}),
        (gettext_lazy("Moments"), {"fields": ("joined_at", "last_login", "credentials_changed_at")}),
    )
    # A role is given by an act that is recorded; an address is changed by its owner, who has to confirm it.
    readonly_fields = (
        "email",
        "public_id",
        "is_moderator",
        "is_active",
        "suspended_at",
        "suspension_reason",
        "erased_at",
        "joined_at",
        "last_login",
        "credentials_changed_at",
    )
    filter_horizontal = ("user_permissions",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        powers = () if request.user.is_superuser else ("is_support", "is_staff", "is_superuser", "user_permissions")
        return (*self.readonly_fields, *powers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @display(description=gettext_lazy("Role"), label=True)
    def role(self, user: User) -> str:
        if user.is_staff:
            return _("staff")
        if user.is_moderator:
            return _("moderator")
        return _("seller") if user.is_seller else _("buyer")

    @display(
        description=gettext_lazy("Standing"),
        label={"good": "success", "suspended": "danger", "erased": "info", "closed": "warning"},
    )
    def standing(self, user: User) -> tuple[str, str]:
        if user.erased_at:
            return "erased", _("erased")
        if user.is_suspended:
            return "suspended", _("suspended")
        return ("good", _("good")) if user.is_active else ("closed", _("closed"))

    @admin.action(description=gettext_lazy("Suspend (for breaking the terms of use)"))
    def suspend(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        def act(user: User) -> None:
            # The person reads it, so it is in their language.
            with override(user.language):
                people.suspend(user, by=_staff(request), reason=_("Breaking the terms of use."))

        self._act(request, chosen, act)

    @admin.action(description=gettext_lazy("Restore"))
    def restore(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._act(request, chosen, lambda user: people.restore(user, _staff(request)))

    @admin.action(description=gettext_lazy("Make moderator"))
    def make_moderator(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._act(request, chosen, lambda user: people.make_moderator(user, _staff(request)))

    @admin.action(description=gettext_lazy("Take the moderator's role"))
    def remove_moderator(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._act(request, chosen, lambda user: people.remove_moderator(user, _staff(request)))

    def _act(self, request: HttpRequest, chosen: QuerySet[User], act: Any) -> None:
        done = 0
        for user in chosen:
            try:
                act(user)
            except Problem as refusal:
                self.message_user(request, f"{user}: {refusal}", messages.ERROR)
            else:
                done += 1
        if done:
            said = ngettext("%(count)d account changed.", "%(count)d accounts changed.", done) % {"count": done}
            self.message_user(request, said, messages.SUCCESS)


@admin.register(SellerProfile)
class SellerProfileAdmin(ReadOnly, ModelAdmin):
    list_display = ("handle", "name", "user", "country", "is_new_voice", "created_at")
    list_filter = ("is_new_voice", "country")
    search_fields = ("handle", "name", "user__email")
    ordering = ("-created_at",)
    list_select_related = ("user",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, ModelAdmin):
    """Without the digest; a token can be revoked and nothing else."""

    list_display = ("name", "hint", "user", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "hint", "user__email")
    ordering = ("-created_at",)
    list_select_related = ("user",)
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        for token in chosen.select_related("user"):
            security.revoke_token(token, by=_staff(request))
        self.message_user(request, _("Revoked."), messages.SUCCESS)


@admin.register(Activity)
class ActivityAdmin(ReadOnly, ModelAdmin):
    list_display = ("created_at", "actor", "verb", "object_type", "object_label", "reason")
    list_filter = ("verb", "object_type")
    search_fields = ("=object_id", "object_label", "actor__email", "reason")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    list_select_related = ("actor",)
    show_full_result_count = False


@admin.register(Consent)
class ConsentAdmin(ReadOnly, ModelAdmin):
    list_display = ("given_at", "user", "kind", "version", "language", "subject")
    list_filter = ("kind", "version", "language")
    search_fields = ("user__email", "subject")
    ordering = ("-given_at",)
    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(Notification)
class NotificationAdmin(ReadOnly, ModelAdmin):
    list_display = ("created_at", "user", "kind", "read_at", "mailed_at")
    list_filter = ("kind",)
    search_fields = ("user__email", "key")
    ordering = ("-created_at",)
    list_select_related = ("user",)
    show_full_result_count = False


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("parked", gettext_lazy("given up")),
            ("waiting", gettext_lazy("waiting")),
            ("done", gettext_lazy("done")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> QuerySet[OutboxEntry]:
        if self.value() == "parked":
            return queryset.filter(done_at=None).exclude(parked_at=None)
        if self.value() == "waiting":
            return queryset.filter(done_at=None, parked_at=None)
        return queryset.exclude(done_at=None) if self.value() == "done" else queryset


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnly, ModelAdmin):
    """Work promised and not yet kept; what was given up can be begun again."""

    list_display = ("pk", "handler", "state", "attempts", "error", "created_at", "due_at", "done_at")
    list_filter = (StateFilter, "handler")
    search_fields = ("=id", "key", "handler")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("retry",)

    @display(
        description=gettext_lazy("State"),
        label={"parked": "danger", "running": "info", "waiting": "warning", "done": "success"},
    )
    def state(self, entry: OutboxEntry) -> tuple[str, str]:
        if entry.done_at:
            return "done", _("done")
        if entry.parked_at:
            return "parked", _("given up")
        return ("running", _("under way")) if entry.leased_until else ("waiting", _("waiting"))

    @admin.action(description=gettext_lazy("Begin again"), permissions=["view"])
    def retry(self, request: HttpRequest, chosen: QuerySet[OutboxEntry]) -> None:
        for entry in chosen.filter(done_at=None):
            outbox.retry(entry)
        self.message_user(request, _("Begun again."), messages.SUCCESS)
