"""Runs the Python example of docs/REPORTS.md on messages that Python signs, and writes webhook-example.json.

    python3 test/golden/webhook-example.py

Needs only the standard library. Run it again after an edit of the example.
"""

import base64
import hashlib
import hmac
import json
import platform
import re
import time
from pathlib import Path

root = Path(__file__).parents[2]
document = (root / "docs/REPORTS.md").read_text(encoding="utf-8")
code = re.search(r"```python\n(.*?)```", document, re.S).group(1)
example: dict = {}
exec(code, example)

NOW = 1795199467
time.time = lambda: NOW + 20.5
KEY = bytes(at * 7 % 256 for at in range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
BODY = '{"type":"report.published","data":{"title":"Año 2026"}}'


def signed(at):
    mac = hmac.new(KEY, f"prices:2026-11-20:1.{at}.{BODY}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": "prices:2026-11-20:1",
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


message = signed(NOW)
cases = {
    "a message": (SECRET, message, BODY),
    "several signatures": (SECRET, {**message, "webhook-signature": "v1,AAAA " + message["webhook-signature"]}, BODY),
    "another body": (SECRET, message, BODY.replace("2026", "2027")),
    "another secret": ("whsec_" + base64.b64encode(bytes(32)).decode(), message, BODY),
    "another id": (SECRET, {**message, "webhook-id": "x"}, BODY),
    "an old message": (SECRET, signed(NOW - 600), BODY),
    "another version of signatures": (SECRET, {**message, "webhook-signature": "v2,AAAA"}, BODY),
}
golden = {
    "python": platform.python_version(),
    "codeSha256": hashlib.sha256(code.encode()).hexdigest(),
    "secret": SECRET,
    "message": {"headers": message, "body": BODY},
    "accepted": {name: example["verify"](secret, headers, body.encode()) for name, (secret, headers, body) in cases.items()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
