"""bin/shots: a contact sheet of every page in light and dark, on a desk and on a phone, into var/shots/.

On whatever database there is (bin/up makes the demo). With --check each page is also measured: what axe finds,
what is too wide, what the browser complains about; in every scheme and language and as everybody who may look.
That takes a while: --language, --scheme and --role each measure a part of it.
"""

import argparse
import os
import sys
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

SCHEMES = ("light", "dark")
LANGUAGES = ("en", "fr")
WIDTHS = (1280, 390)
TALLEST = 6000  # pixels of a picture

SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Contact sheet</title>
<meta name="color-scheme" content="light dark">
<style>body {{ font-family: system-ui; margin: 2rem }} section {{ margin-block: 2rem }}
div {{ display: flex; gap: 1rem; align-items: start; overflow-x: auto }}
figure {{ margin: 0 }} figcaption, p {{ color: gray; font-size: 0.8rem }}
img {{ display: block; max-height: 30rem; max-width: 24rem; object-fit: cover; object-position: top }}</style>
<h1>Contact sheet</h1>{rows}</html>"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/shots", description="Takes a picture of every page.")
    parser.add_argument("--check", action="store_true", help="measure every page instead of taking pictures")
    parser.add_argument("--only", default="", help="pages whose name holds one of these words, with commas between")
    parser.add_argument("--language", choices=LANGUAGES, help="pictures are in English if nothing is said")
    parser.add_argument("--scheme", choices=SCHEMES, help="light or dark only")
    parser.add_argument("--role", help="measure what this one sees only: visitor, buyer, seller, moderator or keeper")
    options = parser.parse_args()
    schemes = (options.scheme,) if options.scheme else SCHEMES
    languages = (options.language,) if options.language else LANGUAGES
    _prepare()
    from config import examples, looking, tour

    world = examples.World()
    words = [word for word in options.only.split(",") if word]
    stops = [one for one in tour.stops(world, states=True) if not words or any(word in one.name for word in words)]
    for name in tour.missing(world):
        print(f"There is no example of {name} in this database.")
    with looking.browser() as chromium:
        if options.check:
            seen = [one for one in stops if options.role in (None, one.role)]
            return _check(chromium, seen, schemes, languages)
        return _take(chromium, stops, options.language or "en", schemes)


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["PAGE_SECONDS"] = "0"
    from config import services

    services.start()
    import django

    django.setup()


def _take(chromium: Any, stops: list[Any], language: str, schemes: tuple[str, ...]) -> int:
    from django.conf import settings

    from config import looking

    folder = Path(settings.VAR) / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    rows: dict[str, list[str]] = {}
    for stop in stops:
        # One person is enough for a picture.
        if stop.name in seen:
            continue
        seen.add(stop.name)
        for scheme, width in product(schemes, WIDTHS):
            file = f"{stop.name.replace(', ', '-').replace(' ', '-')}-{scheme}-{width}.png"
            with looking.looking(chromium, stop.person, language=language, scheme=scheme, width=width) as eyes:
                status = eyes.open(stop.path)
                _scroll(eyes.page)
                tall = min(TALLEST, int(eyes.page.evaluate("document.documentElement.scrollHeight")))
                eyes.page.screenshot(
                    path=folder / file, clip={"x": 0, "y": 0, "width": width, "height": tall}, full_page=True
                )
                said = [f"answered {status}"] * (status != 200) + eyes.too_wide() + eyes.troubles
            for one in said:
                print(f"{stop.name} {scheme} {width}: {one}")
            rows.setdefault(f"{stop.name} · {stop.path}", []).append(_figure(file, scheme, width, said))
        print(stop.name, flush=True)
    (folder / "index.html").write_text(SHEET.format(rows="".join(_row(name, row) for name, row in rows.items())))
    print(f"The contact sheet is {folder / 'index.html'}.")
    return 0


def _scroll(page: Any) -> None:
    """Pictures below the fold load when they come into sight."""
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((one) => { one.loading = 'eager' })")
    page.wait_for_load_state("networkidle")


def _figure(file: str, scheme: str, width: int, said: list[str]) -> str:
    words = "".join(f"<p>{escape(one)}</p>" for one in said)
    picture = f'<a href="{file}"><img src="{file}" alt="" loading="lazy"></a>'
    return f"<figure>{picture}<figcaption>{scheme}, {width} px</figcaption>{words}</figure>"


def _row(name: str, figures: list[str]) -> str:
    return f"<section><h2>{escape(name)}</h2><div>{''.join(figures)}</div></section>"


def _check(chromium: Any, stops: list[Any], schemes: tuple[str, ...], languages: tuple[str, ...]) -> int:
    """Every page × scheme × language × everybody who may look."""
    from config import looking

    wrong = looks = 0
    people = {(stop.role, stop.person) for stop in stops}
    for (role, person), scheme, language in product(sorted(people, key=str), schemes, languages):
        with looking.looking(
            chromium, person, language=language, scheme=scheme, width=390 if scheme == "dark" else 1280
        ) as eyes:
            for stop in stops:
                if (stop.role, stop.person) != (role, person):
                    continue
                looks += 1
                status = eyes.open(stop.path)
                said = [f"answered {status}"] * (status != 200) + eyes.unread() + eyes.too_wide() + eyes.troubles
                wrong += len(said)
                for one in said:
                    print(f"{stop.name} ({role}, {scheme}, {language}): {one}", flush=True)
    print(f"{wrong} found in {looks} looks.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
