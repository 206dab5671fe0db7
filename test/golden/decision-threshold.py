"""Reference numbers for shared/stats/decision-threshold.ts: the highest balanced accuracy that any threshold reaches.

    pip install numpy scikit-learn
    python test/golden/decision-threshold.py > test/golden/decision-threshold.json
    npx biome format --write test/golden/decision-threshold.json

scikit-learn tries every threshold of its ROC curve. A probability at or above the threshold is predicted as an event.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_curve

random = np.random.default_rng(20261130)
cases = []
for rows in (8, 20, 43, 136):
    for share in (0.3, 0.85):
        outcomes = (random.random(rows) < share).astype(int)
        outcomes[:2] = [0, 1]
        probabilities = np.round(np.clip(0.5 * outcomes + 0.5 * random.random(rows), 0.001, 0.999), 3)
        _, _, thresholds = roc_curve(outcomes, probabilities, drop_intermediate=False)
        best = max(balanced_accuracy_score(outcomes, probabilities >= threshold) for threshold in thresholds)
        cases.append({"outcomes": outcomes.tolist(), "probabilities": probabilities.tolist(), "best": float(best)})

json.dump(
    {"versions": {name: version(name) for name in ("numpy", "scikit-learn")}, "cases": cases},
    sys.stdout,
)
