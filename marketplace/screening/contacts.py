"""Ways to trade or meet outside, on the public page; links inside the prompt are only counted."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import NOTE, WARNING, Found, Subject

_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>()\"']{3,300}", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-z]{2,20}\b", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"\b(?:whats\s?app|telegram|discord(?:\.gg| server)|t\.me|paypal|venmo|cash\s?app|gumroad|patreon|ko-?fi"
    r"|buy me a coffee|onlyfans|dm me|contact me (?:at|on|via)|e-?mail me|(?:cheaper|discount) (?:on|at) my)\b",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterator[Found]:
    page = subject.page_text
    counts = {
        "links": len(_LINK.findall(page)),
        "addresses": len(_MAIL.findall(page)),
        "outside": len(_OUTSIDE.findall(page)),
    }
    seen = sorted(name for name, number in counts.items() if number)
    if seen:
        evidence = {"kinds": seen, "count": sum(counts.values())}
        yield Found("contacts", "leads_outside", NOTE if seen == ["links"] else WARNING, evidence)
    if links := len(_LINK.findall(subject.secret_text)):
        yield Found("contacts", "links_in_prompt", NOTE, {"count": links})
