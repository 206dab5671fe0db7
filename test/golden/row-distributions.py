"""Reference numbers for shared/predict: from the outputs of a model file to the published numbers of a row.

    pip install numpy
    python test/golden/row-distributions.py > test/golden/row-distributions.json && npx biome format --write test/golden/row-distributions.json

The part between the two lines is also in docs/ONNX.md: it needs the file's outputs, the row's last value and scale, and the
`distribution` member of the card or of served.json. It is written from the definitions, with dictionaries.
"""

import json
import sys

# --- docs/ONNX.md
import numpy as np

LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]


def whole(units):
    """Rounds to whole units; halves are rounded up."""
    below = np.floor(units)
    return below + (units - below >= 0.5)


def distribution(form, row, decimals):
    """The next value as {whole units of the published digit: probability}, for example {2350: 0.8, 2375: 0.2}."""
    power = 10.0**decimals
    number = {name: np.asarray(value, dtype=np.float64) for name, value in row.items()}
    least = 1 if form["positive"] else -np.inf
    if form["kind"] == "changes":
        last = whole(number["last"] * power)
        values = last + whole(number["changes"] * power)
        values = np.maximum(values, min(least, last))
        masses = np.maximum(number["change_masses"], 0)
    else:
        errors, counts = np.unique(form["shape"], return_counts=True)
        masses = counts / counts.sum()
        scale = max(number["scale"], 0.5 / power)  # of the feature form["scaledBy"]; 1 if that is null
        centre = number["prediction"] * power
        if form["kind"] == "location-scale":
            values = centre + scale * power * errors
        else:  # symmetric: half of each error below, half above; a little mass makes the prediction the median
            low = min(number["prediction"], number["last"]) * power
            high = max(number["prediction"], number["last"]) * power
            reach = errors * scale * power
            middle = min(0.005, masses[0])
            sides = masses / 2
            sides[0] = (masses[0] - middle) / 2
            values = np.concatenate([low - reach, [centre], high + reach])
            masses = np.concatenate([sides, [middle], sides])
        values = np.maximum(whole(values), least)
    atoms = {}
    for value, mass in zip(values.tolist(), masses.tolist()):
        if mass > 0:
            atoms[value] = atoms.get(value, 0.0) + mass
    total = sum(atoms.values())
    return {value: atoms[value] / total for value in sorted(atoms)}


def quantile(atoms, level):
    """The smallest value whose cumulative probability reaches the level. The median is the quantile of 0.5."""
    below = 0.0
    for value in sorted(atoms):
        below += atoms[value]
        if below >= level - 1e-12:
            return value
    return max(atoms)


def published(probability):
    """A published probability is at least 0.0001 away from 0 and 1."""
    return probability * (1 - 3e-4) + 1e-4


def above(atoms, units):
    """P(value > units)."""
    return published(sum(mass for value, mass in atoms.items() if value > units))
# --- end


def after_gap(atoms, last, periods, positive):
    """The sum of as many independent changes as there are periods since the last value."""
    sums = {0.0: 1.0}
    for _ in range(periods):
        more = {}
        for value, mass in sums.items():
            for other, share in atoms.items():
                to = value + other - last
                more[to] = more.get(to, 0.0) + mass * share
        sums = more
    atoms = {}
    for change, mass in sums.items():
        value = max(last + change, min(1, last)) if positive else last + change
        atoms[value] = atoms.get(value, 0.0) + mass
    return atoms


random = np.random.default_rng(20261130)


def floats(values):
    """float32, as a model file returns them."""
    return [float(np.float32(value)) for value in np.atleast_1d(values)]


def changes_row(decimals, level=None, count=None):
    power = 10.0**decimals
    count = count or int(random.integers(1, 12))
    last = level or round(float(random.uniform(0.5, 60)), decimals)
    # Some are less than half a unit, so that they count as no change.
    sizes = random.choice([0.0, 0.3, 1.0, 5.0, 12.0, 25.0, 50.0], count) * random.choice([-1, 1], count) / power
    masses = random.dirichlet(np.full(count, 0.7))
    masses[random.random(count) < 0.1] = 0
    if masses.sum() == 0:
        masses[0] = 1
    return {"last": last, "prediction": last, "scale": 1.0, "changes": floats(sizes), "change_masses": floats(masses)}


def point_row(decimals, level=None):
    last = level or round(float(random.uniform(5, 60)), decimals)
    prediction = floats(last * random.uniform(0.97, 1.03))[0]
    return {"last": last, "prediction": prediction, "scale": floats(random.uniform(0.02, 2))[0]}


def case(form, row, decimals, periods=1):
    power = 10.0**decimals
    last = float(whole(np.float64(row["last"]) * power))
    if form["kind"] == "changes":
        atoms = distribution(form, row, decimals)
        atoms = after_gap(atoms, last, periods, form["positive"]) if periods > 1 else atoms
    else:
        atoms = distribution(form, {**row, "scale": max(row["scale"], 0.5 / power) * periods**0.5}, decimals)
    quantiles = [quantile(atoms, level) for level in LEVELS]
    down = published(sum(mass for value, mass in atoms.items() if value < last))
    thresholds = [last / power, quantiles[6] / power, quantiles[4] / power - 0.3 / power, 1e6]
    return {
        "form": form,
        "row": row,
        "decimals": decimals,
        "periodsAhead": periods,
        "values": sorted(atoms),
        "masses": [atoms[value] for value in sorted(atoms)],
        "mean": sum(value * mass for value, mass in atoms.items()) / power,
        "quantiles": [value / power for value in quantiles],
        "down": down,
        "same": published(atoms.get(last, 0.0)),
        "above": [[value, above(atoms, round(value * power, 6))] for value in thresholds],
    }


def cases():
    for positive in (True, False):
        form = {"kind": "changes", "positive": positive}
        for decimals in (0, 1, 2, 3):
            for _ in range(3):
                yield case(form, changes_row(decimals), decimals)
            yield case(form, changes_row(decimals, count=4), decimals, periods=int(random.integers(2, 4)))
        # A level far above all others, and one at which falls end at one unit.
        yield case(form, changes_row(2, level=98765.43), 2)
        yield case(form, changes_row(2, level=0.04), 2)
        yield case(form, changes_row(2, level=0.04), 2, periods=3)
        # Only one value is possible.
        yield case(form, {**changes_row(2, count=1), "changes": [0.0]}, 2)
        for kind in ("location-scale", "symmetric"):
            for decimals in (1, 2):
                errors = random.standard_t(4, int(random.integers(3, 12)))
                errors = np.abs(np.where(random.random(errors.size) < 0.4, 0, errors)) if kind == "symmetric" else errors
                by = {"kind": kind, "positive": positive, "scaledBy": "spread", "shape": sorted(errors.tolist())}
                yield case(by, point_row(decimals), decimals)
                yield case(by, point_row(decimals), decimals, periods=2)
                # A series that never changed has no spread: the scale is half a unit.
                yield case(by, {**point_row(decimals), "scale": 0.0}, decimals)
                yield case(by, {**point_row(decimals, level=0.06), "scale": 1.0}, decimals)


result = {"python": sys.version.split()[0], "numpy": np.__version__, "levels": LEVELS, "cases": list(cases())}
json.dump(result, sys.stdout)
