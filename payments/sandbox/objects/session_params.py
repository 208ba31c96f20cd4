"""What a checkout session is made from."""

from payments.sandbox.objects.items import LINE_ITEM
from payments.sandbox.params import ADDRESS, ANY, FLAG, INT, META, TEXT, Group, Integer, Several, Text, choice, optional

METHODS = ("card", "us_bank_account", "sepa_debit")
LOCALES = choice(
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th",
    "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip
SHORT = Text(1_200)
MESSAGE = Group({"message*": SHORT})
LENGTHS = {"default_value": TEXT, "maximum_length": INT, "minimum_length": INT}
CUSTOM_FIELD = Group(
    {
        "key*": Text(200),
        "label*": Group({"custom*": Text(50), "type*": choice("custom")}),
        "type*": choice("dropdown", "numeric", "text"),
        "optional": FLAG,
        "dropdown": Group({"default_value": TEXT, "options*": Several(Group({"label*": TEXT, "value*": TEXT}), 200)}),
        "numeric": Group(LENGTHS),
        "text": Group(LENGTHS),
    }
)
INTENT_DATA = Group(
    {
        "application_fee_amount": Integer(0),
        "capture_method": choice("automatic", "automatic_async", "manual"),
        "description": Text(1_000),
        "metadata": META,
        "on_behalf_of": TEXT,
        "receipt_email": TEXT,
        "setup_future_usage": choice("off_session", "on_session"),
        "shipping": Group(
            {"address*": ADDRESS, "name*": TEXT, "carrier": TEXT, "phone": TEXT, "tracking_number": TEXT}
        ),
        "statement_descriptor": Text(22),
        "statement_descriptor_suffix": Text(22),
        "transfer_data": Group({"amount": Integer(0), "destination*": TEXT}),
        "transfer_group": TEXT,
    }
)
INVOICE_DATA = Group(
    {
        "account_tax_ids": ANY,
        "custom_fields": ANY,
        "description": TEXT,
        "footer": TEXT,
        "issuer": ANY,
        "metadata": META,
        "rendering_options": ANY,
    }
)
CREATE = {
    "adaptive_pricing": Group({"enabled": FLAG}),
    "after_expiration": Group({"recovery": Group({"allow_promotion_codes": FLAG, "enabled*": FLAG})}),
    "allow_promotion_codes": FLAG,
    "allowed_payment_method_types": Several(TEXT),
    "automatic_tax": Group(
        {"enabled*": FLAG, "liability": Group({"account": TEXT, "type*": choice("account", "self")})}
    ),
    "billing_address_collection": choice("auto", "required"),
    "branding_settings": ANY,
    "cancel_url": TEXT,
    "client_reference_id": Text(200),
    "consent_collection": Group(
        {
            "payment_method_reuse_agreement": Group({"position*": choice("auto", "hidden")}),
            "promotions": choice("auto", "none"),
            "terms_of_service": choice("none", "required"),
        }
    ),
    "currency": Text(3),
    "custom_fields": Several(CUSTOM_FIELD, 3),
    "custom_text": Group(
        dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"), MESSAGE)
    ),
    "customer": TEXT,
    "customer_account": TEXT,
    "customer_creation": choice("always", "if_required"),
    "customer_email": Text(800),
    "customer_update": Group({name: choice("auto", "never") for name in ("address", "name", "shipping")}),
    "discounts": Several(Group({"coupon": TEXT, "promotion_code": TEXT}), 1),
    "excluded_payment_method_types": Several(TEXT),
    "expires_at": INT,
    "integration_identifier": TEXT,
    "invoice_creation": Group({"enabled*": FLAG, "invoice_data": INVOICE_DATA}),
    "line_items": Several(LINE_ITEM),
    "locale": LOCALES,
    "managed_payments": Group({"enabled": FLAG}),
    "metadata": META,
    "mode": choice("payment", "setup", "subscription"),
    "name_collection": Group(
        {name: Group({"enabled*": FLAG, "optional": FLAG}) for name in ("business", "individual")}
    ),
    "optional_items": ANY,
    "origin_context": choice("mobile_app", "web"),
    "payment_intent_data": INTENT_DATA,
    "payment_method_collection": choice("always", "if_required"),
    "payment_method_configuration": TEXT,
    "payment_method_data": Group({"allow_redisplay": choice("always", "limited", "unspecified")}),
    "payment_method_options": ANY,
    "permissions": Group({"update_shipping_details": choice("client_only", "server_only")}),
    "phone_number_collection": Group({"enabled*": FLAG}),
    "redirect_on_completion": choice("always", "if_required", "never"),
    "return_url": TEXT,
    "saved_payment_method_options": ANY,
    "setup_intent_data": ANY,
    "shipping_address_collection": ANY,
    "shipping_options": ANY,
    "submit_type": choice("auto", "book", "donate", "pay", "subscribe"),
    "subscription_data": ANY,
    "success_url": TEXT,
    "tax_id_collection": Group({"enabled*": FLAG, "required": choice("if_supported", "never")}),
    "ui_mode": choice("elements", "embedded_page", "form", "hosted_page"),
    "wallet_options": Group({"link": Group({"display": choice("auto", "never")})}),
}
UPDATE = {
    "collected_information": ANY,
    "metadata": META,
    "payment_intent_data": Group(
        {
            "description": TEXT,
            "metadata": META,
            "setup_future_usage": optional("off_session", "on_session"),
            "statement_descriptor": TEXT,
            "statement_descriptor_suffix": TEXT,
        }
    ),
}
# What Stripe can do at Checkout and the sandbox can't; refused rather than silently ignored.
NOT_HERE = (
    "customer_account",
    "optional_items",
    "saved_payment_method_options",
    "setup_intent_data",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data",
)
