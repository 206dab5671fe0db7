"""Reads a file of the lake by its address with polars, DuckDB and pandas: writes test/fixtures/clients/lake.json.

    python -m venv venv && venv/bin/pip install polars==2.1.0 duckdb==1.5.5 duckdb_extension_httpfs==1.5.5 pandas==2.3.3 pyarrow aiohttp fsspec
    node --import ./test/support/json-modules.ts test/golden/serve-worker.ts hub 8799 &
    venv/bin/python test/golden/lake-clients.py 8799

A proxy in this process records method, path and range of every request. `seen` is the number of rows and the sum of the values.
"""
import http.client
import json
import pathlib
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import duckdb
import pandas as pd
import polars as pl

# The extension comes from PyPI: machines without a network cannot install it.
for extension in pathlib.Path(duckdb.__file__).parents[1].glob("**/httpfs.duckdb_extension"):
    duckdb.sql(f"LOAD '{extension}'")
service = int(sys.argv[1])
recorded = []


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection = http.client.HTTPConnection("127.0.0.1", service)
        connection.request(self.command, self.path, None, headers)
        answer = connection.getresponse()
        content = answer.read()
        wanted = {name.lower(): value for name, value in headers.items() if name.lower() in ("range", "if-match", "if-none-match")}
        recorded.append({"method": self.command, "path": self.path, "headers": wanted, "status": answer.status})
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "date", "keep-alive"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = forward

    def log_message(self, *_):
        pass


proxy = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{proxy.server_port}"
url = f"{base}/feeds/gold-csv/lake/year=2026/part.parquet"
cases = []


def case(client, name, run):
    recorded.clear()
    try:
        rows, total = run()
        seen = {"rows": int(rows), "sum": float(total)}
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
    cases.append({"client": client, "name": name, "requests": list(recorded), "seen": seen})


def of_frame(frame):
    return len(frame), frame["value"].sum()


case(f"polars {pl.__version__}", "scan_parquet", lambda: of_frame(pl.scan_parquet(url).collect()))
case(f"polars {pl.__version__}", "read_parquet", lambda: of_frame(pl.read_parquet(url)))
case(f"pandas {pd.__version__}", "read_parquet", lambda: of_frame(pd.read_parquet(url)))
case(f"duckdb {duckdb.__version__}", "read_parquet", lambda: duckdb.sql(f"SELECT count(*), sum(value) FROM read_parquet('{url}')").fetchall()[0])
case(f"duckdb {duckdb.__version__}", "one column", lambda: duckdb.sql(f"SELECT count(*), sum(value) FROM read_parquet('{url}') WHERE variable = 'EUR'").fetchall()[0])
csv = f"{base}/feeds/gold-csv/observations?format=csv"
case(f"pandas {pd.__version__}", "read_csv", lambda: of_frame(pd.read_csv(csv)))
case(f"duckdb {duckdb.__version__}", "read_csv", lambda: duckdb.sql(f"SELECT count(*), sum(value) FROM read_csv('{csv}')").fetchall()[0])

with tempfile.TemporaryDirectory() as folder:
    for year in (2025, 2026):
        part = pathlib.Path(folder) / f"year={year}" / "month=02"
        part.mkdir(parents=True)
        pl.DataFrame({"value": [1.5]}).write_parquet(part / "part.parquet")
    (pathlib.Path(folder) / "_SUCCESS").touch()
    case(f"polars {pl.__version__}", "scan_parquet of a folder of `almanac lake`", lambda: of_frame(pl.scan_parquet(folder).collect()))
    case(f"pandas {pd.__version__}", "read_parquet of a folder of `almanac lake`", lambda: of_frame(pd.read_parquet(folder)))
    glob = f"{folder}/**/*.parquet"
    typed = f"read_parquet('{glob}', hive_partitioning = true, hive_types = {{'year': INT, 'month': INT}})"
    case(f"duckdb {duckdb.__version__}", "month as an integer", lambda: duckdb.sql(f"SELECT count(*), sum(month) FROM {typed}").fetchall()[0])
    case(f"polars {pl.__version__}", "month as an integer", lambda: (2, pl.scan_parquet(folder).collect()["month"].sum()))
    case(f"pandas {pd.__version__}", "month as an integer", lambda: (2, pd.read_parquet(folder)["month"].astype(int).sum()))

pathlib.Path("test/fixtures/clients/lake.json").write_text(json.dumps({"cases": cases}, indent=1) + "\n")
