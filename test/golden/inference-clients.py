"""What the clients of Triton and KServe send, and what they understand: writes test/fixtures/clients/open-inference.json.

    python -m venv venv && venv/bin/pip install "tritonclient[http]==2.73.0" kserve==0.21.0
    node --import ./test/support/json-modules.ts test/golden/serve-worker.ts predict 8799 &
    venv/bin/python test/golden/inference-clients.py 8799

A proxy in this process records every request as it was sent. `seen` is what the client returned, or the text of its exception.
"""
import asyncio
import base64
import http.client
import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import numpy as np
import tritonclient.http as triton
from kserve import InferInput, InferenceRESTClient, InferRequest, RESTConfig

service = int(sys.argv[1])
recorded = []


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        recorded.append({"method": self.command, "path": self.path, "headers": headers, "body": base64.b64encode(body).decode()})
        connection = http.client.HTTPConnection("127.0.0.1", service)
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "keep-alive"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = forward

    def log_message(self, *_):
        pass


proxy = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
address = f"127.0.0.1:{proxy.server_port}"
model = "milk-mx"
cases = []


def case(client, name, run):
    recorded.clear()
    try:
        seen = run()
    except Exception as error:  # The clients raise exceptions of many classes.
        seen = f"{type(error).__name__}: {error}".replace(address, "ADDRESS")
    cases.append({"client": client, "name": name, "request": recorded[-1], "seen": seen})


def plain(array):
    return [value.decode() if isinstance(value, bytes) else None if value != value else float(value) for value in np.ravel(array).tolist()]


triton_client = triton.InferenceServerClient(address)
metadata = triton_client.get_model_metadata(model)
texts = [one["name"] for one in metadata["inputs"] if one["datatype"] == "BYTES"]


def column(name, number, dtype):
    """Two rows of an input: known texts, or the given number and half of it."""
    if name in texts:
        return np.array([["Jalisco"], ["México"]], dtype=np.object_)
    return np.array([[number], [number / 2]]).astype(dtype)


datatypes = {np.float32: "FP32", np.float64: "FP64", np.float16: "FP16", np.int64: "INT64", np.int8: "INT8", np.uint16: "UINT16", np.bool_: "BOOL"}


def triton_inputs(number=8, dtype=np.float32, binary=True, skip=()):
    inputs = []
    for one in metadata["inputs"]:
        if one["name"] in skip:
            continue
        data = column(one["name"], number, dtype)
        tensor = triton.InferInput(one["name"], list(data.shape), "BYTES" if one["name"] in texts else datatypes[dtype])
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return inputs


def triton_infer(outputs=None, **options):
    result = triton_client.infer(model, triton_inputs(**options), outputs=outputs, request_id="7")
    return {one["name"]: plain(result.as_numpy(one["name"])) for one in result.get_response()["outputs"]}


case("tritonclient", "is_server_live", triton_client.is_server_live)
case("tritonclient", "is_server_ready", triton_client.is_server_ready)
case("tritonclient", "is_model_ready", lambda: triton_client.is_model_ready(model))
case("tritonclient", "metadata", lambda: [one["name"] for one in triton_client.get_model_metadata(model)["outputs"]])
case("tritonclient", "infer with its defaults", triton_infer)
case("tritonclient", "infer without binary data", lambda: triton_infer(binary=False, outputs=[triton.InferRequestedOutput("prediction", binary_data=False)]))
case("tritonclient", "binary inputs, one output as JSON and one as bytes", lambda: triton_infer(outputs=[triton.InferRequestedOutput("prediction", binary_data=False), triton.InferRequestedOutput("change_probability")]))
for dtype, name in datatypes.items():
    case("tritonclient", f"{name} as bytes", lambda dtype=dtype: triton_infer(dtype=dtype))
case("tritonclient", "missing numbers as bytes", lambda: triton_infer(number=np.nan))
case("tritonclient", "missing numbers as JSON", lambda: triton_infer(number=np.nan, binary=False))
case("tritonclient", "infinite numbers", lambda: triton_infer(number=np.inf))
case("tritonclient", "a missing input", lambda: triton_infer(skip=("Precio_lag1",)))
case("tritonclient", "an unknown model", lambda: triton_client.infer("milk", triton_inputs()))

kserve_client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0))
loop = asyncio.new_event_loop()


def kserve_inputs(binary, number=8, skip=()):
    inputs = []
    for one in metadata["inputs"]:
        if one["name"] in skip:
            continue
        data = column(one["name"], number, np.float32)
        tensor = InferInput(one["name"], list(data.shape), "BYTES" if one["name"] in texts else "FP32")
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return inputs


def kserve_infer(binary, parameters=None, **options):
    request = InferRequest(model, kserve_inputs(binary, **options), request_id="7", parameters=parameters)
    answer = loop.run_until_complete(kserve_client.infer(f"http://{address}", request, model_name=model))
    return {output.name: plain(output.as_numpy()) for output in answer.outputs}


case("kserve", "is_server_live", lambda: loop.run_until_complete(kserve_client.is_server_live(f"http://{address}")))
case("kserve", "is_server_ready", lambda: loop.run_until_complete(kserve_client.is_server_ready(f"http://{address}")))
case("kserve", "is_model_ready", lambda: loop.run_until_complete(kserve_client.is_model_ready(f"http://{address}", model)))
case("kserve", "infer as JSON", lambda: kserve_infer(False))
case("kserve", "infer with binary inputs", lambda: kserve_infer(True))
case("kserve", "infer with binary inputs and outputs", lambda: kserve_infer(True, {"binary_data_output": True}))
case("kserve", "a missing input", lambda: kserve_infer(False, skip=("Precio_lag1",)))

out = {"made_by": f"tritonclient {version('tritonclient')}, kserve {version('kserve')}, numpy {np.__version__}", "cases": cases}
pathlib.Path("test/fixtures/clients/open-inference.json").write_text(json.dumps(out, indent=1) + "\n")
