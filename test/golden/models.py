"""Reference numbers for shared/models, from scikit-learn. Writes models.json beside itself:

    python3 -m venv /tmp/sk && /tmp/sk/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    /tmp/sk/bin/python test/golden/models.py > test/golden/models.json && npx biome format --write test/golden

Random numbers come from a port of shared/models/random.ts, so that both sides use the same data.
"""

import json
import math
import sys

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

MASK = 0xFFFFFFFF


def sfc32(seed):
    """shared/models/random.ts: splitmix32 expands the seed, and 15 outputs are discarded. Yields uniform numbers in [0, 1)."""
    state = seed & MASK

    def spread():
        nonlocal state
        state = (state + 0x9E3779B9) & MASK
        mixed = state ^ (state >> 16)
        mixed = (mixed * 0x21F0AAAD) & MASK
        mixed ^= mixed >> 15
        mixed = (mixed * 0x735A2D97) & MASK
        return mixed ^ (mixed >> 15)

    a, b, c, counter = spread(), spread(), spread(), 1
    drawn = 0
    while True:
        out = (a + b + counter) & MASK
        counter = (counter + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = ((c << 21) | (c >> 11)) & MASK
        c = (c + out) & MASK
        drawn += 1
        if drawn > 15:
            yield out / 4294967296


def friedman1(rows, seed):
    """Friedman (1991), noise of standard deviation about 1 (sum of 12 uniforms), features cast to float32."""
    uniform = sfc32(seed)
    features, target = [], []
    for _ in range(rows):
        x = [float(np.float32(next(uniform))) for _ in range(10)]
        noise = sum(next(uniform) for _ in range(12)) - 6
        target.append(10 * math.sin(math.pi * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4] + noise)
        features.append(x)
    return np.array(features), np.array(target)


def with_holes(features, modulus=11):
    """Deterministic missing values: where (7 row + 3 column) mod `modulus` is 0."""
    holed = features.copy()
    rows, columns = np.indices(holed.shape)
    holed[(7 * rows + 3 * columns) % modulus == 0] = np.nan
    return holed


def rmse(y, p):
    return float(np.sqrt(np.mean((y - p) ** 2)))


def pinball(y, p, alpha):
    return float(np.mean(np.where(y >= p, alpha * (y - p), (1 - alpha) * (p - y))))


def hist_tree(x, y, **options):
    model = HistGradientBoostingRegressor(max_iter=1, learning_rate=1, early_stopping=False, **options).fit(x, y)
    nodes = model._predictors[0][0].nodes
    base = float(model._baseline_prediction.ravel()[0])
    return {
        "base": base,
        "nodes": [
            {"leaf": True, "value": float(n["value"]), "rows": int(n["count"])}
            if n["is_leaf"]
            else {
                "leaf": False,
                "feature": int(n["feature_idx"]),
                "threshold": float(min(n["num_threshold"], np.finfo(np.float32).max)),
                "left": int(n["left"]),
                "right": int(n["right"]),
                "rows": int(n["count"]),
            }
            for n in nodes
        ],
    }


def decision_tree(x, y, **options):
    tree = DecisionTreeRegressor(random_state=0, **options).fit(x, y).tree_
    return [
        {"leaf": True, "value": float(tree.value[i, 0, 0]), "rows": int(tree.n_node_samples[i])}
        if tree.children_left[i] < 0
        else {
            "leaf": False,
            "feature": int(tree.feature[i]),
            "threshold": float(tree.threshold[i]),
            "left": int(tree.children_left[i]),
            "right": int(tree.children_right[i]),
            "rows": int(tree.n_node_samples[i]),
        }
        for i in range(tree.node_count)
    ]


def boosting(train, test, y_class):
    (x, y), (xt, yt) = train, test
    (c, ct) = y_class
    common = {"max_iter": 100, "early_stopping": False}
    fit = lambda **o: HistGradientBoostingRegressor(**common, **o).fit(x, y).predict(xt)
    p = np.clip(HistGradientBoostingClassifier(**common).fit(x, c).predict_proba(xt)[:, 1], 1e-15, 1 - 1e-15)
    squared = fit()
    return {
        "squaredRmse": rmse(yt, squared),
        "absoluteMae": float(np.mean(np.abs(yt - fit(loss="absolute_error")))),
        "quantile80Pinball": pinball(yt, fit(loss="quantile", quantile=0.8), 0.8),
        "logisticLogLoss": float(-np.mean(ct * np.log(p) + (1 - ct) * np.log(1 - p))),
        "firstSquared": squared[:5].tolist(),
    }


def forest(train, test, y_class):
    (x, y), (xt, yt) = train, test
    (c, ct) = y_class
    common = {"n_estimators": 100, "max_features": 1 / 3, "min_samples_leaf": 5}
    regress = lambda s: rmse(yt, RandomForestRegressor(**common, random_state=s).fit(x, y).predict(xt))
    classify = lambda s: float(
        np.mean((RandomForestClassifier(**common, random_state=s).fit(x, c).predict_proba(xt)[:, 1] - ct) ** 2)
    )
    seeds = range(5)
    return {
        "rmseMeanOfFiveSeeds": float(np.mean([regress(s) for s in seeds])),
        "brierMeanOfFiveSeeds": float(np.mean([classify(s) for s in seeds])),
    }


def ridge(x, y, alpha):
    model = make_pipeline(SimpleImputer(), StandardScaler(), Ridge(alpha=alpha)).fit(x, y)
    fitted = model[-1]
    return {"alpha": alpha, "coefficients": fitted.coef_.tolist(), "intercept": float(fitted.intercept_)}


def logistic(x, c, alpha, weights):
    model = make_pipeline(
        SimpleImputer(),
        StandardScaler(),
        LogisticRegression(C=1 / alpha, class_weight=weights, tol=1e-12, max_iter=1000, solver="newton-cholesky"),
    ).fit(x, c)
    return {
        "alpha": alpha,
        "classWeights": weights or "none",
        "coefficients": model[-1].coef_[0].tolist(),
        "intercept": float(model[-1].intercept_[0]),
    }


def main():
    x, y = friedman1(1500, 1)
    xt, yt = friedman1(1000, 2)
    c, ct = (y > 14).astype(float), (yt > 14).astype(float)

    diabetes = load_diabetes(scaled=False)
    dx, dy = diabetes.data.astype(np.float32).astype(float), diabetes.target
    held = np.arange(len(dy)) % 3 == 0
    dc = (dy > 140).astype(float)
    d_train, d_test = (dx[~held], dy[~held]), (dx[held], dy[held])

    small_x, small_y = x[:600], y[:600]
    bins = _BinMapper(n_bins=33, random_state=0).fit(small_x)
    binned = bins.transform(small_x).astype(float)
    holed = with_holes(dx, 29)

    print(
        json.dumps(
            {
                "by": {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "python": sys.version.split()[0]},
                "random": {"seed": 1, "first": [v for v, _ in zip(sfc32(1), range(5))]},
                "friedman1": {"target": y[:5].tolist(), "trainSeed": 1, "testSeed": 2, "trainRows": 1500, "testRows": 1000},
                "thresholds32": [float(v) for v in bins.bin_thresholds_[0]],
                "histTree": hist_tree(small_x, small_y, max_leaf_nodes=16, l2_regularization=1.5),
                "histTreeMissing": hist_tree(with_holes(small_x), small_y, max_leaf_nodes=16, max_depth=5),
                "decisionTree": decision_tree(binned, small_y, max_depth=5, min_samples_leaf=7),
                "boosting": {
                    "friedman1": boosting((x, y), (xt, yt), (c, ct)),
                    "diabetes": boosting(d_train, d_test, (dc[~held], dc[held])),
                },
                "forest": {
                    "friedman1": forest((x, y), (xt, yt), (c, ct)),
                    "diabetes": forest(d_train, d_test, (dc[~held], dc[held])),
                },
                "ridge": ridge(holed, dy, 10.0),
                "logistic": [logistic(holed, dc, 1.0, None), logistic(holed, dc, 25.0, "balanced")],
                "diabetes": {"features": [[round(v, 4) for v in row] for row in dx.tolist()], "target": dy.tolist()},
            }
        )
    )


if __name__ == "__main__":
    main()
