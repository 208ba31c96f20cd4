"""Keys, tokens and passwords that were pasted along with a text."""

import re
from collections.abc import Iterator

from marketplace.screening.subject import SERIOUS, WARNING, Found, Subject

PATTERNS = {
    "private_key": re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    "aws_key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "api_key": re.compile(
        r"\b(?:sk|rk|pk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{20,200}"
        r"|\bAIza[0-9A-Za-z_-]{35}|\bhf_[A-Za-z0-9]{30,60}"
    ),
    "token": re.compile(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,100}|xox[abprs]-[A-Za-z0-9-]{10,100}"
        r"|glpat-[A-Za-z0-9_-]{20,60})|\bBearer [A-Za-z0-9._~+/-]{24,400}"
    ),
    "json_web_token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,500}"),
    "address_with_password": re.compile(
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,60}:[^\s:/@\[{<$]{3,100}@[\w.-]{3,100}"
    ),
    "password": re.compile(
        r"\b(?:password|passwd|pwd|mot de passe|secret|api[_ -]?key)[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
        r"(?=[^\s\"']{0,40}[0-9])(?=[^\s\"']{0,40}[A-Za-z])[^\s\"'\[{<$%*(]{8,80}",
        re.IGNORECASE,
    ),
}


def check(subject: Subject) -> Iterator[Found]:
    for where, text in (("prompt", subject.secret_text), ("page", subject.public_text)):
        kinds = {name: len(pattern.findall(text)) for name, pattern in PATTERNS.items()}
        seen = {name: number for name, number in kinds.items() if number}
        if seen:
            certain = seen.keys() - {"password"}
            evidence = {"where": where, "kinds": sorted(seen), "count": sum(seen.values())}
            yield Found("secrets", "secret", SERIOUS if certain else WARNING, evidence)
