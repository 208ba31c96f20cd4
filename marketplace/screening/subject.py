"""What a check is given, and what it gives back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from marketplace import prompts, variables
from marketplace.models import Case, Finding, Listing, Revision, Version
from marketplace.prompts import Prompt

NOTE = Finding.Severity.NOTE.value
WARNING = Finding.Severity.WARNING.value
SERIOUS = Finding.Severity.SERIOUS.value


@dataclass(frozen=True, slots=True)
class Found:
    """What a check saw; `evidence` holds counts, shares, slugs and names, never words of a prompt."""

    check: str
    code: str
    severity: str
    evidence: dict[str, Any] = field(default_factory=dict)


class Check(Protocol):
    """One module of this package."""

    __name__: str

    def check(self, subject: "Subject") -> Iterable[Found]: ...


@dataclass
class Subject:
    """A submitted revision with the words of its prompt; the words stay out of any representation."""

    case: Case
    listing: Listing
    revision: Revision
    version: Version
    prompt: Prompt = field(repr=False)

    @cached_property
    def secret_text(self) -> str:
        prompt = self.prompt
        return f"{prompt.template}\n{prompt.negative}\n{prompt.instructions}"

    @cached_property
    def page_text(self) -> str:
        """What the seller wrote for everybody to read."""
        revision = self.revision
        return "\n".join((revision.title, revision.summary, revision.description, " ".join(revision.tags)))

    @cached_property
    def example_text(self) -> str:
        """Inputs, outputs and alternative texts."""
        parts = [value for example in self.revision.examples for value in example.get("inputs", {}).values()]
        parts += [example.get("output", "") for example in self.revision.examples]
        parts += [picture.get("alt", "") for picture in self.revision.pictures]
        return "\n".join(parts)

    @cached_property
    def public_text(self) -> str:
        return f"{self.page_text}\n{self.example_text}"

    @cached_property
    def prompt_words(self) -> list[str]:
        return prompts.words_of(self.prompt.template)

    @cached_property
    def variable_names(self) -> list[str]:
        return variables.find(f"{self.prompt.template}\n{self.prompt.negative}")
