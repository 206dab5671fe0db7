"""How MLflow's own scoring server reads requests: writes mlflow-server.json.

    python -m venv venv && venv/bin/pip install mlflow==3.17.2 httpx
    venv/bin/python test/golden/mlflow-server.py

Three pyfunc models return the values that they receive. The server is MLflow's FastAPI app, called without a network.
"""
import json
import pathlib
import tempfile
import warnings

import mlflow
import numpy as np
import pandas as pd
from fastapi.testclient import TestClient
from mlflow.models import ModelSignature
from mlflow.pyfunc.scoring_server import init
from mlflow.types import ColSpec, DataType, Schema, TensorSpec

warnings.filterwarnings("ignore")


class Echo(mlflow.pyfunc.PythonModel):
    """Returns each row as a list: texts, numbers (missing is null) and days."""

    def predict(self, context, model_input, params=None):
        if isinstance(model_input, dict):
            model_input = {name: np.ravel(column) for name, column in model_input.items()}
        frame = pd.DataFrame(model_input)
        return [[cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]


def cell(value):
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, str) or value is None:
        return value
    return None if pd.isna(value) else float(value)


place, last = ColSpec(DataType.string, "place"), ColSpec(DataType.double, "last")
date, eur = ColSpec(DataType.datetime, "Date"), ColSpec(DataType.double, "EUR")
models = {"place-last": [place, last], "eur": [eur], "date-eur": [date, eur]}
number = np.dtype("float64")
models["tensor"] = [TensorSpec(number, (-1, 1))]
models["eur-tensor"] = [TensorSpec(number, (-1, 1), "EUR")]


def split(columns, *rows, **more):
    return {"dataframe_split": {"columns": columns, "data": list(rows)}, **more}


requests = [
    ("place-last", "numbers as text", split(["place", "last"], ["a", "1.5"], ["b", "-2e1"])),
    ("place-last", "numbers as text in records", {"dataframe_records": [{"place": "a", "last": "1.5"}]}),
    ("place-last", "numbers as text in inputs", {"inputs": {"place": ["a"], "last": ["1.5"]}}),
    ("place-last", "numbers as text in instances", {"instances": [{"place": "a", "last": "1.5"}]}),
    ("place-last", "numbers as text with spaces", split(["place", "last"], ["a", " 1.5 "])),
    ("place-last", "text that is not a number", split(["place", "last"], ["a", "x"])),
    ("place-last", "text with a thousands separator", split(["place", "last"], ["a", "1,830.5"])),
    ("place-last", "other top-level keys", split(["place", "last"], ["a", 1.5], client="x", version=3)),
    ("place-last", "other top-level keys beside records", {"id": 1, "dataframe_records": [{"place": "a", "last": 1.5}]}),
    ("place-last", "params that are null", split(["place", "last"], ["a", 1.5], params=None)),
    ("place-last", "two forms", {"inputs": {"place": ["a"], "last": [1.5]}, **split(["place", "last"], ["a", 1.5])}),
    ("place-last", "only other keys", {"client": "x"}),
    ("place-last", "a column too many", split(["x", "place", "last"], [0, "a", 1.5])),
    ("place-last", "a missing column", split(["place"], ["a"])),
    ("tensor", "a column of two rows as instances", {"instances": [[1830.5], [1840.5]]}),
    ("tensor", "a column of two rows as inputs", {"inputs": [[1830.5], [1840.5]]}),
    ("eur-tensor", "a named column of two rows", {"inputs": {"EUR": [[1830.5], [1840.5]]}}),
    ("eur-tensor", "instances with a column each", {"instances": [{"EUR": [1830.5]}, {"EUR": [1840.5]}]}),
    ("eur", "a named flat column of two rows", {"inputs": {"EUR": [1830.5, 1840.5]}}),
    ("eur", "a column of two rows in a split", split(["EUR"], [1830.5], [1840.5])),
    ("date-eur", "a day", split(["Date", "EUR"], ["2023-10-02", 1830.5])),
    ("date-eur", "midnight as pandas writes it", split(["Date", "EUR"], ["2023-10-02T00:00:00", 1830.5])),
    ("date-eur", "midnight with milliseconds", split(["Date", "EUR"], ["2023-10-02T00:00:00.000", 1830.5])),
    ("date-eur", "midnight after a space", split(["Date", "EUR"], ["2023-10-02 00:00:00", 1830.5])),
    ("date-eur", "a day and its price in columns", {"inputs": {"Date": ["2023-10-02T00:00:00"], "EUR": [1830.5]}}),
]


def main():
    answers = []
    for model, columns in models.items():
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/model"
            signature = ModelSignature(inputs=Schema(columns))
            mlflow.pyfunc.save_model(path, python_model=Echo(), signature=signature)
            client = TestClient(init(mlflow.pyfunc.load_model(path)), raise_server_exceptions=False)
            for wanted, name, body in requests:
                if wanted != model:
                    continue
                answer = client.post("/invocations", json=body)
                rows = answer.json()["predictions"] if answer.status_code == 200 else None
                answers.append({"model": model, "name": name, "body": body, "status": answer.status_code, "rows": rows})
    out = {"made_by": f"mlflow {mlflow.__version__}, pandas {pd.__version__}", "answers": answers}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out, indent=1) + "\n")


main()
