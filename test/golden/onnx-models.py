"""Models that other tools write, with the outputs of onnxruntime. Writes test/fixtures/onnx/*.onnx, each with a .json file:

    python3 -m venv /tmp/onnx-venv && /tmp/onnx-venv/bin/pip install onnx==1.23.2 onnxruntime==1.31.1 scikit-learn==1.9.1 \
      skl2onnx==1.20.0 xgboost==3.2.0 lightgbm==4.7.0 onnxmltools==1.16.0 catboost==1.2.10 numpy==2.4.6 pandas
    /tmp/onnx-venv/bin/python test/golden/onnx-models.py test/fixtures/onnx

The JSON holds `inputs` and `outputs` as {name: {type, dims, data}}, with null for NaN. ZipMap is switched off or left in place;
where it is left in, the probabilities before it are what is expected.
"""

import json
import sys
import tempfile
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import xgboost
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

# skl2onnx 1.20 hands numpy's integers and booleans to onnx, whose newer versions want Python's.
make_attribute = onnx.helper.make_attribute


def make_plain_attribute(key, value, *args, **options):
    if isinstance(value, (list, tuple)):
        value = [int(v) if isinstance(v, (bool, np.bool_, np.integer)) else v for v in value]
    return make_attribute(key, value, *args, **options)


onnx.helper.make_attribute = make_plain_attribute

folder = Path(sys.argv[1])
rng = np.random.default_rng(20261121)
ROWS, COLUMNS = 300, 4
X = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
y = (2 * X[:, 0] - X[:, 1] * X[:, 2] + 0.1 * rng.normal(size=ROWS)).astype(np.float32)
two = (y > 0).astype(np.int64)
three = np.digitize(y, [-1, 1]).astype(np.int64)
names = np.array(["low", "mid", "high"])[three]
holed = X.copy()
holed[rng.random(holed.shape) < 0.15] = np.nan
cities = np.array(["Cancún", "León", "Mérida"])[rng.integers(0, 3, ROWS)]
table = pd.DataFrame({"city": cities, "lag": holed[:, 0], "mean": holed[:, 1], "month": rng.integers(1, 13, ROWS)})
table_types = [
    ("city", StringTensorType([None, 1])),
    ("lag", FloatTensorType([None, 1])),
    ("mean", FloatTensorType([None, 1])),
    ("month", Int64TensorType([None, 1])),
]
table_feed = {
    "city": np.array([["León"], ["Mérida"], ["elsewhere"], ["Cancún"]], dtype=object),
    "lag": np.array([[0.5], [np.nan], [-3], [1e6]], dtype=np.float32),
    "mean": np.array([[np.nan], [np.nan], [0], [-0.25]], dtype=np.float32),
    "month": np.array([[1], [12], [7], [3]], dtype=np.int64),
}
plain_feed = np.vstack([rng.normal(size=(9, COLUMNS)), [[0, 0, 0, 0], [1e6, -1e6, 0.5, 3e38]]]).astype(np.float32)
holed_feed = np.vstack([plain_feed, np.full((1, COLUMNS), np.nan), [[np.nan, 1, np.nan, 0]]]).astype(np.float32)


def skl(model, feed=plain_feed, **options):
    options = {id(model): {"zipmap": False, **options}} if hasattr(model, "predict_proba") else None
    return to_onnx(model, X[:1], options=options, target_opset={"": 17, "ai.onnx.ml": 3}), {"X": feed}


def preprocessing():
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return ColumnTransformer([
        ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ("numbers", numbers, ["lag", "mean"]),
        ("month", "passthrough", ["month"]),
    ])


def skl_table(model):
    pipeline = make_pipeline(preprocessing(), model).fit(table, y)
    return to_onnx(pipeline, initial_types=table_types, target_opset={"": 17, "ai.onnx.ml": 3}), table_feed


def xgb(model, feed=holed_feed):
    return convert_xgboost(model, initial_types=[("X", ToolsFloat([None, COLUMNS]))], target_opset=15), {"X": feed}


def lgb(model, feed=holed_feed, **options):
    given = [("X", ToolsFloat([None, COLUMNS]))]
    return convert_lightgbm(model, initial_types=given, target_opset=15, **options), {"X": feed}


def cat(model, feed=plain_feed):
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        model.save_model(file.name, format="onnx")
        return onnx.load(file.name), {"features": feed}


small = {"n_estimators": 8, "random_state": 0}
trees = {"n_estimators": 8, "max_depth": 3}
leaves = {"n_estimators": 8, "num_leaves": 7, "verbose": -1}
oblivious = {"iterations": 8, "depth": 3, "verbose": 0, "allow_writing_files": False}
binned = {"max_iter": 8, "max_leaf_nodes": 7, "early_stopping": False}
categories = pd.DataFrame({"a": pd.Categorical(rng.integers(0, 6, ROWS)), "b": X[:, 1], "c": X[:, 2], "d": X[:, 3]})
category_feed = plain_feed.copy()
category_feed[:, 0] = [0, 1, 2, 3, 4, 5, 6, -1, 2, 3, 1]

