"""Reference numbers for shared/stats/joint-sign-flips.ts: plain loops over flips, with t computed by scipy.

    pip install numpy scipy
    python test/golden/joint-sign-flips.py > test/golden/joint-sign-flips.json \
        && npx biome format --write test/golden/joint-sign-flips.json

Small windows are enumerated. Larger ones use the sign flips of the project's generator (sfc32, seeded by splitmix32), so that
the p-values are equal; each is also compared with numpy's own generator. The JSON contains the versions of the packages.
"""

import itertools
import json
import sys

import numpy as np
import scipy
from scipy import stats

DRAWS = 99_999
MASK = 0xFFFFFFFF
numpy_random = np.random.default_rng(20261130)


def t_of(differences):
    """One row per contender."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return stats.ttest_1samp(differences, 0, axis=-1).statistic


def splitmix32(seed):
    state = seed & MASK
    while True:
        state = (state + 0x9E3779B9) & MASK
        mixed = state ^ (state >> 16)
        mixed = (mixed * 0x21F0AAAD) & MASK
        mixed ^= mixed >> 15
        mixed = (mixed * 0x735A2D97) & MASK
        yield mixed ^ (mixed >> 15)


def sfc32(seed):
    spread = splitmix32(seed)
    a, b, c = (next(spread) for _ in range(3))
    counter, number = 1, 0
    while True:
        out = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = (((c << 21) | (c >> 11)) + out) & MASK
        number += 1
        if number > 15:
            yield out


def signs_of(generator, periods):
    words = [next(generator) for _ in range(-(-periods // 32))]
    return np.array([-1.0 if (words[i // 32] >> (i % 32)) & 1 else 1.0 for i in range(periods)])


def largest_t(d, flips):
    live = np.abs(d).max(axis=1) > 0
    result = []
    for signs in flips:
        result.append(t_of(d[live] * signs).max())
    return np.array(result)


def shares(d, largest, add):
    live = np.abs(d).max(axis=1) > 0
    p = np.ones(len(d))
    for i in np.flatnonzero(live):
        reached = np.sum(largest >= t_of(d[i]) - 1e-9)
        p[i] = (reached + add) / (len(largest) + add)
    return p


def exact(d):
    flips = [np.array(signs) for signs in itertools.product([1.0, -1.0], repeat=d.shape[1])]
    return shares(d, largest_t(d, flips), 0)


def fast_largest(d, signs):
    """The same t for many flips at once, by its formula."""
    n = d.shape[1]
    live = d[np.abs(d).max(axis=1) > 0]
    means = signs @ live.T / n
    variances = ((live**2).sum(axis=1) - n * means**2) / (n - 1)
    return (means / np.sqrt(variances / n)).max(axis=1)


def drawn(d, seed):
    generator = sfc32(seed)
    signs = np.array([signs_of(generator, d.shape[1]) for _ in range(DRAWS)])
    largest = fast_largest(d, signs)
    assert np.allclose(largest[:50], largest_t(d, signs[:50]))
    p = shares(d, largest, 1)
    other = shares(d, fast_largest(d, numpy_random.choice([-1.0, 1.0], size=(DRAWS, d.shape[1]))), 1)
    error = np.sqrt(np.maximum(p * (1 - p), 1e-9) * 2 / DRAWS)
    assert np.all(np.abs(p - other) <= 4 * error + 2 / DRAWS), (p, other)
    return p


def case(contenders, periods, shifts, seed=None):
    common = numpy_random.normal(size=periods)
    own = numpy_random.normal(size=(contenders, periods))
    d = np.round(0.7 * common + 0.7 * own + np.array(shifts)[:, None], 3)
    if 0.0 in shifts[-1:]:
        d[-1] = 0
    p = exact(d) if seed is None else drawn(d, seed)
    return {"differences": d.tolist(), "seed": seed, "pValues": p.tolist()}


cases = [
    case(3, 9, [1.2, 0.3, -0.2]),
    case(1, 12, [0.8]),
    case(4, 10, [0.9, 0.6, 0.1, 0.0]),
    case(5, 30, [0.6, 0.45, 0.3, 0.1, -0.3], 1),
    case(8, 61, [0.45, 0.4, 0.35, 0.3, 0.2, 0.1, -0.1, -0.5], 7),
    case(3, 130, [0.3, 0.2, 0.0], 1),
]
json.dump({"versions": {"numpy": np.__version__, "scipy": scipy.__version__}, "draws": DRAWS, "cases": cases}, sys.stdout)
