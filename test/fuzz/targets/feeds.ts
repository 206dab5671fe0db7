/** Changed files of every feed. */
import { clCentralBank } from "../../../shared/feeds/cl-central-bank.ts";
import { customersCsv } from "../../../shared/feeds/customers-csv.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { goldCsv } from "../../../shared/feeds/gold-csv.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { sniimMilk } from "../../../shared/feeds/sniim-milk.ts";
import { transactionsJson } from "../../../shared/feeds/transactions-json.ts";
import { blockXml, sheetXml, zipOf } from "../../support/raw-workbook.ts";
import { changed, fixtures, mutate, type Tokens } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

/** Checks that a parser returns finite observations and problems with a reason, and never throws. A personal one quotes no address. */
async function checkFeed(feed: Feed, bytes: Uint8Array): Promise<void> {
  const { observations, problems } = await feed.parse(bytes, { name: "a", arrivedAt: "2026-11-29T12:00:00Z" });
  for (const { value, period, variable } of observations) {
    if (!Number.isFinite(value)) throw new Error(`${variable} of ${period} is ${value}`);
    if (!Object.hasOwn(feed.variables, variable)) throw new Error(`${variable} is not a variable of ${feed.id}`);
  }
  if (problems.length > feed.limits.problemsMax + 50) throw new Error(`${problems.length} problems are listed`);
  if (feed.personal && JSON.stringify([observations, problems]).includes("@")) throw new Error("an address is quoted");
  if (observations.length === 0 && problems.length === 0 && bytes.length > 1_000 && feed === sniimMilk)
    throw new Error("nothing was read, and there is no problem");
}

function fileTarget(feed: Feed, files: () => readonly Uint8Array[], tokens: Tokens): FuzzTarget {
  const make = changed(files, tokens);
  return {
    make(chance) {
      const bytes = make(chance);
      return () => checkFeed(feed, bytes);
    },
  };
}

export const csv = fileTarget(goldCsv, () => fixtures("feeds/gold-csv", ".csv"), [
  ",",
  '"',
  "\n",
  "#N/A",
  "1",
  "1.234",
  "1,234",
  "-",
  "e9",
  "12/31/2024",
  " ",
  "\r",
  "9",
  ";",
  "\u00a0",
  "\ufeff",
  "EUR",
]);

export const monthlyCsv = fileTarget(clCentralBank, () => fixtures("feeds/cl-central-bank", ".csv"), [
  ...([",", '"', "\n", ".", "..", "0", "a", "-", "e9", "9", ";", " UTC"] as const),
  ...["101.540.937", "55.059.326", "738", "1.305", "2013-13-01", "2013-02-01 00:00:00 UTC", "PIB"],
]);

export const customers = fileTarget(customersCsv, () => fixtures("feeds/customers-csv", ".csv"), [
  ...([",", '"', "\n", "\r", "9", "-", "1e9", ".", " ", "\ufeff", "\u0000", ";", "true", "West", "a1"] as const),
  ...[
    "customer_id",
    "as_of",
    "synthetic",
    "age",
    "x@example.com",
    "2025-02-29",
    "2025-10-31",
    "9999-12-31",
    "__proto__",
  ],
]);

export const transactions = fileTarget(transactionsJson, () => fixtures("feeds/transactions-json", ".json"), [
  ...(["[", "]", "{", "}", ",", '"', "null", "1e999", "-1", "0", ":", "[[", '{"a":', "\\u0000", "T001"] as const),
  ...["__proto__", "customer_id", "x@example.com", "2025-10-26T02:30:00", "+14:59", "Z", "Completed", "Pending", "EUR"],
]);

const airQuality = findFeed("open-meteo-air-quality");
if (!airQuality) throw new Error("There is no feed open-meteo-air-quality.");

export const json = fileTarget(airQuality, () => fixtures("feeds/open-meteo-air-quality", ".source.json"), [
  ...(["[", "]", "{", "}", ",", '"', "null", "1e999", "-1", ":", "[[", '{"a":', "\\u0000"] as const),
  ...["__proto__", "2026-01-01T00:00", "µg/m³", '"hourly"', "0.0000001"],
]);

/** The XML of a sheet is changed before it is zipped, because a changed zip fails at its checksum. */
const sheetTokens: Tokens = [
  ...([
    "<c>",
    "</c>",
    "<v>",
    "</row>",
    "<row>",
    "<f>1</f>",
    "&#48;",
    "<!--",
    "-->",
    't="s"',
    't="str"',
    "9",
    " ",
  ] as const),
  ...["<is><t>", 'r="A1"', 'r="XFD1048576"', "<mergeCells>", "Estado", "&amp;", "]]>", "46000", "1e308"],
];

export const workbook: FuzzTarget = {
  make(chance) {
    const sheet = sheetXml(blockXml('<c r="C5"><v>23.5</v></c>'));
    const parts: Readonly<Record<string, string>> = { ...bookParts, "xl/worksheets/sheet1.xml": sheet };
    const part = chance.pick([
      "xl/worksheets/sheet1.xml",
      "xl/worksheets/sheet1.xml",
      "xl/sharedStrings.xml",
      "xl/workbook.xml",
    ]);
    const changedPart = mutate(new TextEncoder().encode(parts[part] ?? ""), chance, sheetTokens);
    const zip = zipOf({ ...parts, [part]: new TextDecoder().decode(changedPart) });
    const bytes = chance.below(10) === 0 ? mutate(zip, chance, sheetTokens) : zip;
    return () => checkFeed(sniimMilk, bytes);
  },
};

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const bookParts = {
  "xl/workbook.xml": `<workbook xmlns:r="${office}"><sheets><sheet name="Leche" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  "xl/sharedStrings.xml": "<sst><si><t>Jalisco</t></si><si><t>Precio promedio al consumidor por litro</t></si></sst>",
};
