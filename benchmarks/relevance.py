"""nDCG@10 by kind of question over what is imported here: words alone, meaning alone, both.

    .venv/bin/python -m benchmarks.relevance [--all | --aside | --unseen] [--words | --meaning] [--misses]

Needs a market with the public prompt collections imported (manage.py import_prompts, then reindex). Without --all or
--aside, only the half for tuning is asked.
"""

import argparse
import math
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.text import slugify

KINDS = ("keywords", "needs", "typos", "french", "typing", "style")
TOP = 10


@dataclass
class Topic:
    name: str
    grades: dict[int, re.Pattern[str]] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)  # titles as slugs that were read and graded one by one
    questions: list[tuple[str, str]] = field(default_factory=list)

    def grade(self, title: str) -> int:
        if (slug := slugify(title)) in self.judged:
            return self.judged[slug]
        return next((grade for grade in (3, 2, 1) if grade in self.grades and self.grades[grade].search(title)), 0)


def topics(path: Path) -> list[Topic]:
    found: list[Topic] = []
    for line in path.read_text("utf-8").replace("\n   ", " ").splitlines():
        if line.startswith("@"):
            found.append(Topic(line[1:].strip()))
        elif judged := re.match(r"([0-3])= (.+)", line):
            found[-1].judged |= dict.fromkeys(judged[2].split(), int(judged[1]))
        elif line and not line.startswith("#"):
            name, _colon, words = line.partition(":")
            if name.isdigit():
                found[-1].grades[int(name)] = re.compile(words.strip(), re.IGNORECASE)
            else:
                found[-1].questions.append((name, words.strip()))
    return found


def gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:TOP]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--aside", action="store_true", help="the half that is set aside while tuning")
    parser.add_argument("--unseen", action="store_true", help="the questions that nothing was ever tuned by")
    parser.add_argument("--words", action="store_true", help="words alone")
    parser.add_argument("--meaning", action="store_true", help="meaning alone")
    parser.add_argument("--misses", type=float, default=0, help="show questions below this")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from marketplace import search
    from marketplace.models import Listing
    from marketplace.search import ranking

    if options.words or options.meaning:
        words, meaning = (1.0, 0.0) if options.words else (0.0, 1.0)
        ranking.WEIGHTS = (ranking.Weights(words, meaning, 0.0, 0.0),)
    titles = list(Listing.objects.live().values_list("title", flat=True))
    scores: dict[str, list[float]] = defaultdict(list)
    number = 0
    for topic in topics(Path(__file__).with_name("unseen.txt" if options.unseen else "relevance.txt")):
        best = gain(sorted((topic.grade(title) for title in titles), reverse=True))
        for kind, question in topic.questions:
            number += 1
            if not options.all and not options.unseen and (number % 2 == 0) != options.aside:
                continue
            found = search.find(search.Query.from_params({"q": question}, "fr" if kind == "french" else "en"), size=TOP)
            got = [listing.title for listing in found.results]
            score = gain([topic.grade(title) for title in got]) / best if best else 0.0
            scores[kind].append(score)
            if score < options.misses:
                print(f"{score:.2f} {kind}: {question}")
                print("     " + " | ".join(f"{topic.grade(title)} {title[:40]}" for title in got))
    every = [score for kind in KINDS for score in scores[kind]]
    for kind in KINDS:
        print(f"{kind:10s} {len(scores[kind]):4d}  {sum(scores[kind]) / max(len(scores[kind]), 1):.3f}")
    print(f"{'all':10s} {len(every):4d}  {sum(every) / max(len(every), 1):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
