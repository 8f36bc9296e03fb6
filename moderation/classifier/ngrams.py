"""Hashed character n-grams: what a spelling looks like, where the encoder only knows whole words."""

from __future__ import annotations

import zlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
LENGTHS = (3, 4, 5)


def bag(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets and weights of one text: 1 + log of the count, scaled to length 1.

    crc32 because it is the same on every machine and in every release, unlike `hash()`.
    """
    plain = f" {' '.join(text.lower().split())} "
    raw = plain.encode("utf-32-le", "surrogatepass")
    counts: Counter[int] = Counter()
    for length in LENGTHS:
        size = 4 * length
        counts.update(zlib.crc32(raw[at : at + size]) % BUCKETS for at in range(0, len(raw) - size + 1, 4))
    buckets = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    weights = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
    return buckets, (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)
