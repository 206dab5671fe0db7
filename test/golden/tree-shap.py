"""SHAP values of small random forests, for test/explain. python3 -m venv v && v/bin/pip install shap scikit-learn; v/bin/python tree-shap.py"""
import json
import pathlib

import numpy as np
import shap
import sklearn
from sklearn.ensemble import RandomForestRegressor

random = np.random.default_rng(7)
# Multiples of 1/4: thresholds between them are exact in float32, so both sides take the same branches.
features = np.round(random.normal(size=(200, 4)) * 8) / 4
target = features[:, 0] * 2 + np.where(features[:, 1] > 0, features[:, 2], -1) + random.normal(size=200) * 0.1
model = RandomForestRegressor(n_estimators=3, max_depth=5, random_state=0).fit(features, target)
rows = features[:12]
explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
trees = []
for estimator in model.estimators_:
    tree = estimator.tree_
    is_leaf = tree.children_left < 0
    trees.append({
        "feature": np.where(is_leaf, -1, tree.feature).tolist(),
        "threshold": np.where(is_leaf, 0, tree.threshold).tolist(),
        "left": np.maximum(tree.children_left, 0).tolist(),
        "right": np.maximum(tree.children_right, 0).tolist(),
        "value": np.where(is_leaf, tree.value[:, 0, 0], 0).tolist(),
        "weight": tree.weighted_n_node_samples.tolist(),
    })
golden = {
    "made by": f"shap {shap.__version__}, scikit-learn {sklearn.__version__}",
    "trees": trees,
    "rows": rows.tolist(),
    "expected": float(np.ravel(explainer.expected_value)[0]),
    "contributions": explainer.shap_values(rows).tolist(),
    "predictions": model.predict(rows).tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
