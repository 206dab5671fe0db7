"""Reference numbers for shared/stats, from other implementations.

    pip install numpy scipy scikit-learn statsmodels dieboldmariano mpmath
    python test/golden/stats.py > test/golden/stats.json && npx biome format --write test/golden/stats.json

The JSON contains the versions of the packages. Inputs are rounded, so that JSON represents them exactly.
"""

import json
import sys

import dieboldmariano
import mpmath
import numpy as np
import scipy
import sklearn
import statsmodels
from importlib.metadata import version
from scipy import optimize, special, stats
from sklearn import calibration, metrics
from statsmodels.tsa.stattools import acovf

mpmath.mp.dps = 50
random = np.random.default_rng(20261120)


def rounded(values, digits=3):
    return [round(float(v), digits) + 0.0 for v in values]


def descriptive():
    values = rounded(random.lognormal(size=17))
    levels = [0, 0.05, 0.25, 1 / 3, 0.5, 0.8, 0.95, 1]
    return {
        "values": values,
        "mean": np.mean(values),
        "variance": [np.var(values), np.var(values, ddof=1)],
        "median": np.median(values),
        "quantiles": [{"level": level, "value": np.quantile(values, level)} for level in levels],
    }


def regression():
    truth = rounded(random.normal(20, 5, size=25))
    forecast = rounded(np.array(truth) + random.normal(0, 1, size=25))
    return {
        "truth": truth,
        "forecast": forecast,
        "rmse": metrics.root_mean_squared_error(truth, forecast),
        "mae": metrics.mean_absolute_error(truth, forecast),
    }


def classification():
    # Two decimals give ties. No score is on an edge of a bin, except 0 and 1.
    p = rounded(random.beta(0.8, 1.6, size=60), 2)
    p = [round(v + 0.005, 3) if round(v * 10, 6) % 1 == 0 else v for v in p]
    p[:2] = [0.0, 1.0]
    outcomes = [int(v) for v in random.random(60) < np.array(p) ** 1.3]
    predicted = [int(v > 0.5) for v in p]
    observed, forecast = calibration.calibration_curve(outcomes, p, n_bins=10)
    bins = np.minimum(np.floor(np.array(p) * 10).astype(int), 9)
    ece = sum(
        np.mean(bins == b) * abs(np.mean(np.array(p)[bins == b]) - np.mean(np.array(outcomes)[bins == b]))
        for b in np.unique(bins)
    )
    labels = rounded(random.integers(0, 4, size=40), 0)
    guesses = [label if keep else 1 for label, keep in zip(labels, random.random(40) < 0.6)]
    return {
        "outcomes": outcomes,
        "probabilities": p,
        "brier": metrics.brier_score_loss(outcomes, p),
        "logLoss": metrics.log_loss(outcomes, p),
        "auc": metrics.roc_auc_score(outcomes, p),
        "balancedAccuracy": metrics.balanced_accuracy_score(outcomes, predicted),
        "reliability": [{"forecast": f, "observed": o} for f, o in zip(forecast, observed)],
        "ece": ece,
        "labels": labels,
        "guesses": guesses,
        "balancedAccuracyOfLabels": metrics.balanced_accuracy_score(labels, guesses),
    }


def distributions():
    zs = [-37, -20, -8, -5, -3, -2.5, -1.96, -0.5, -1e-9, 0, 0.3, 1, 2.4, 2.6, 4, 9]
    ts = [-60, -12, -3, -2, -1, -0.1, -1e-8, 0, 0.5, 1.7, 2.6, 8]
    dfs = [1, 2, 4.5, 29, 200, 10000]
    gammas = [1e-8, 0.1, 0.5, 1, 1.4616, 2, 3.7, 9.99, 10, 55.5, 1234, 1e6]
    betas = [(0.5, 0.5), (0.5, 12), (0.5, 14.5), (0.5, 5000), (3, 4), (20, 30), (2.5, 1e6)]
    points = [(0.1, 0.5, 0.5), (0.01, 0.5, 30), (0.5, 2, 3), (0.3, 10, 20), (0.9, 5, 0.5), (0.999, 500, 0.5), (1e-6, 3, 4)]
    return {
        "normalCdf": [{"z": z, "p": agreed(mpmath.ncdf(z), stats.norm.cdf(z))} for z in zs],
        "studentTCdf": [{"t": t, "df": df, "p": agreed(student_t(t, df), stats.t.cdf(t, df))} for df in dfs for t in ts],
        "logGamma": [{"x": x, "value": agreed(mpmath.loggamma(x), special.gammaln(x))} for x in gammas],
        "logBeta": [{"a": a, "b": b, "value": agreed(log_beta(a, b), special.betaln(a, b))} for a, b in betas],
        "incompleteBeta": [
            {"x": x, "a": a, "b": b, "value": agreed(incomplete_beta(a, b, x), special.betainc(a, b, x))}
            for x, a, b in points
        ],
    }


