"""The shapes of what the market takes and gives; see marketplace.api.shown for what writes them."""

from accounts.api.shapes import (
    BOOLEAN,
    COUNT,
    DAY,
    ID,
    LINK,
    MONEY,
    SAID,
    SELLER_LINE,
    STRING,
    TIME,
    Schema,
    array,
    both,
    choice,
    either,
    mapping,
    nullable,
    obj,
    shape,
    text,
)
from marketplace import content, prompts
from marketplace.models import Case, Listing, Report, Revision
from marketplace.models.catalogue import Medium
from marketplace.models.listings import HIGHEST_PRICE
from marketplace.reporting import LONGEST_WORDS

LONGEST_KIND = 200  # characters; what is no kind is words

ANYTHING: Schema = {}
NAMED = shape("Named", obj({"slug": STRING, "name": STRING}))
RATING = shape("Rating", obj({"average": {"type": "number", "minimum": 0, "maximum": 5}, "count": COUNT}))
STATUS = choice(*Listing.Status.values)
MEDIUM = choice(*Medium.values)
VARIABLE = shape(
    "Variable",
    obj(
        {
            "name": STRING,
            "label": STRING,
            "help": STRING,
            "default": STRING,
            "choices": array(STRING),
            "long": BOOLEAN,
        },
        description="A [placeholder] of the prompt, and what to write for it.",
    ),
)
EXAMPLE = shape("Example", obj({"inputs": mapping(STRING), "output": STRING}))
FACTS = shape(
    "PromptFacts",
    obj(
        {"characters": COUNT, "words": COUNT, "has_negative": BOOLEAN, "has_parameters": BOOLEAN},
        description="What may be told about the words without telling them.",
    ),
)
_PICTURE: dict[str, Schema] = {
    "id": ID,
    "url": nullable(LINK),
    "width": COUNT,
    "height": COUNT,
    "colour": STRING,
    "alt": STRING,
}
PICTURE = shape("CardPicture", obj(_PICTURE))
IMAGE = shape(
    "Image",
    obj(
        _PICTURE
        | {
            "state": choice("waiting", "ready", "failed"),
            "srcset": obj({"webp": STRING, "avif": STRING}),
        }
    ),
)
CARD = shape(
    "ListingCard",
    obj(
        {
            "id": ID,
            "slug": STRING,
            "url": LINK,
            "status": STATUS,
            "title": STRING,
            "summary": STRING,
            "model": nullable(NAMED),
            "medium": MEDIUM,
            "category": nullable(NAMED),
            "tags": array(STRING),
            "language": STRING,
            "price": MONEY | {"description": "What is charged now."},
            "price_before": nullable(MONEY) | {"description": "The price otherwise, while a lower one runs."},
            "seller": SELLER_LINE,
            "rating": RATING,
            "sales_count": COUNT,
            "favourites_count": COUNT,
            "picture": nullable(PICTURE),
            "excerpt": STRING,
            "tested_on": nullable(DAY),
            "published_at": nullable(TIME),
            "updated_at": TIME,
        }
    ),
)
VERSION_LINE = shape("VersionName", obj({"number": COUNT, "note": STRING, "approved_at": nullable(TIME)}))
VERSION = shape(
    "Version",
    obj(
        {
            "number": COUNT,
            "note": STRING,
            "variables": array(VARIABLE),
            "prompt_facts": FACTS,
            "created_at": TIME,
            "approved_at": nullable(TIME),
        },
        description="A state of the prompt, without its words.",
    ),
)
DRAFT = shape(
    "Draft",
    obj(
        {
            "number": COUNT,
            "state": choice(*Revision.State.values),
            "title": STRING,
            "summary": STRING,
            "description": STRING,
            "model": nullable(NAMED),
            "model_version": nullable(STRING),
            "category": nullable(NAMED),
            "tags": array(STRING),
            "language": STRING,
            "price": MONEY,
            "tested_on": nullable(DAY),
            "examples": array(EXAMPLE),
            "images": array(IMAGE),
            "version": nullable(COUNT),
            "variables": array(VARIABLE),
            "changed_at": TIME,
            "submitted_at": nullable(TIME),
        },
        description="What the seller is working on, in the shape in which it can be sent in again.",
    ),
)
REASON = nullable(choice(*Case.Reason.values))
DECISION = nullable(choice(*Case.Decision.values))
REVIEW_OF_SUBMISSION = shape(
    "SubmissionReview",
    obj(
        {
            "case": ID,
            "state": choice(*Case.State.values),
            "decision": DECISION,
            "reason": REASON,
            "reason_label": nullable(STRING),
            "mend": nullable(STRING),
            "note": STRING,
            "opened_at": TIME,
            "decided_at": nullable(TIME),
        }
    ),
)
LISTING = shape(
    "Listing",
    both(
        CARD,
        obj(
            {
                "description": {"type": "string", "description": "Markdown."},
                "description_html": STRING,
                "model_version": nullable(STRING),
                "examples": array(EXAMPLE),
                "images": array(IMAGE),
                "variables": array(VARIABLE),
                "prompt_facts": FACTS,
                "versions": array(VERSION_LINE),
                "created_at": TIME,
            },
            {
                "draft": nullable(DRAFT),
                "missing": mapping(array(STRING)),
                "review": nullable(REVIEW_OF_SUBMISSION),
            },
        ),
        description="`draft`, `missing` and `review` are there for the listing's seller. Never the prompt's words.",
    ),
)

