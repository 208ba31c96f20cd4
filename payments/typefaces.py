"""The faces papers are set in: DejaVu where the machine has it, else Vera, its ancestor, which reportlab brings along.

Vera knows the letters of western Europe only; names and titles come from everywhere.
"""

import unicodedata
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
DEJAVU, VERA = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), ("Vera.ttf", "VeraBd.ttf")
GAP = "…"


@lru_cache(maxsize=1)
def faces() -> tuple[str, str]:
    """What reportlab calls the plain and the bold one."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    there = {path.name: str(path) for folder in FOLDERS for path in Path(folder).rglob("DejaVuSans*.ttf")}
    plain, bold = (there.get(own, other) for own, other in zip(DEJAVU, VERA, strict=True))
    for file in (plain, bold):
        pdfmetrics.registerFont(TTFont(Path(file).stem, file))
    return Path(plain).stem, Path(bold).stem


def legible(words: str) -> str:
    """The words as far as the face can write them."""
    from reportlab.pdfbase import pdfmetrics

    font: Any = pdfmetrics.getFont(faces()[0])
    return written(words, font.face.charToGlyph)


def written(words: str, known: Collection[int]) -> str:
    """With the bare letter for one whose accent is not known, a mark for a script that is not, and no other signs."""
    out: list[str] = []
    for letter in words:
        if ord(letter) in known or letter.isspace():
            out.append(letter)
        elif bare := [part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known]:
            out += bare
        elif unicodedata.category(letter).startswith("L") and out[-1:] != [GAP]:
            out.append(GAP)
    return "".join(out)