def incomplete_beta(a, b, x):
    return mpmath.betainc(a, b, 0, x, regularized=True)


def log_beta(a, b):
    return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(mpmath.mpf(a) + b)


def student_t(t, df):
    t, df = mpmath.mpf(t), mpmath.mpf(df)
    tail = incomplete_beta(df / 2, mpmath.mpf(1) / 2, df / (df + t * t)) / 2
    return 1 - tail if t > 0 else tail


def agreed(exact, scipys):
    """Returns mpmath's value at 50 digits and checks it with scipy, which is less precise near 0 (2e-9 for t = -1e-8, df = 1)."""
    assert abs(exact - scipys) <= 1e-8 * abs(exact) + 1e-14, (exact, scipys)
    return float(exact)


def harvey_leybourne_newbold(d, h):
    """The test of Harvey, Leybourne and Newbold (1997), implemented from the paper; autocovariances from statsmodels."""
    n = len(d)
    gamma = acovf(d, adjusted=False, demean=True, fft=False, nlag=h - 1)
    v = (gamma[0] + 2 * gamma[1:].sum()) / n
    statistic = np.mean(d) / np.sqrt(v) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return statistic, stats.t.sf(statistic, n - 1)


def diebold_mariano():
    cases = []
    for n, h, shift in [(30, 1, 0.4), (30, 1, -0.4), (45, 3, 0.5), (12, 2, 0.1), (200, 6, 0.2), (40, 1, 3.0)]:
        noise = random.normal(size=n + h)
        d = rounded(shift + np.convolve(noise, np.ones(h) / np.sqrt(h), "valid")[:n])
        statistic, p = harvey_leybourne_newbold(np.array(d), h)
        # Its one-sided alternative is the opposite: that the first forecast is better.
        other, p_other = dieboldmariano.dm_test([0] * n, d, [0] * n, h=h, loss=lambda v, f: f, one_sided=True)
        assert abs(statistic - other) < 1e-9 and abs(p - (1 - p_other)) < 1e-6, (statistic, other, p, p_other)
        cases.append({"differences": d, "horizon": h, "statistic": statistic, "pValue": p})
    return cases


def platt_fit(scores, outcomes):
    """Minimises Platt's objective with scipy to full precision; scikit-learn stops earlier and must agree approximately."""
    s, y = np.array(scores), np.array(outcomes)
    n1, n0 = y.sum(), len(y) - y.sum()
    target = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def loss(ab):
        f = ab[0] * s + ab[1]
        return np.sum(np.logaddexp(0, f) - target * f)

    def gradient(ab):
        excess = special.expit(ab[0] * s + ab[1]) - target
        return np.array([np.sum(excess * s), np.sum(excess)])

    def hessian(ab):
        p = special.expit(ab[0] * s + ab[1])
        curve = p * (1 - p)
        return np.array([[np.sum(curve * s * s), np.sum(curve * s)], [np.sum(curve * s), np.sum(curve)]])

    best = optimize.minimize(loss, [0, 0], jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12})
    sigmoid = calibration._SigmoidCalibration().fit(s, y)
    assert abs(-sigmoid.a_ - best.x[0]) < 1e-2 * abs(best.x[0]) + 1e-3, (sigmoid.a_, best.x)
    return {"scores": scores, "outcomes": outcomes, "slope": best.x[0], "intercept": best.x[1]}


def platt():
    # A removed table used these draws. Without them the numbers below would change.
    random.normal(size=50), random.random(50), random.normal(size=20), random.random(20)
    scores = rounded(random.normal(size=40), 2)
    noisy = [int(v) for v in random.random(40) < special.expit(1.5 * np.array(scores) - 0.5)]
    separated = [int(v > 0.2) for v in scores]
    return [platt_fit(scores, noisy), platt_fit(scores, separated), platt_fit([100 + 10 * s for s in scores], noisy)]


json.dump(
    {
        "versions": {
            **{m.__name__: m.__version__ for m in (np, scipy, sklearn, statsmodels, mpmath)},
            "dieboldmariano": version("dieboldmariano"),
        },
        "descriptive": descriptive(),
        "regression": regression(),
        "classification": classification(),
        "distributions": distributions(),
        "dieboldMariano": diebold_mariano(),
        "platt": platt(),
    },
    sys.stdout,
)