# ---- What is sent ----------------------------------------------------------------------------------------------------

PRICE_SENT = {
    "anyOf": [
        {"type": "integer", "enum": [0]},
        {"type": "integer", "minimum": 300, "maximum": HIGHEST_PRICE},
        MONEY,
        {"type": "null"},
    ],
    "description": "Whole minor units, or {amount, currency}. 0 is free.",
}
PROMPT_SENT = shape(
    "PromptSent",
    either(
        text(prompts.LONGEST_TEMPLATE),
        obj(
            maybe={
                "template": nullable(text(prompts.LONGEST_TEMPLATE)),
                "negative": nullable(text(prompts.LONGEST_PART)),
                "parameters": {"description": "Names with values, or lines of `name: value`."},
                "instructions": nullable(text(prompts.LONGEST_PART)),
                "variables": {"description": "A list of descriptions, or an object of names with defaults."},
            },
            examples=[
                {
                    "template": "Write a [tone] answer to this letter: [letter]",
                    "instructions": "Paste the whole letter.",
                    "variables": [{"name": "tone", "choices": ["warm", "firm"], "default": "warm"}],
                }
            ],
        ),
    ),
)
_CHOICE = {"description": "By slug, name or any usual alias.", "type": ["string", "null", "object"]}
_CONTENT: dict[str, Schema] = {
    "summary": text(content.LONGEST_SUMMARY * 20),
    "description": nullable({"type": "string", "description": "Markdown."}),
    "model": _CHOICE,
    "model_version": nullable(STRING),
    "tested_on": nullable(DAY),
    "category": _CHOICE,
    "tags": {
        "anyOf": [array(STRING), {"type": "string", "description": "Parted by commas."}, {"type": "null"}],
    },
    "language": {"type": "string", "description": "A code, such as en."},
    "price": PRICE_SENT,
    "prompt": nullable(PROMPT_SENT),
    "examples": array(either(STRING, obj(maybe={"inputs": ANYTHING, "output": ANYTHING})), maxItems=12),
}
_TITLE: Schema = {"type": "string", "minLength": 1, "maxLength": content.LONGEST_TITLE * 20}
LISTING_SENT = shape("NewListing", obj({"title": _TITLE}, _CONTENT))
LISTING_CHANGES = shape(
    "ListingChanges",
    obj(
        maybe={"title": _TITLE}
        | _CONTENT
        | {"images": array(either(ID, obj({"id": ID}, {"alt": STRING, "inputs": ANYTHING})), maxItems=12)},
        description="Only what is to change. `images` puts pictures that were uploaded in order.",
    ),
)
AFFIRMED: Schema = BOOLEAN | {
    "enum": [True],
    "description": "You have the right to sell this; meant when left out.",
}
SUBMIT_SENT = obj(maybe={"rights_affirmed": AFFIRMED})
VERSION_SENT = shape(
    "NewVersion",
    obj(
        {"prompt": PROMPT_SENT},
        {
            "note": nullable(text(300 * 20, description="What changed, for those who bought it.")),
            "submit": BOOLEAN | {"description": "Into review at once, when the listing is on sale; true by default."},
            "rights_affirmed": AFFIRMED,
        },
    ),
)
IMAGE_SENT = obj(
    {"image": {"type": "string", "format": "binary", "description": "JPEG, PNG or WebP, 10 MB at most."}},
    {"alt": STRING},
)
_KINDS = Report.Kind.values
REPORT_SENT = shape(
    "NewReport",
    obj(
        maybe={
            "kind": nullable(text(LONGEST_KIND, description=f"One of: {', '.join(_KINDS)}; or words.")),
            "words": nullable(text(LONGEST_WORDS - LONGEST_KIND)),
        }
    )
    # Something is said, in either place.
    | either(obj({"words": SAID}), obj({"kind": SAID | {"not": {"enum": _KINDS}}})),
)
REPORTED = shape("Reported", obj({"case": ID, "state": STRING, "listing": STRING}))
REVIEW_SENT = shape(
    "NewReview",
    obj(
        {"rating": {"type": "integer", "minimum": 1, "maximum": 5}},
        {"text": nullable(text(4000)), "output": nullable(text(8000))},
    ),
)
REVIEW = shape(
    "Review",
    obj(
        {
            "id": ID,
            "author": obj({"name": STRING}),
            "rating": {"type": "integer", "minimum": 1, "maximum": 5},
            "text": STRING,
            "output": STRING,
            "version": COUNT,
            "created_at": TIME,
            "changed_at": TIME,
            "reply": nullable(STRING),
            "replied_at": nullable(TIME),
        }
    ),
)

