"""Reference numbers for shared/distributions: other libraries for the scores, plain Python for the estimates.

    pip install numpy scikit-learn scoringrules properscoring
    python test/golden/distributions.py > test/golden/distributions.json && npx biome format --write test/golden/distributions.json

The plain implementation is written from the definitions, with dictionaries instead of arrays. Values are whole units.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
import properscoring
import scoringrules
from sklearn import metrics

random = np.random.default_rng(20261130)
LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
WIS = [0.5, 0.8, 0.95]


def quantile(atoms, level):
    """The smallest value whose cumulative probability reaches the level. `atoms`: {value: probability}."""
    below = 0.0
    for value in sorted(atoms):
        below += atoms[value]
        if below >= level - 1e-12:
            return value
    return max(atoms)


def scores(count):
    cases = []
    for _ in range(count):
        n = int(random.integers(1, 9))
        values = sorted(random.choice(np.arange(1900, 1960), n, replace=False).tolist())
        masses = random.dirichlet(np.full(n, 0.6)).tolist()
        outcome = int(random.choice(values) if random.random() < 0.6 else random.integers(1895, 1966))
        atoms = dict(zip(values, masses))
        q = {level: quantile(atoms, level) for level in [*LEVELS]}
        lower = [q[level] for level in (0.25, 0.1, 0.025)]
        upper = [q[level] for level in (0.75, 0.9, 0.975)]
        alpha = [1 - level for level in WIS]
        quantiles = [q[level] for level in LEVELS]
        # properscoring treats weights as relative; both libraries compute the CRPS of the weighted empirical distribution.
        crps = scoringrules.crps_ensemble(outcome, np.array(values, float), ens_w=np.array(masses), estimator="nrg")
        other = properscoring.crps_ensemble(outcome, np.array(values, float), weights=np.array(masses))
        assert abs(crps - other) < 1e-9, (crps, other)
        interval = scoringrules.interval_score(outcome, np.array(lower, float), np.array(upper, float), np.array(alpha))
        # From the interval scores, as scoringutils::wis does: weighted_interval_score of scoringrules 0.10 weights the median
        # itself instead of its absolute error.
        wis = (0.5 * abs(outcome - q[0.5]) + np.dot(np.array(alpha) / 2, interval)) / (len(alpha) + 0.5)
        pinball = scoringrules.quantile_score(float(outcome), np.array(quantiles, float), np.array(LEVELS))
        cases.append(
            {
                "values": values,
                "masses": masses,
                "outcome": outcome,
                "quantiles": quantiles,
                "mean": float(np.dot(values, masses)),
                "crps": float(crps),
                "intervalScores": np.asarray(interval).tolist(),
                "wis": float(wis),
                "pinball": np.asarray(pinball).tolist(),
            }
        )
    return cases


def classes():
    p = np.round(random.dirichlet([1, 4, 1], size=12), 3)
    p[:, 1] = 1 - p[:, 0] - p[:, 2]
    happened = random.integers(0, 3, size=12)
    return {
        "probabilities": p.tolist(),
        "happened": happened.tolist(),
        "logLoss": metrics.log_loss(happened, p, labels=[0, 1, 2]),
        "brier": metrics.brier_score_loss(happened, p, labels=[0, 1, 2], scale_by_half=False),
    }


def shares(counts):
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()} if total else {}


def borrow(own, other, weight):
    """own counts + weight × shares of another; only the shares if that is empty."""
    mixed = {key: own.get(key, 0) + weight * other.get(key, 0) for key in {*own, *other}}
    return mixed if sum(mixed.values()) > 0 else dict(other)


def next_value(histories, groups, series, last, weights, window):
    """The baseline's distribution: own changes, shrunk to the group and to all."""
    recent = [history[-window:] for history in histories]
    own = recent[series]
    group = [change for s, history in enumerate(recent) if groups[s] == groups[series] for change in history]
    everything = [change for history in recent for change in history]

    def estimate(key, weight):
        def count(changes):
            counts = {}
            for change in changes:
                if key(change) is not None:
                    counts[key(change)] = counts.get(key(change), 0) + 1
            return counts

        of_group = shares(borrow(count(group), shares(count(everything)), weights["group"]))
        return shares(borrow(count(own), of_group, weight))

    chances = estimate(lambda change: int(np.sign(change)), weights["chances"])
    atoms = {}
    for direction in (-1, 0, 1):
        sizes = {0: 1.0} if direction == 0 else estimate(
            lambda change: change if np.sign(change) == direction else None, weights["sizes"]
        )
        for change, share in (sizes or {direction: 1.0}).items():
            value = max(min(1, last), last + change)
            probability = chances.get(direction, 0.0) * share
            if probability > 0:
                atoms[value] = atoms.get(value, 0) + probability
    values = sorted(atoms)
    return {
        "values": values,
        "masses": [atoms[value] for value in values],
        "chances": [chances.get(direction, 0.0) for direction in (-1, 0, 1)],
        "quantiles": [quantile(atoms, level) for level in LEVELS],
    }


def estimates():
    sizes = [-50, -20, -10, -5, 5, 10, 20, 30]
    histories, groups = [], []
    for s in range(7):
        moves = 0.0 if s == 0 else random.uniform(0.05, 0.6)
        length = int(random.integers(1, 20)) if s else 20
        # Series 1 only rises.
        allowed = [size for size in sizes if size > 0] if s == 1 else sizes
        histories.append([int(random.choice(allowed)) if random.random() < moves else 0 for _ in range(length)])
        groups.append(s % 2)
    groups[6] = 2  # a group of its own
    cases = []
    for weights in ({"chances": 0, "sizes": 0, "group": 0}, {"chances": 4, "sizes": 2, "group": 20}, {"chances": 1, "sizes": 8, "group": 5}):
        for series in range(7):
            last = 2350 if series else 30
            cases.append(
                {"series": series, "last": last, "weights": weights, **next_value(histories, groups, series, last, weights, 12)}
            )
    return {"histories": histories, "groups": groups, "window": 12, "cases": cases}


json.dump(
    {
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "sklearn": version("scikit-learn"),
            "scoringrules": version("scoringrules"),
            "properscoring": version("properscoring"),
        },
        "levels": LEVELS,
        "scores": scores(25),
        "classes": classes(),
        "estimates": estimates(),
    },
    sys.stdout,
)
