"""Names and titles from everywhere, on paper."""

import io

import pytest
from pypdf import PdfReader

from payments import printing, typefaces

WESTERN = range(0x20, 0x100)  # what every face has
NAMES = ["Wiśniewski", "Dvořák", "Αλέξης", "Ирина", "O’Neil & <Sons>"]


@pytest.fixture(params=["as it is", "bare"])
def machine(request, monkeypatch):
    """The machine at hand, and one without any faces."""
    if request.param == "bare":
        monkeypatch.setattr(typefaces, "FOLDERS", ())
    typefaces.faces.cache_clear()
    yield request.param
    typefaces.faces.cache_clear()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Où ça ?", "Où ça ?"),
        ("Wiśniewski, Dvořák", "Wisniewski, Dvorák"),
        ("小林 & Sons", "… & Sons"),
        ("\U0001f469\U0001f3fd\u200d\U0001f680\ufe0f fox", " fox"),
    ],
)
def test_what_a_face_does_not_know_is_no_box(words, shown):
    assert typefaces.written(words, [*WESTERN, ord("…")]) == shown


def test_papers_are_printed_whatever_faces_there_are(machine):
    sheet = printing.Sheet(
        title="Receipt", head=NAMES, widths=(120, 40), columns=("What", "Amount"), rows=[(NAMES[0], "\u2212$1.00")]
    )

    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printing.pdf(sheet))).pages)

    assert "\u2212$1.00" in paper
    assert "O’Neil & <Sons>" in paper
    assert typefaces.legible("Wiśniewski") in paper
    assert machine != "bare" or "Wisniewski" in paper
