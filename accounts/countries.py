"""Countries by their two letters (ISO 3166-1), named in the languages of the site."""

from functools import lru_cache

from django.utils.translation import get_language

# Code, English, French.
_TABLE = """
AD Andorra|Andorre
AE United Arab Emirates|Émirats arabes unis
AG Antigua and Barbuda|Antigua-et-Barbuda
AL Albania|Albanie
AM Armenia|Arménie
AO Angola|Angola
AR Argentina|Argentine
AT Austria|Autriche
AU Australia|Australie
AZ Azerbaijan|Azerbaïdjan
BA Bosnia and Herzegovina|Bosnie-Herzégovine
BD Bangladesh|Bangladesh
BE Belgium|Belgique
BG Bulgaria|Bulgarie
BH Bahrain|Bahreïn
BJ Benin|Bénin
BN Brunei|Brunei
BO Bolivia|Bolivie
BR Brazil|Brésil
BS Bahamas|Bahamas
BT Bhutan|Bhoutan
BW Botswana|Botswana
CA Canada|Canada
CH Switzerland|Suisse
CI Côte d’Ivoire|Côte d’Ivoire
CL Chile|Chili
CO Colombia|Colombie
CR Costa Rica|Costa Rica
CY Cyprus|Chypre
CZ Czechia|Tchéquie
DE Germany|Allemagne
DJ Djibouti|Djibouti
DK Denmark|Danemark
DO Dominican Republic|République dominicaine
DZ Algeria|Algérie
EC Ecuador|Équateur
EE Estonia|Estonie
EG Egypt|Égypte
ES Spain|Espagne
ET Ethiopia|Éthiopie
FI Finland|Finlande
FR France|France
GA Gabon|Gabon
GB United Kingdom|Royaume-Uni
GE Georgia|Géorgie
GH Ghana|Ghana
GI Gibraltar|Gibraltar
GM Gambia|Gambie
GR Greece|Grèce
GT Guatemala|Guatemala
GY Guyana|Guyana
HK Hong Kong|Hong Kong
HN Honduras|Honduras
HR Croatia|Croatie
HU Hungary|Hongrie
ID Indonesia|Indonésie
IE Ireland|Irlande
IL Israel|Israël
IN India|Inde
IS Iceland|Islande
IT Italy|Italie
JM Jamaica|Jamaïque
JO Jordan|Jordanie
JP Japan|Japon
KE Kenya|Kenya
KG Kyrgyzstan|Kirghizistan
KH Cambodia|Cambodge
KR South Korea|Corée du Sud
KW Kuwait|Koweït
KZ Kazakhstan|Kazakhstan
LA Laos|Laos
LC Saint Lucia|Sainte-Lucie
LI Liechtenstein|Liechtenstein
LK Sri Lanka|Sri Lanka
LT Lithuania|Lituanie
LU Luxembourg|Luxembourg
LV Latvia|Lettonie
MA Morocco|Maroc
MC Monaco|Monaco
MD Moldova|Moldavie
ME Montenegro|Monténégro
MG Madagascar|Madagascar
MK North Macedonia|Macédoine du Nord
MN Mongolia|Mongolie
MO Macao|Macao
MT Malta|Malte
MU Mauritius|Maurice
MX Mexico|Mexique
MY Malaysia|Malaisie
MZ Mozambique|Mozambique
NA Namibia|Namibie
NE Niger|Niger
NG Nigeria|Nigeria
NI Nicaragua|Nicaragua
NL Netherlands|Pays-Bas
NO Norway|Norvège
NP Nepal|Népal
NZ New Zealand|Nouvelle-Zélande
OM Oman|Oman
PA Panama|Panama
PE Peru|Pérou
PH Philippines|Philippines
PK Pakistan|Pakistan
PL Poland|Pologne
PT Portugal|Portugal
PY Paraguay|Paraguay
QA Qatar|Qatar
RO Romania|Roumanie
RS Serbia|Serbie
RW Rwanda|Rwanda
SA Saudi Arabia|Arabie saoudite
SE Sweden|Suède
SG Singapore|Singapour
SI Slovenia|Slovénie
SK Slovakia|Slovaquie
SM San Marino|Saint-Marin
SN Senegal|Sénégal
SV El Salvador|Salvador
TH Thailand|Thaïlande
TN Tunisia|Tunisie
TR Türkiye|Turquie
TT Trinidad and Tobago|Trinité-et-Tobago
TW Taiwan|Taïwan
TZ Tanzania|Tanzanie
UA Ukraine|Ukraine
US United States|États-Unis
UY Uruguay|Uruguay
UZ Uzbekistan|Ouzbékistan
VN Vietnam|Viêt Nam
ZA South Africa|Afrique du Sud
ZM Zambia|Zambie
"""


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, str]]:
    rows = (line.split(" ", 1) for line in _TABLE.strip().splitlines())
    return {code: dict(zip(("en", "fr"), names.split("|"), strict=True)) for code, names in rows}


def known(code: str) -> bool:
    return code in _names()


def name(code: str, language: str | None = None) -> str:
    """How the language (the active one, unless said) calls it; the code where we do not know the country."""
    spoken = (language or get_language() or "en").split("-")[0]
    names = _names().get(code, {})
    return names.get(spoken) or names.get("en") or code


def choices() -> list[tuple[str, str]]:
    """For a form, sorted as the active language sorts (accents aside)."""
    return sorted(((code, name(code)) for code in _names()), key=lambda pair: _sortable(pair[1]))


def _sortable(word: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
