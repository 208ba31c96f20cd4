"""The pages' own words in the buyer's language: English, and French where the session or the browser asks for it."""

from contextvars import ContextVar

from werkzeug.wrappers import Request

from payments.sandbox import money

LANGUAGES = ("en", "fr")
FOR_PEOPLE = ("/c/pay/", "/3ds/", "/setup/")
_FRENCH_MARKS = str.maketrans({",": "\u202f", ".": ","})  # a narrow no-break space between thousands
_language: ContextVar[str] = ContextVar("language", default="en")

FRENCH = {
    "Stripe sandbox": "bac à sable Stripe",
    "Sandbox.": "Bac à sable.",
    "This is not Stripe; no money moves here.": "Ce n’est pas Stripe ; aucun argent ne circule ici.",
    "Paid": "Payé",
    "Thank you": "Merci",
    "You have paid.": "Vous avez payé.",
    "Return to the shop": "Retourner à la boutique",
    "Expired": "Expiré",
    "This checkout has expired": "Cette page de paiement a expiré",
    "Nothing was charged.": "Rien n’a été débité.",
    "Checkout": "Paiement",
    "Discount": "Réduction",
    "Tax": "Taxes",
    "by your country": "selon votre pays",
    "Total due": "Total à payer",
    "Pay": "Payer",
    "Book": "Réserver",
    "Donate": "Donner",
    "Subscribe": "S’abonner",
    "Complete order": "Terminer la commande",
    "Cancel and return to the shop": "Annuler et retourner à la boutique",
    "Promotion code": "Code promotionnel",
    "Apply": "Appliquer",
    "Test cards": "Cartes de test",
    "Choose one to fill it in; any future date and any code will do.": (
        "Choisissez-en une pour la remplir ; toute date à venir et tout code conviennent."
    ),
    "E-mail": "E-mail",
    "Name on card": "Nom sur la carte",
    "Phone": "Téléphone",
    "Business name": "Nom de l’entreprise",
    "VAT number": "Numéro de TVA",
    "Card number": "Numéro de carte",
    "Expires (MM/YY)": "Expire (MM/AA)",
    "Security code": "Code de sécurité",
    "By card": "Par carte",
    "Or by bank debit": "Ou par prélèvement",
    "Debit succeeds after three days": "Le prélèvement réussit après trois jours",
    "Debit fails": "Le prélèvement échoue",
    "Country": "Pays",
    "Address": "Adresse",
    "City": "Ville",
    "Postal code": "Code postal",
    "State or region": "État ou région",
    "I agree to the terms of service.": "J’accepte les conditions d’utilisation.",
    "3-D Secure": "3-D Secure",
    "Your bank would ask here whether you want to pay {}.": (
        "Votre banque vous demanderait ici si vous voulez payer {}."
    ),
    "Complete": "Terminer",
    "Fail": "Échouer",
    # The test cards
    "Pays": "Paie",
    "Pays (Mastercard)": "Paie (Mastercard)",
    "Pays (American Express)": "Paie (American Express)",
    "Pays (Visa debit)": "Paie (Visa de débit)",
    "Pays (Visa, France)": "Paie (Visa, France)",
    "Pays, funds available at once": "Paie, fonds disponibles aussitôt",
    "Asks for 3-D Secure": "Demande 3-D Secure",
    "Asks for 3-D Secure unless set up": "Demande 3-D Secure si non configurée",
    "Requires 3-D Secure": "Exige 3-D Secure",
    "3-D Secure, then declined": "3-D Secure, puis refusée",
    "3-D Secure possible, not asked for": "3-D Secure possible, non demandé",
    "Declined": "Refusée",
    "Declined: insufficient funds": "Refusée : fonds insuffisants",
    "Declined: lost card": "Refusée : carte perdue",
    "Declined: stolen card": "Refusée : carte volée",
    "Declined: too often": "Refusée : trop souvent",
    "Declined: expired card": "Refusée : carte expirée",
    "Declined: wrong security code": "Refusée : mauvais code de sécurité",
    "Declined: processing error": "Refusée : erreur de traitement",
    "Not a card number": "Pas un numéro de carte",
    "Pays, then disputed as fraudulent": "Paie, puis contestée comme frauduleuse",
    "Pays, then disputed as not received": "Paie, puis contestée comme non reçue",
    "Pays, then an inquiry": "Paie, puis une enquête",
    "Pays, then an early fraud warning": "Paie, puis une alerte de fraude",
    "Pays; a refund is pending first": "Paie ; un remboursement attend d’abord",
    "Pays; a refund fails later": "Paie ; un remboursement échoue plus tard",
    # What went wrong
    "Your email is incomplete.": "Votre adresse e-mail est incomplète.",
    "Please accept the terms of service to continue.": "Acceptez les conditions d’utilisation pour continuer.",
    "Please choose your country.": "Choisissez votre pays.",
    "Your card number is invalid.": "Votre numéro de carte n’est pas valide.",
    "Your card number is incorrect.": "Votre numéro de carte est incorrect.",
    "Your card's security code is incomplete.": "Le code de sécurité de votre carte est incomplet.",
    "Your card's security code is incorrect.": "Le code de sécurité de votre carte est incorrect.",
    "Your card's expiration date is incomplete.": "La date d’expiration de votre carte est incomplète.",
    "Your card's expiration date is in the past.": "La date d’expiration de votre carte est passée.",
    "Your card was declined.": "Votre carte a été refusée.",
    "Your card has insufficient funds.": "Les fonds de votre carte sont insuffisants.",
    "Your card has expired.": "Votre carte a expiré.",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.": (
        "Votre carte a été refusée : trop d’essais rapprochés, ou plafond dépassé."
    ),
    "An error occurred while processing your card. Try again in a little bit.": (
        "Une erreur s’est produite pendant le traitement de votre carte. Réessayez dans un moment."
    ),
    "Your card was declined. Your request was in test mode, but used a non test card.": (
        "Votre carte a été refusée : ici, seules les cartes de test paient."
    ),
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.": (
        "Nous ne pouvons pas authentifier votre moyen de paiement. Choisissez-en un autre et réessayez."
    ),
    # Onboarding
    "Onboarding": "Inscription",
    "Get paid": "Être payé",
    "the seller": "le vendeur",
    "Stripe would now ask {} for name, address, date of birth, documents and a bank account. "
    "The sandbox asks for none of it: choose how it ends.": (
        "Stripe demanderait maintenant à {} son nom, son adresse, sa date de naissance, des justificatifs et un compte "
        "bancaire. Le bac à sable ne demande rien de tout cela : choisissez comment cela finit."
    ),
    "Bank account": "Compte bancaire",
    "Payouts arrive": "Les virements arrivent",
    "Payouts fail: no account": "Les virements échouent : aucun compte",
    "Payouts fail: account closed": "Les virements échouent : compte clos",
    "Payouts fail: insufficient funds": "Les virements échouent : fonds insuffisants",
    "Leave a requirement due": "Laisser une pièce en attente",
    "Submit, verification pending": "Envoyer, vérification en cours",
    "Be rejected": "Être refusé",
    "This link is used up.": "Ce lien a déjà servi.",
}


def listen(request: Request) -> None:
    """Buyers and sellers are spoken to as their browser asks, until a session says otherwise; the rest is English."""
    asked = request.accept_languages.best_match(LANGUAGES, "en") or "en"
    _language.set(asked if request.path.startswith(FOR_PEOPLE) else "en")


def speak(locale: str | None) -> None:
    """The shop's choice for this session; `auto` or nothing leaves it to the browser."""
    if locale and locale != "auto":
        _language.set("fr" if locale.split("-")[0] == "fr" else "en")


def language() -> str:
    return _language.get()


def say(text: str) -> str:
    """These words in the language spoken; what has no translation stays English."""
    return FRENCH.get(text, text) if language() == "fr" else text


def amount(value: int, currency: str) -> str:
    """$1,234.50 in English, 1 234,50 $ in French."""
    shown = money.shown(value, currency)
    if language() != "fr":
        return shown
    sign, rest = ("-", shown[1:]) if shown.startswith("-") else ("", shown)
    number = "".join(one for one in rest if one.isdigit() or one in ",.")
    unit = rest.replace(number, "").strip()
    return f"{sign}{number.translate(_FRENCH_MARKS)}\u00a0{unit}"
