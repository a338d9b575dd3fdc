"""The bytes of chunks."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from cuvee.store.columns import Points, decode, decode_at, encode


def noisy(count: int) -> Points:
    chance = np.random.default_rng(1)
    times = 1_700_000_000_000 + np.cumsum(chance.integers(40, 61, count))
    bits = np.exp(-np.arange(count) / count) + chance.normal(0, 0.05, count)
    return Points(times.astype(np.int64), np.arange(count), bits.view(np.int64))


def test_what_is_not_halved_is_kept_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    points = noisy(7000)
    blob = encode(points)
    unpacked: list[int] = []
    real = zlib.decompress

    def counted(data: bytes) -> bytes:
        unpacked.append(len(data))
        return real(data)

    monkeypatch.setattr(zlib, "decompress", counted)
    for name, column in zip(("times", "steps", "bits"), decode(blob), strict=True):
        assert (column == getattr(points, name)).all()
    assert len(unpacked) == 1, "the highest byte of the values alone"
    assert unpacked[0] < 100
    assert len(blob) < 8.1 * points.size


@pytest.mark.parametrize("steps", [True, False])
def test_several_chunks_are_read_as_one_by_one(steps: bool) -> None:
    whole = noisy(1000)
    same = Points(whole.times[:5], np.full(5, 7), np.full(5, -3))
    parts = [whole.part(slice(0, 300)), same, whole.part(slice(300, 301)), whole]
    places, values = decode_at([encode(part) for part in parts], steps=steps)
    wanted = [part.steps if steps else part.times for part in parts]
    assert (places == np.concatenate(wanted)).all()
    assert np.concatenate([part.values() for part in parts]).tobytes() == values.tobytes()
