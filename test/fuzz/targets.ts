/** The fuzz targets by name: good inputs to change, and the checks that every changed input must pass. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Feed } from "../../shared/feeds/feed.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { parseJson } from "../../shared/lib/parse-json.ts";
import { compile } from "../../shared/onnx/compile.ts";
import type { Value } from "../../shared/onnx/evaluate.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { checkStaticBounds } from "../../shared/onnx/static-bounds.ts";
import { blockXml, sheetXml, zipOf } from "../support/raw-workbook.ts";
import { type Chance, inputBytesMax, mutate } from "./inputs.ts";

export interface FuzzTarget {
  /** Makes one random input. */
  make(chance: Chance): Uint8Array;
  /** Throws if the code under test fails a check. */
  check(bytes: Uint8Array): Promise<void> | void;
}

const fixtures = (folder: string, extension: string) =>
  readdirSync(join("test/fixtures", folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => new Uint8Array(readFileSync(join("test/fixtures", folder, name))))
    .filter(({ length }) => length > 0 && length <= inputBytesMax);

/** Checks that a parser returns finite observations and problems with a reason, and never throws. */
async function checkFeed(feed: Feed, bytes: Uint8Array): Promise<void> {
  const { observations, problems } = await feed.parse(bytes, { name: "a", arrivedAt: "2026-11-29T12:00:00Z" });
  for (const { value, period, variable } of observations) {
    if (!Number.isFinite(value)) throw new Error(`${variable} of ${period} is ${value}`);
    if (!Object.hasOwn(feed.variables, variable)) throw new Error(`${variable} is not a variable of ${feed.id}`);
  }
  if (problems.length > feed.limits.problemsMax + 50) throw new Error(`${problems.length} problems are listed`);
  if (observations.length === 0 && problems.length === 0 && bytes.length > 1_000 && feed === sniimMilk)
    throw new Error("nothing was read, and there is no problem");
}

function changed(good: () => readonly Uint8Array[], tokens: readonly [string, ...string[]]): FuzzTarget["make"] {
  let inputs: readonly Uint8Array[] | undefined;
  return (chance) => {
    inputs ??= good();
    return mutate(inputs[chance.below(inputs.length)] ?? new Uint8Array(), chance, tokens);
  };
}

const air = findFeed("open-meteo-air-quality");
if (!air) throw new Error("no feed open-meteo-air-quality");

const csv: FuzzTarget = {
  make: changed(
    () => fixtures("feeds/gold-csv", ".csv"),
    [",", '"', "\n", "#N/A", "1", "1.234", "1,234", "-", "e9", "12/31/2024", " ", "\r", "9"],
  ),
  check: (bytes) => checkFeed(goldCsv, bytes),
};

const json: FuzzTarget = {
  make: changed(
    () => fixtures("feeds/open-meteo-air-quality", ".source.json"),
    [
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "null",
      "1e999",
      "-1",
      ":",
      "[[",
      '{"a":',
      "\\u0000",
      "__proto__",
      "2026-01-01T00:00",
    ],
  ),
  check: (bytes) => checkFeed(air, bytes),
};

/** The XML of a sheet is changed before it is zipped, because a changed zip fails at its checksum. */
const sheetTokens = [
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
  "<is><t>",
  'r="A1"',
  "<mergeCells>",
  "Estado",
] as const;
const workbook: FuzzTarget = {
  make(chance) {
    const sheet = sheetXml(blockXml('<c r="C5"><v>23.5</v></c>'));
    const changedSheet = mutate(new TextEncoder().encode(sheet), chance, [...sheetTokens]);
    const text = new TextDecoder().decode(changedSheet);
    const bytes = zipOf({ ...bookParts, "xl/worksheets/sheet1.xml": text });
    return chance.below(10) === 0 ? mutate(bytes, chance, [...sheetTokens]) : bytes;
  },
  check: (bytes) => checkFeed(sniimMilk, bytes),
};

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const bookParts = {
  "xl/workbook.xml": `<workbook xmlns:r="${office}"><sheets><sheet name="Leche" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  "xl/sharedStrings.xml": "<sst><si><t>Jalisco</t></si><si><t>Precio promedio al consumidor por litro</t></si></sst>",
};

const onnx: FuzzTarget = {
  make: changed(
    () => fixtures("onnx", ".onnx"),
    ["\u0000", "\u0001", "\u007f", "\u0008", "Loop", "Cast", "float", "\u0012\u0002"],
  ),
  check(bytes) {
    const read = readModel(bytes);
    if (!read.ok) return;
    checkStaticBounds(read.value);
    const compiled = compile(read.value);
    if (!compiled.ok) return;
    const program = compiled.value;
    const feeds: Record<string, Value> = Object.create(null);
    for (const { name, type, shape } of program.inputs) {
      const dims = shape.map((size) => size ?? 2);
      const length = dims.reduce((all, size) => all * size, 1);
      if (type === "string") feeds[name] = { type, data: Array(length).fill("a"), dims };
      else if (type === "float") feeds[name] = { type, data: new Float32Array(length), dims };
      else return;
    }
    program.run(feeds);
  },
};

const requests: FuzzTarget = {
  make: changed(
    () =>
      [
        '{"instances":[{"Estado":"Jalisco","Ciudad":"Guadalajara","Fecha":"2026-11-20"}]}',
        '{"inputs":[{"name":"Estado","shape":[1,1],"datatype":"BYTES","data":["Jalisco"]}]}',
        '{"dataframe_split":{"columns":["Date","EUR"],"data":[["2023-10-01",1830.5]]}}',
      ].map((text) => new TextEncoder().encode(text)),
    ["[", "]", "{", "}", ",", '"', "null", "NaN", "1e999", ":", "[[[[", "\\", "__proto__", "constructor", "true"],
  ),
  check(bytes) {
    const limits = { depthMax: 32, valuesMax: 100_000 };
    const parsed = parseJson(new TextDecoder().decode(bytes), limits);
    if (parsed.ok) JSON.stringify(parsed.value);
  },
};

export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = { csv, json, workbook, onnx, requests };
