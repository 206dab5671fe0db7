"""Counts the content of the real Daily.csv with Python's csv module. Writes gold.json beside this file.

    python3 test/golden/gold.py ../shared/data/gold/Daily.csv
"""

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    header, *rows = list(csv.reader(file))

currencies = {}
for column, code in enumerate(header[1:], start=1):
    cells = [(row[0], row[column]) for row in rows]
    prices = [(date, Decimal(cell.replace(",", ""))) for date, cell in cells if cell != "#N/A"]
    month, day, year = prices[0][0].split("/")
    currencies[code] = {
        "count": len(prices),
        "first": f"{year}-{month.zfill(2)}-{day.zfill(2)}",
        "sum": float(sum(price for _, price in prices)),
        "last": float(prices[-1][1]),
    }

counts = {
    "python": sys.version.split()[0],
    "days": len(rows),
    "notAvailable": sum(cell == "#N/A" for row in rows for cell in row),
    "currencies": currencies,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(counts, indent=1) + "\n")