models = {
    "sklearn-random-forest": lambda: skl(RandomForestRegressor(max_depth=5, **small).fit(X, y)),
    "sklearn-random-forest-classifier": lambda: skl(RandomForestClassifier(max_depth=4, **small).fit(X, two)),
    "sklearn-random-forest-three-classes": lambda: skl(RandomForestClassifier(max_depth=4, **small).fit(X, names)),
    "sklearn-decision-tree-classifier": lambda: skl(DecisionTreeClassifier(max_depth=4).fit(X, two)),
    "sklearn-gradient-boosting": lambda: skl(GradientBoostingRegressor(**small).fit(X, y)),
    "sklearn-gradient-boosting-classifier": lambda: skl(GradientBoostingClassifier(**small).fit(X, two)),
    "sklearn-gradient-boosting-three-classes": lambda: skl(GradientBoostingClassifier(**small).fit(X, three)),
    "sklearn-hist-gradient-boosting": lambda: skl(HistGradientBoostingRegressor(**binned).fit(holed, y), holed_feed),
    "sklearn-hist-gradient-boosting-classifier": lambda: skl(HistGradientBoostingClassifier(**binned).fit(holed, two), holed_feed),
    "sklearn-ridge": lambda: skl(make_pipeline(MinMaxScaler(), Ridge()).fit(X, y)),
    "sklearn-logistic": lambda: skl(LogisticRegression().fit(X, two)),
    "sklearn-logistic-three-classes": lambda: skl(LogisticRegression().fit(X, names)),
    "sklearn-neural-network-classifier": lambda: skl(MLPClassifier(hidden_layer_sizes=(5,), activation="tanh", max_iter=500, random_state=0).fit(X, names)),
    "sklearn-neural-network": lambda: skl(make_pipeline(Normalizer(), MLPRegressor(hidden_layer_sizes=(5,), max_iter=500, random_state=0)).fit(X, y)),
    "sklearn-table-ridge": lambda: skl_table(Ridge()),
    "sklearn-table-forest": lambda: skl_table(RandomForestRegressor(max_depth=4, **small)),
    "xgboost": lambda: xgb(xgboost.XGBRegressor(**trees).fit(holed, y)),
    "xgboost-classifier": lambda: xgb(xgboost.XGBClassifier(**trees).fit(holed, two)),
    "xgboost-three-classes": lambda: xgb(xgboost.XGBClassifier(**trees).fit(holed, three)),
    "lightgbm": lambda: lgb(lightgbm.LGBMRegressor(**leaves).fit(holed, y)),
    "lightgbm-classifier": lambda: lgb(lightgbm.LGBMClassifier(**leaves).fit(holed, two), zipmap=False),
    "lightgbm-classifier-zipmap": lambda: lgb(lightgbm.LGBMClassifier(**leaves).fit(holed, two)),
    "lightgbm-three-classes": lambda: lgb(lightgbm.LGBMClassifier(**leaves).fit(holed, three), zipmap=False),
    "catboost": lambda: cat(catboost.CatBoostRegressor(**oblivious).fit(X, y)),
    "catboost-classifier": lambda: cat(catboost.CatBoostClassifier(**oblivious).fit(X, two)),
    "catboost-three-classes": lambda: cat(catboost.CatBoostClassifier(loss_function="MultiClass", **oblivious).fit(X, three)),
    "lightgbm-categories": lambda: lgb(lightgbm.LGBMRegressor(**leaves).fit(categories, y), category_feed),
}

TYPES = {"float32": "float", "int64": "int64", "object": "string", "int32": "int32", "bool": "bool"}


def as_json(array):
    data = [None if isinstance(v, float) and np.isnan(v) else v for v in array.ravel().tolist()]
    return {"type": TYPES[str(array.dtype)], "dims": list(array.shape), "data": data}


def without_zipmap(model):
    """The same model with ZipMap's input in place of its output; onnxruntime's maps are no tensors."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    for node in [node for node in copy.graph.node if node.op_type == "ZipMap"]:
        for output in copy.graph.output:
            if output.name == node.output[0]:
                output.CopyFrom(onnx.helper.make_tensor_value_info(node.output[0], onnx.TensorProto.FLOAT, None))
        copy.graph.node.append(onnx.helper.make_node("Identity", [node.input[0]], [node.output[0]]))
        copy.graph.node.remove(node)
    return copy


def main():
    folder.mkdir(parents=True, exist_ok=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for name, make in models.items():
        model, feeds = make()
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        run = onnxruntime.InferenceSession(without_zipmap(model).SerializeToString(), options)
        results = run.run(None, feeds)
        golden = {
            "by": f"{model.producer_name} {model.producer_version}, onnxruntime {onnxruntime.__version__}",
            "inputs": {key: as_json(value) for key, value in feeds.items()},
            "outputs": {output.name: as_json(value) for output, value in zip(run.get_outputs(), results)},
        }
        (folder / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(name, sorted({node.op_type for node in model.graph.node}), len(model.SerializeToString()))


main()
