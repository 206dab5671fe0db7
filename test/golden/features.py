"""Reference numbers for shared/features, from pandas. Writes features.json beside itself:

    python3 -m venv /tmp/pd && /tmp/pd/bin/pip install pandas==3.0.0
    /tmp/pd/bin/python test/golden/features.py > test/golden/features.json && npx biome format --write test/golden

Missing values are dropped first, because features count observations. Only the seasonal lag counts periods.
`numbers[i]` is the feature's value after the first i + 1 values; null means missing.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd

random = np.random.default_rng(20261121)
values = np.round(20 + np.cumsum(random.normal(scale=0.4, size=30) * (random.random(30) < 0.5)), 2)
values[[3, 4, 11, 17, 29]] = np.nan
values[22:27] = values[21]

whole = pd.Series(values)
seen = whole.dropna()


def carried_forward(numbers):
    """Returns a statistic at every period: the value of the last observation is carried forward."""
    return [None if pd.isna(x) else float(x) for x in numbers.reindex(whole.index).ffill()]


def since_change(count):
    moved = seen.diff().abs() > 1e-9
    numbers = []
    for i in range(len(seen)):
        steps = min(count, i)
        ago = [k for k in range(steps) if moved.iloc[i - k]]
        numbers.append(np.nan if steps < 1 else (ago[0] if ago else steps))
    return pd.Series(numbers, index=seen.index)


last = 7
cases = [
    ({"kind": "lag", "periods": 1}, carried_forward(seen)),
    ({"kind": "lag", "periods": 3}, carried_forward(seen.shift(2))),
    ({"kind": "difference", "periods": 1}, carried_forward(seen.diff(1))),
    ({"kind": "difference", "periods": 5}, carried_forward(seen.diff(5))),
    ({"kind": "rolling-mean", "periods": last}, carried_forward(seen.rolling(last, min_periods=1).mean())),
    ({"kind": "rolling-std", "periods": last}, carried_forward(seen.rolling(last, min_periods=1).std(ddof=0))),
    ({"kind": "rolling-min", "periods": last}, carried_forward(seen.rolling(last, min_periods=1).min())),
    ({"kind": "rolling-max", "periods": last}, carried_forward(seen.rolling(last, min_periods=1).max())),
    # The window covers all values, because pandas has no window for ewm.
    ({"kind": "weighted-mean", "periods": 30, "halfLife": 4}, carried_forward(seen.ewm(halflife=4, adjust=True).mean())),
    ({"kind": "weighted-mean", "periods": 30, "halfLife": 1.5}, carried_forward(seen.ewm(halflife=1.5, adjust=True).mean())),
    # The last five values only: one new pandas series per window.
    (
        {"kind": "weighted-mean", "periods": 5, "halfLife": 2},
        carried_forward(seen.rolling(5, min_periods=1).apply(lambda w: w.ewm(halflife=2, adjust=True).mean().iloc[-1], raw=False)),
    ),
    ({"kind": "since-change", "periods": 4}, carried_forward(since_change(4))),
    (
        {"kind": "change-share", "periods": 6},
        carried_forward((seen.diff().abs() > 1e-9).astype(float).where(seen.diff().notna()).rolling(6, min_periods=1).mean()),
    ),
    ({"kind": "log-difference", "periods": 1}, carried_forward(np.log(seen).diff(1))),
    ({"kind": "log-difference", "periods": 5}, carried_forward(np.log(seen).diff(5))),
    ({"kind": "log-from-mean", "periods": last}, carried_forward(np.log(seen / seen.rolling(last, min_periods=1).mean()))),
    ({"kind": "log-from-min", "periods": last}, carried_forward(np.log(seen / seen.rolling(last, min_periods=1).min()))),
    ({"kind": "log-from-max", "periods": last}, carried_forward(np.log(seen / seen.rolling(last, min_periods=1).max()))),
    ({"kind": "step-std", "periods": last}, carried_forward(seen.diff().rolling(last, min_periods=1).std(ddof=0))),
    ({"kind": "log-step-std", "periods": last}, carried_forward(np.log(seen).diff().rolling(last, min_periods=1).std(ddof=0))),
    ({"kind": "seasonal-lag", "periods": 3}, [None if pd.isna(x) else float(x) for x in whole.shift(2)]),
]

json.dump(
    {
        "by": {"pandas": version("pandas"), "numpy": np.__version__, "python": sys.version.split()[0]},
        "values": [None if np.isnan(v) else float(v) for v in values],
        "cases": [{"feature": feature, "numbers": numbers} for feature, numbers in cases],
    },
    sys.stdout,
)
