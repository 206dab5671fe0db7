"""Reference numbers for shared/stats/confidence-sequence.ts: the formula in plain Python, after each value of a list.

    python test/golden/confidence-sequence.py > test/golden/confidence-sequence.json \
        && npx biome format --write test/golden/confidence-sequence.json

The boundary is written as in Howard et al. (2021), eq. 14: for a sum S with variance process V, |S| < sqrt((V + r) ln((V + r) /
(r alpha^2))) at all times, where r = 1 / rho^2. The values are divided by their sample deviation, so that V = n. rho^2 is that of
Waudby-Smith et al. (2024), tuned at 90 values. The JSON contains the version of Python.
"""

import json
import math
import platform
import random
import statistics
import sys

ALPHA = 0.05
TUNED_FOR = 90


def interval(values):
    n = len(values)
    deviation = statistics.stdev(values)
    r = TUNED_FOR / (-2 * math.log(ALPHA) + math.log(1 - 2 * math.log(ALPHA)))
    boundary = math.sqrt((n + r) * math.log((n + r) / (r * ALPHA**2)))
    center = statistics.fmean(values)
    return [center - deviation * boundary / n, center + deviation * boundary / n]


def case(count, draw):
    values = [round(draw(), 4) for _ in range(count)]
    return {"values": values, "intervals": {n: interval(values[:n]) for n in (30, 31, 90, count) if n <= count}}


rng = random.Random(20261130)
cases = [
    case(120, lambda: rng.gauss(0.1, 1)),
    case(95, lambda: rng.expovariate(2) - 0.5),
    case(200, lambda: rng.choice([0.0, 0.0, 0.0, 25.0, -20.0])),
]
json.dump({"version": platform.python_version(), "cases": cases}, sys.stdout)
