"""How the API writes accounts, tokens and notifications; every field is named, none comes by itself."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import erasure, notifications, permissions
from accounts.models import ApiToken, Notification, SellerProfile, User
from common import text


class Words(serializers.CharField):
    """Text and nothing else, as it was sent: a number is not read as its digits, a line end at the edge not dropped."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SellerSerializer(serializers.ModelSerializer[SellerProfile]):
    """A seller as everybody sees them."""

    url = serializers.CharField(source="get_absolute_url", read_only=True)
    picture = serializers.SerializerMethodField()

    class Meta:
        model = SellerProfile
        fields = ("handle", "name", "bio", "website", "country", "picture", "url")
        read_only_fields = fields

    def get_picture(self, profile: SellerProfile) -> str | None:
        return profile.picture.url if profile.picture else None


class MeSerializer(serializers.ModelSerializer[User]):
    """The caller's own account."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = Words(max_length=80, allow_blank=True, required=False, validators=[text.validate_line])
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    roles = serializers.SerializerMethodField()
    scopes = serializers.SerializerMethodField()
    seller = serializers.SerializerMethodField()
    unread_notifications = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "name",
            "language",
            "joined_at",
            "roles",
            "scopes",
            "seller",
            "suspended_at",
            "unread_notifications",
        )
        read_only_fields = ("email", "joined_at", "suspended_at")

    def validate_name(self, name: str) -> str:
        return text.clean_line(name)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_roles(self, user: User) -> list[str]:
        return erasure.roles(user)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_scopes(self, user: User) -> list[str]:
        """What this very call may do: all of the account's rights with a session, the token's own with a token."""
        token = self.context["request"].auth
        return sorted(token.scopes if isinstance(token, ApiToken) else permissions.scopes(user))

    @extend_schema_field(SellerSerializer(allow_null=True))
    def get_seller(self, user: User) -> Any:
        return SellerSerializer(user.seller_profile).data if user.is_seller else None

    def get_unread_notifications(self, user: User) -> int:
        return notifications.unread(user)


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its secret, which nobody has but its owner."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("id", "name", "hint", "scopes", "created_at", "expires_at", "last_used_at")
        read_only_fields = fields


class NewTokenSerializer(serializers.Serializer[Any]):
    """What is asked for."""

    name = Words(max_length=60, validators=[text.validate_line])
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), allow_empty=False, max_length=10
    )
    days = serializers.IntegerField(min_value=1, max_value=3650, required=False, allow_null=True, default=None)


class IssuedTokenSerializer(TokenSerializer):
    """A new token with its secret, shown this once."""

    token = serializers.SerializerMethodField()

    class Meta(TokenSerializer.Meta):
        fields: tuple[str, ...] = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields

    def get_token(self, token: ApiToken) -> str:
        return str(self.context["secret"])


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    id = serializers.CharField(source="public_id", read_only=True)
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ("id", "kind", "title", "body", "url", "created_at", "read_at")
        read_only_fields = fields

    def get_title(self, notification: Notification) -> str:
        return notifications.words(notification).title

    def get_body(self, notification: Notification) -> str:
        return notifications.words(notification).body
