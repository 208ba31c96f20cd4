"""The exact words people agree to. A change is a new version with its date; rows of Consent keep the old words."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Consent


@dataclass(frozen=True, slots=True)
class Version:
    version: str  # the day it came into force
    words: Mapping[str, str]  # by language


CURRENT: Mapping[str, Version] = {
    Consent.Kind.TERMS: Version(
        "2026-11-01",
        {
            "en": (
                "I have read the terms of use and the privacy notice, and I accept the terms of use. "
                "I am at least 18 years old, or my legal guardian accepts them for me."
            ),
            "fr": (
                "J’ai lu les conditions d’utilisation et la notice de confidentialité, et j’accepte les conditions "
                "d’utilisation. J’ai au moins 18 ans, ou mon représentant légal les accepte pour moi."
            ),
        },
    ),
    Consent.Kind.IMMEDIATE_DELIVERY: Version(
        "2026-11-01",
        {
            "en": (
                "I expressly ask that the prompts in this order be delivered to me at once, "
                "before the fourteen-day withdrawal period is over."
            ),
            "fr": (
                "Je demande expressément que les prompts de cette commande me soient livrés immédiatement, "
                "avant la fin du délai de rétractation de quatorze jours."
            ),
        },
    ),
    Consent.Kind.WITHDRAWAL_LOST: Version(
        "2026-11-01",
        {
            "en": (
                "I understand that I lose my right of withdrawal as soon as the prompts have been delivered to me. "
                "The refund promise of seven days and my rights when digital content is faulty remain."
            ),
            "fr": (
                "Je reconnais perdre mon droit de rétractation dès que les prompts m’ont été livrés. "
                "La promesse de remboursement sous sept jours et mes droits en cas de contenu numérique défectueux "
                "demeurent."
            ),
        },
    ),
    Consent.Kind.RIGHT_TO_SELL: Version(
        "2026-11-01",
        {
            "en": (
                "I wrote this prompt and its examples myself, or I hold the rights needed to sell them. "
                "Nothing in them breaks the law, the rights of others or the rules of the models they name, "
                "and the examples were made with the prompt as it is sold. I grant each buyer the licence shown on "
                "the listing, and I answer for it if any of this is not true."
            ),
            "fr": (
                "J’ai écrit moi-même ce prompt et ses exemples, ou je détiens les droits nécessaires pour les vendre. "
                "Rien n’y enfreint la loi, les droits d’autrui ou les règles des modèles nommés, et les exemples ont "
                "été obtenus avec le prompt tel qu’il est vendu. J’accorde à chaque acheteur la licence indiquée sur "
                "l’annonce, et je réponds de toute déclaration inexacte."
            ),
        },
    ),
}
