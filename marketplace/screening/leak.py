"""A public page that gives away what it sells."""

from collections.abc import Iterator

from marketplace import prompts
from marketplace.screening.subject import SERIOUS, WARNING, Found, Subject

MUCH = 0.2
MOST = 0.5
LONG_RUN = 30  # words
FEW = 6  # shingles, below which a share says nothing


def check(subject: Subject) -> Iterator[Found]:
    own = prompts.shingles(subject.prompt_words)
    if not own:
        return
    public = prompts.words_of(subject.public_text)
    shared = own & prompts.shingles(public)
    share = len(shared) / len(own)
    run = longest_run(public, own)
    if len(own) < FEW:
        if share == 1:
            yield Found("leak", "page_shows_prompt", SERIOUS, {"percent": 100, "words_in_a_row": run})
    elif share >= MUCH or run >= LONG_RUN:
        severity = SERIOUS if share >= MOST else WARNING
        yield Found("leak", "page_shows_prompt", severity, {"percent": round(100 * share), "words_in_a_row": run})


def longest_run(words: list[str], shingles: set[str]) -> int:
    """The most words in a row of the page that also stand in a row in the prompt."""
    longest = current = 0
    size = prompts.SHINGLE
    for start in range(len(words) - size + 1):
        current = current + 1 if " ".join(words[start : start + size]) in shingles else 0
        longest = max(longest, current)
    return longest + size - 1 if longest else 0