# ---- Catalogue -------------------------------------------------------------------------------------------------------

FACETS = mapping(array(obj({"value": STRING, "label": STRING, "count": COUNT})))
SUGGESTIONS = shape(
    "Suggestions",
    obj(
        {
            "completions": array(STRING),
            "corrected": nullable(STRING),
            "listings": array(obj({"slug": STRING, "title": STRING, "url": LINK})),
            "models": array(NAMED),
            "categories": array(NAMED),
            "sellers": array(obj({"handle": STRING, "name": STRING})),
        }
    ),
)
MODEL = shape(
    "Model",
    obj(
        {
            "slug": STRING,
            "name": STRING,
            "maker": STRING,
            "medium": MEDIUM,
            "aliases": array(STRING),
            "versions": array(STRING),
            "url": LINK,
        }
    ),
)
CATEGORY = shape("Category", obj({"slug": STRING, "name": STRING, "parent": nullable(STRING), "url": LINK}))
_COLLECTION: dict[str, Schema] = {
    "slug": STRING,
    "title": STRING,
    "description": STRING,
    "owner": nullable(STRING),
    "is_public": BOOLEAN,
    "url": LINK,
    "created_at": TIME,
}
COLLECTION = shape("Collection", obj(_COLLECTION))
SELLER = shape(
    "Seller",
    both(
        SELLER_LINE,
        obj(
            {
                "bio": STRING,
                "website": STRING,
                "country": STRING,
                "picture": nullable(LINK),
                "joined_at": TIME,
            }
        ),
    ),
)
