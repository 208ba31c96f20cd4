"""Examples that are missing, thin or the same."""

from collections.abc import Iterator

from marketplace.models.catalogue import Medium
from marketplace.screening.subject import NOTE, WARNING, Found, Subject

SHORT = 40  # characters
SEEN = {Medium.IMAGE, Medium.VIDEO}


def check(subject: Subject) -> Iterator[Found]:
    outputs = [example.get("output", "").strip() for example in subject.revision.examples]
    pictures = subject.revision.pictures
    if not outputs and not pictures:
        yield Found("examples", "no_examples", WARNING)
        return
    if subject.listing.medium in SEEN and not pictures:
        yield Found("examples", "no_pictures", WARNING)
    short = sum(1 for output in outputs if len(output) < SHORT)
    if short and subject.listing.medium not in SEEN:
        yield Found("examples", "short_examples", WARNING, {"count": short})
    if len(set(outputs)) < len(outputs):
        yield Found("examples", "same_examples", WARNING, {"count": len(outputs) - len(set(outputs))})
    if len(outputs) + len(pictures) == 1:
        yield Found("examples", "one_example", NOTE)
