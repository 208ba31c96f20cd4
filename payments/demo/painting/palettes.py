"""Named palettes, every one with the same seven roles, so that any style can wear any palette."""

from typing import NamedTuple

Colour = tuple[int, int, int]


class Palette(NamedTuple):
    """Five steps from darkest to lightest, and two colours that stand out from them."""

    night: Colour
    deep: Colour
    middle: Colour
    soft: Colour
    paper: Colour
    accent: Colour
    second: Colour


def _palette(words: str) -> Palette:
    return Palette(*(_colour(word) for word in words.split()))


def _colour(word: str) -> Colour:
    return int(word[0:2], 16), int(word[2:4], 16), int(word[4:6], 16)


# Order of the roles: night deep middle soft paper accent second
PALETTES: dict[str, Palette] = {
    "autumn": _palette("2a120c 6e2b16 b9531c e39b3a f8ecd0 8a9a3b 3f5d5a"),
    "candy": _palette("3d1a5b d9418c ff8fab ffc8dd fff5f8 2fb5c8 ffd23f"),
    "citrus": _palette("233016 577a2a a9c34b f0d95b fffbe3 f3722c 2d7f8a"),
    "cobalt": _palette("08133f 1338a0 3a6ae0 9dbdf6 f6f6ee f5b82e e4572e"),
    "dawn": _palette("24324d 4f6d8f a9a7c4 f2c1b5 fff1df ef7b5c 7fa6a0"),
    "dusk": _palette("1d1a3a 4a2c5f a2476b e98a6d fbe3c0 f6c453 5b7fb3"),
    "ember": _palette("1b0f12 5a1a1f b23a24 ef8a3b fde7bf ffd166 3b5b6d"),
    "forest": _palette("10241d 24473a 4f7a5b a3bd8d f1efdc d9893b 8a3b2f"),
    "glacier": _palette("0c2233 2d5872 6fa3ba b8d8df f5fafa e86a58 39507e"),
    "indigo": _palette("0e1a33 1f3a68 44689c a8bfd6 f4f1e6 c63d2f d9b25f"),
    "lagoon": _palette("02222d 05596b 12a0a0 7ddac4 f3fbe9 ff9f6b ffd86b"),
    "midnight": _palette("070b1f 141f4d 2f418f 7c90d6 e4e8fb ffd27a e05f8c"),
    "mint": _palette("0f2e2c 1f6f66 57b8a3 b3e2d0 f5fbf4 ff7f6b f3c14b"),
    "mono": _palette("141414 3d3d3f 7b7b7d bdbcb8 f4f2ec c8402f 8c8c8a"),
    "neon": _palette("0b0620 2b0f54 6a1fb0 ff3fa4 e9f6ff 23e6e6 ffe14d"),
    "noir": _palette("08090b 1c2026 3a424c 8b949e e8e6df e3b341 b4452f"),
    "ochre": _palette("2c1f0c 6d4b16 b9832a e2bd6a f9f0d8 a63d2a 3d6460"),
    "peach": _palette("4a2530 a0505a e98d7d fbc6a4 fff3e6 5b8e7d f2b441"),
    "plum": _palette("1f0f2b 4b2466 8a4fa3 c9a1d8 f7effa f2b84b 3fa7a0"),
    "rose": _palette("3a1626 7c2f4e c9678a f0b3bd fdf0ea e2a03f 5d8a7b"),
    "sage": _palette("232c26 4c5d50 869a83 c3cdb8 f5f3e8 c9744f d8b365"),
    "sand": _palette("3a2d23 7d6650 b89c7d dfcbb0 fbf5ea b5533c 5c7f86"),
    "sea": _palette("06263b 0f4c6b 2f86a0 8cc5c4 f0f3e4 f2785c e9c46a"),
    "terracotta": _palette("33190f 7d3a22 c4683f e8aa7c faeadb 2f6f73 e0b13f"),
}
