"""Writes plain.xlsx again with openpyxl and XlsxWriter.

    python3 -m venv /tmp/xl && /tmp/xl/bin/pip install openpyxl==3.1.5 XlsxWriter==3.3.1
    /tmp/xl/bin/python test/golden/workbooks.py

The copies differ in shared and inline strings, styles, part names and omitted parts. The parser must read each like
plain.xlsx, so its golden file is copied. Their clocks are fixed, so that the same input gives the same cells.
"""

import datetime
import pathlib
import shutil

import openpyxl
import xlsxwriter

folder = pathlib.Path(__file__).parent.parent / "fixtures" / "feeds" / "sniim-milk"
plain = openpyxl.load_workbook(folder / "plain.xlsx")
created = datetime.datetime(2025, 1, 3)


def by_xlsxwriter(name: str, **options: bool) -> None:
    book = xlsxwriter.Workbook(folder / f"{name}.xlsx", options)
    book.set_properties({"created": created})
    price = book.add_format({"num_format": '"$"#,##0.00;[Red]-"$"#,##0.00'})
    sheet = book.add_worksheet("Leche")
    for row in plain["Leche"].iter_rows():
        for cell in row:
            if isinstance(cell.value, (int, float)):
                sheet.write_number(cell.row - 1, cell.column - 1, cell.value, price)
            elif cell.value is not None:
                sheet.write_string(cell.row - 1, cell.column - 1, cell.value)
    book.close()
    shutil.copy(folder / "plain.json", folder / f"{name}.json")


by_xlsxwriter("written-by-xlsxwriter")
by_xlsxwriter("written-by-xlsxwriter-inline", constant_memory=True)
plain.properties.created = plain.properties.modified = created
plain.save(folder / "written-by-openpyxl.xlsx")
shutil.copy(folder / "plain.json", folder / "written-by-openpyxl.json")
