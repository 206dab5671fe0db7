"""A model that the built-in engine does not support and its outputs in onnxruntime. Writes test/fixtures/onnx-outside/*.onnx with a .json beside it:

    python3 -m venv /tmp/onnx-venv && /tmp/onnx-venv/bin/pip install onnx==1.23.2 onnxruntime==1.31.1 scikit-learn==1.9.1 \
      skl2onnx==1.20.0 numpy==2.4.6
    /tmp/onnx-venv/bin/python test/golden/onnx-outside.py test/fixtures/onnx-outside

A support vector regression of scikit-learn on the last value and its change, one input of shape [N, 1] each (SVMRegressor).
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
import onnx
import pandas as pd

make_attribute = onnx.helper.make_attribute


def make_plain_attribute(key, value, *args, **options):
    if isinstance(value, (list, tuple)):
        value = [int(v) if isinstance(v, (bool, np.bool_, np.integer)) else v for v in value]
    return make_attribute(key, value, *args, **options)


# skl2onnx 1.20 passes numpy integers and booleans to onnx, but newer versions of onnx require Python types.
onnx.helper.make_attribute = make_plain_attribute

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(20261121)
last = rng.uniform(15, 40, 80).astype(np.float32)
change = rng.normal(0, 0.3, 80).astype(np.float32)
table = pd.DataFrame({"Precio_lag1": last, "Precio_dif1": change})
model = make_pipeline(
    ColumnTransformer([("numbers", StandardScaler(), ["Precio_lag1", "Precio_dif1"])]),
    SVR(C=100, epsilon=0.05),
).fit(table, last + 0.6 * change)
types = [(name, FloatTensorType([None, 1])) for name in table.columns]
file = convert_sklearn(model, initial_types=types, target_opset={"": 17, "ai.onnx.ml": 3}).SerializeToString()
(folder / "sklearn-svr.onnx").write_bytes(file)
rows = {"Precio_lag1": np.array([[20], [25.5], [39]], np.float32), "Precio_dif1": np.array([[0], [0.5], [-1]], np.float32)}
session = onnxruntime.InferenceSession(file)
[output] = session.get_outputs()
found = session.run(None, rows)[0]
golden = {
    "inputs": {name: values.ravel().tolist() for name, values in rows.items()},
    "outputs": {output.name: found.ravel().tolist()},
}
(folder / "sklearn-svr.json").write_text(json.dumps(golden, indent=1) + "\n")
