/** Builds workbooks from hand-written XML that normal tools would not write. */
import * as XLSX from "xlsx";

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const opc = "http://schemas.openxmlformats.org/package/2006";

/** Builds a sheet part from the content of its `sheetData` and the XML after it. */
export function sheetXml(rows: string, after = ""): string {
  return `<worksheet ${main}><sheetData>${rows}</sheetData>${after}</worksheet>`;
}

export interface RawBook {
  /** XML of the sheets by name. Each becomes one part. */
  readonly sheets: Readonly<Record<string, string>>;
  /** Parts to add, or to replace the usual ones. */
  readonly parts?: Readonly<Record<string, string>>;
}

export function rawWorkbook({ sheets, parts = {} }: RawBook): Uint8Array {
  const names = Object.keys(sheets);
  const relations = names.map(
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${office}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  relations.push(`<Relationship Id="styles" Type="${office}/styles" Target="styles.xml"/>`);
  relations.push(`<Relationship Id="strings" Type="${office}/sharedStrings" Target="sharedStrings.xml"/>`);
  const listed = names.map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`);
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const override = (part: string, kind: string) =>
    `<Override PartName="/xl/${part}.xml" ContentType="${type}.${kind}+xml"/>`;
  const content: Record<string, string> = {
    "[Content_Types].xml": `<Types xmlns="${opc}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${override("workbook", "sheet.main")}${override("styles", "styles")}${override("sharedStrings", "sharedStrings")}${names.map((_, index) => override(`worksheets/sheet${index + 1}`, "worksheet")).join("")}</Types>`,
    "_rels/.rels": `<Relationships xmlns="${opc}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook ${main} xmlns:r="${office}"><sheets>${listed.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${opc}/relationships">${relations.join("")}</Relationships>`,
    "xl/styles.xml": `<styleSheet ${main}><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>`,
    "xl/sharedStrings.xml": `<sst ${main}/>`,
    ...Object.fromEntries(names.map((name, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheets[name] ?? ""])),
    ...parts,
  };
  return zipOf(content);
}

export function zipOf(parts: Readonly<Record<string, string>>): Uint8Array {
  const zip = XLSX.CFB.utils.cfb_new();
  for (const [name, text] of Object.entries(parts))
    XLSX.CFB.utils.cfb_add(zip, `/${name}`, new TextEncoder().encode(text));
  return new Uint8Array(XLSX.CFB.write(zip, { type: "array", fileType: "zip", compression: true }));
}

const text = (reference: string, value: string) => `<c r="${reference}" t="str"><v>${value}</v></c>`;

/** Builds rows 1 to 6 of a sheet: one block with Guadalajara in row 5 and the given cell C5. */
export function blockXml(cell: string): string {
  const row = (index: number, cells: string) => `<row r="${index}">${cells}</row>`;
  return [
    row(1, text("A1", "Precio promedio al consumidor por litro de leche (pesos)")),
    row(2, text("A2", "Viernes, 3 de enero de 2025")),
    row(
      3,
      text("A3", "Estado") +
        text("B3", "Ciudad") +
        text("C3", "Leche pasteurizada") +
        text("E3", "Leche ultrapasteurizada"),
    ),
    row(4, text("C4", "Autoservicios") + text("D4", "Tiendas") + text("E4", "Autoservicios") + text("F4", "Tiendas")),
    row(
      5,
      `${text("A5", "Jalisco")}${text("B5", "Guadalajara")}${cell}<c r="D5"><v>21</v></c><c r="E5"><v>22</v></c><c r="F5"><v>23</v></c>`,
    ),
    row(6, text("A6", "Fuente: SNIIM")),
  ].join("");
}
