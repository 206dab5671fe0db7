"""Reference numbers for ridge regression on categories, from scikit-learn's Ridge on a sparse matrix:

    python3 -m venv /tmp/sk && /tmp/sk/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    /tmp/sk/bin/python test/golden/sparse-ridge.py > test/golden/sparse-ridge.json && npx biome format --write test/golden

The matrix has a 0/1 column per category and two numbers, one with missing values. Columns are divided by their population
standard deviations. Ridge centres them without writing them out. The JSON has the coefficients of the standardised columns.
"""

import json

import numpy as np
import scipy
import sklearn
from scipy import sparse
from sklearn.linear_model import Ridge

ROWS = 240
random = np.random.default_rng(19)
# Two thirds of the towns are in one region only, so the columns depend on each other.
town = random.integers(0, 40, ROWS)
region = np.where(town < 27, town % 5, random.integers(0, 5, ROWS))
size = np.round(random.normal(50, 12, ROWS), 3).astype(np.float32)
rain = np.round(random.gamma(2, 3, ROWS), 3).astype(np.float32)
rain[random.random(ROWS) < 0.1] = np.nan
effects = random.normal(0, 3, 40)
target = np.round(effects[town] + 2 * region + 0.1 * size + np.nan_to_num(rain) + random.normal(0, 1, ROWS), 3)


def one_hot(codes):
    categories = np.unique(codes)
    return sparse.csr_matrix((codes[:, None] == categories[None, :]).astype(float))


def filled(values):
    values = values.astype(np.float64)
    return sparse.csr_matrix(np.where(np.isnan(values), np.nanmean(values), values)[:, None])


columns = sparse.hstack([one_hot(town), filled(size), one_hot(region), filled(rain)]).tocsr()
scales = np.std(columns.toarray(), axis=0)
scaled = (columns @ sparse.diags(1 / scales)).tocsr()


def fit(alpha):
    model = Ridge(alpha=alpha, solver="sparse_cg", tol=1e-15, max_iter=100_000).fit(scaled, target)
    means = np.asarray(scaled.mean(axis=0)).ravel()
    # Our intercept is that of centred columns.
    return {
        "alpha": alpha,
        "coefficients": model.coef_.tolist(),
        "intercept": float(model.intercept_ + means @ model.coef_),
    }


print(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
            "towns": np.unique(town, return_inverse=True)[1].tolist(),
            "regions": region.tolist(),
            "size": [float(value) for value in np.round(size.astype(float), 3)],
            "rain": [None if np.isnan(value) else float(value) for value in np.round(rain.astype(float), 3)],
            "target": target.tolist(),
            "fits": [fit(alpha) for alpha in (0.5, 30.0, 1000.0)],
        }
    )
)
