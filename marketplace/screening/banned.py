"""Subjects we do not sell. Words alone decide nothing: a person reads the case."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import SERIOUS, WARNING, Found, Subject


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b", re.IGNORECASE)


SUBJECTS = {
    "minors": _any(
        r"(?:child|minor|underage|preteen|loli|shota)\w{0,3}[^.\n]{0,30}(?:nude|naked|porn\w{0,8}|sexual\w{0,3}|erotic\w{0,3})",
        r"(?:nude|naked|porn\w{0,8}|sexual\w{0,3}|erotic\w{0,3})[^.\n]{0,30}(?:child|children|minors?|underage|preteens?)",
        r"child porn\w{0,8}",
    ),
    "weapons": _any(
        r"(?:build|make|construct|assemble|3d print)[^.\n]{0,30}(?:pipe bomb|explosive device|bomb|ghost gun|silencer)",
        r"(?:synthesi[sz]e|produce|culture)[^.\n]{0,30}(?:nerve agent|sarin|ricin|anthrax|vx gas)",
    ),
    "drugs": _any(r"(?:cook|synthesi[sz]e|manufacture)[^.\n]{0,30}(?:meth|methamphetamine|fentanyl|heroin|mdma)"),
    "malware": _any(
        r"(?:write|create|develop|generate)[^.\n]{0,40}(?:ransomware|keylogger|trojan|computer virus|botnet|malware)",
        r"(?:steal|phish)(?:ing)?[^.\n]{0,30}(?:passwords?|credentials|credit cards?|bank details)",
    ),
    "fraud": _any(
        r"(?:fake|forged?|counterfeit)[^.\n]{0,20}(?:passports?|id cards?|driving licen[cs]e|banknotes?|diplomas?)",
        r"fake reviews?",
        r"(?:undetectable|bypass)[^.\n]{0,20}(?:plagiarism|turnitin|exam proctor)",
    ),
    "intimate_images": _any(
        r"(?:undress|nudify|deepfake[^.\n]{0,20}(?:nude|porn))\w{0,4}",
        r"(?:nude|naked)[^.\n]{0,20}(?:celebrity|ex-girlfriend|classmate|of a real person)",
    ),
    "hatred": _any(
        r"(?:inferior|subhuman) race", r"(?:gas|exterminate|kill) (?:all )?(?:the )?(?:jews|muslims|blacks|gays)"
    ),
    "self_harm": _any(
        r"(?:how|ways|methods|best way) (?:to|of) (?:kill(?:ing)? (?:myself|yourself)|commit(?:ting)? suicide)"
    ),
}
SEVERE = {"minors", "weapons", "intimate_images", "hatred"}


def check(subject: Subject) -> Iterator[Found]:
    for where, text in (("prompt", subject.secret_text), ("page", subject.public_text)):
        seen = sorted(name for name, pattern in SUBJECTS.items() if pattern.search(text))
        if seen:
            severity = SERIOUS if SEVERE & set(seen) or where == "page" else WARNING
            yield Found("banned", "not_sold_here", severity, {"where": where, "subjects": seen})
