"""Reference numbers for shared/distributions/tilt.ts: the distribution with a given mean and the least divergence.

    pip install numpy scipy
    python test/golden/tilt.py > test/golden/tilt.json && npx biome format --write test/golden/tilt.json

The masses are found by minimising the Kullback-Leibler divergence under the two constraints, not by tilting.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from scipy.optimize import minimize

random = np.random.default_rng(20261130)
cases = []
for _ in range(12):
    n = int(random.integers(2, 7))
    values = np.sort(random.choice(np.arange(-30, 60), n, replace=False)).astype(float)
    masses = random.dirichlet(np.full(n, 2.0))
    mean = float(values[0] + (values[-1] - values[0]) * random.uniform(0.2, 0.8))
    found = minimize(
        lambda q: float(np.sum(q * np.log(q / masses))),
        np.full(n, 1 / n),
        jac=lambda q: np.log(q / masses) + 1,
        bounds=[(1e-12, 1)] * n,
        constraints=[
            {"type": "eq", "fun": lambda q: np.sum(q) - 1},
            {"type": "eq", "fun": lambda q: (q @ values - mean) / np.ptp(values)},
        ],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert found.success or "linesearch" in found.message, found.message
    cases.append({"values": values.tolist(), "masses": masses.tolist(), "mean": mean, "tilted": found.x.tolist()})
json.dump({"numpy": version("numpy"), "scipy": version("scipy"), "cases": cases}, sys.stdout)
