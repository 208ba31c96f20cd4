"""A prompt that is not in the language its page says. A cheap guess: common words and scripts."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from marketplace import prompts
from marketplace.screening.subject import WARNING, Found, Subject

COMMON = {
    "en": "the and to of a in is you that for it with as are this be on your from or not an will each",
    "fr": "le la les des et un une du en est que pour dans vous sur avec par pas au ne qui ce plus votre",
    "de": "der die das und ist nicht ein eine mit für auf den von zu sich dem im du sie es auch wird oder",
    "es": "el los las una que por con para del se es como más su al lo no si tu cada sin sobre este",
    "it": "il gli di che per una con del della non è come sono da nel più alla si questo ogni o tuo",
    "pt": "os as do da em um uma para com não que por mais como dos ao se na no você seu cada ou",
    "nl": "het een van en is dat op te met voor niet zijn aan er maar om ook als bij je wordt naar of",
}
_LANGUAGES: dict[str, list[str]] = defaultdict(list)
for _code, _listed in COMMON.items():
    for _word in _listed.split():
        _LANGUAGES[_word].append(_code)
_SCRIPTS = {
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
_SAME_SCRIPT = {"ru": {"ru", "uk", "bg", "sr", "be"}, "ar": {"ar", "fa", "ur"}, "zh": {"zh", "ja"}, "hi": {"hi", "mr"}}
SAMPLE = 3000  # characters
MOST = 400  # words
ENOUGH = 25
_FAR = re.compile("[\u0370-\u1fff\u3040-\ud7ff]")  # a letter of any script but the Latin one


def check(subject: Subject) -> Iterator[Found]:
    said = subject.revision.language.split("-")[0]
    guessed = guess(subject.prompt.template)
    if guessed and said != guessed and said not in _SAME_SCRIPT.get(guessed, ()):
        yield Found("language", "other_language", WARNING, {"said": said, "guessed": guessed})


def guess(text: str, words: list[str] | None = None) -> str:
    """A language code, or nothing when it is not clear. `words` when the text was parted into them before."""
    sample = text[:SAMPLE]
    if not sample.isascii() and _FAR.search(sample) and (script := _script(sample)):
        return script
    words = prompts.words_of(sample) if words is None else words[:MOST]
    if len(words) < ENOUGH:
        return ""
    seen = Counter(code for word in words if word in _LANGUAGES for code in _LANGUAGES[word])
    (first, most), (_second, next_most), *_rest = [*seen.most_common(2), ("", 0), ("", 0)]
    return first if most >= len(words) * 0.08 and most >= next_most * 1.5 else ""


def _script(sample: str) -> str:
    letters = sum(1 for one in sample if one.isalpha()) or 1
    if len(_SCRIPTS["ja"].findall(sample)) > letters * 0.1:
        return "ja"
    return next((code for code, script in _SCRIPTS.items() if len(script.findall(sample)) > letters * 0.4), "")
