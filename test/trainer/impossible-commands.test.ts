/** Commands that cannot run reject with one sentence and advice, before they need a hub. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { backtest } from "../../trainer/commands/backtest.ts";
import { exportModel } from "../../trainer/commands/export.ts";
import { importModel } from "../../trainer/commands/import.ts";
import { replayForecast } from "../../trainer/commands/replay.ts";
import { simulate } from "../../trainer/commands/simulate.ts";
import { trainForecast } from "../../trainer/commands/train.ts";
import { Failure } from "../../trainer/failure.ts";
import { almanacProgram } from "../../trainer/program.ts";
import { lively, livelyPublication } from "../support/lively.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-impossible-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const { name, bytes } = livelyPublication({ periods: 40 });
const file = fileOf(name, bytes);
const junk = fileOf("Leche03012025.xlsx", new TextEncoder().encode("no workbook"));
const junkText = new TextEncoder().encode("no publication");
const files = (path: string, more: object = {}) => backtest("milk-mx", { files: [path], seed: "1", ...more });

test.each<[string, () => Promise<void>, RegExp]>([
  [
    "an unknown forecast",
    () => trainForecast("milk-xm", { seed: "1" }),
    /^There is no forecast milk-xm; did you mean milk-mx\?$/,
  ],
  [
    "an end of the training data that is no period",
    () => importModel("milk-mx", file, { trainedTo: "soon", producer: "R", seed: "1" }),
    /^--trained-to soon is not a period\. Expected YYYY-MM-DD\.$/,
  ],
  [
    "too few periods",
    () => files(file, { until: lively.dayOf(20) }),
    /^Found 21 periods, but training needs at least 30\. Ingest more history\.$/,
  ],
  [
    "a seed that is no number",
    () => files(file, { seed: "-1.5" }),
    /^--seed -1\.5 is not valid\. Expected a whole number from 0 to 2147483647\.$/,
  ],
  [
    "a file that does not exist",
    () => files(join(folder, "none.xlsx")),
    /none\.xlsx cannot be read: it does not exist\.$/,
  ],
  [
    "a replay with an unknown rule of training",
    () => replayForecast("milk-mx", { files: [file], from: "2024-07-01", retrain: "sometimes" }),
    /^--retrain sometimes is not valid\. Expected every:N, with a number of publications, or never\.$/,
  ],
  [
    "a replay of a file without values",
    () => replayForecast("gold", { files: [fileOf("notes.csv", junkText)], from: "2024-07-01", retrain: "never" }),
    /No value was read from the files/,
  ],
  [
    "a replay into a folder whose name a file has, before it trains",
    () => replayForecast("gold", { files: ["none.csv"], from: "2024-07-01", retrain: "never", out: file }),
    /^The folder .* cannot be written: a file with this name exists\. Choose another with --out DIR\.$/,
  ],
  [
    "an export into a folder whose name a file has, before it trains",
    () => exportModel("gold", { files: ["none.csv"], out: join(file, "below"), seed: "1" }),
    /^The folder .* cannot be written: a file with this name exists\. Choose another with --out DIR\.$/,
  ],
  [
    "a simulation with a seed that is no whole number",
    () => simulate("customers-csv", { out: folder, seed: "1.5" }),
    /^--seed 1\.5 is not valid\. Expected a whole number from 0 to 2147483647\.$/,
  ],
  [
    "a forecast without a name",
    () => trainForecast("", { seed: "1" }),
    /^There is no forecast ""\. There are: milk-mx/,
  ],
  [
    "a simulation of a day that no publisher reaches",
    () => simulate("customers-csv", { out: folder, seed: "1", date: "9999-12-31" }),
    /^--date 9999-12-31 cannot be simulated\. Expected a day from 1995-01-01 to 2199-12-31\.$/,
  ],
  [
    "an empty output folder",
    async () => void (await almanacProgram().parseAsync(["simulate", "customers-csv", "--out", ""], { from: "user" })),
    /^--out is empty\. Expected a folder\.$/,
  ],
  [
    "an empty state folder",
    async () => void (await almanacProgram().parseAsync(["start", "--state", " "], { from: "user" })),
    /^--state is empty\. Expected a folder\.$/,
  ],
  [
    "a replay from a time that is no period",
    () => replayForecast("milk-mx", { files: [file], from: "soon", retrain: "never" }),
    /^--from soon is not a period\. Expected a day such as 2024-07-01, a month or a year\.$/,
  ],
  [
    "a replay of a range without publications",
    () => replayForecast("milk-mx", { files: [file], from: "2099-01-01", retrain: "never" }),
    /^No publication is between 2099-01-01 and the end\. The files contain \d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}\.$/,
  ],
  ["a folder as file", () => files(folder), /cannot be read: it is a folder\.$/],
  [
    "a file without observations",
    () => files(junk),
    /Leche03012025\.xlsx contains no observation of sniim-milk \(.+\)\. See almanac parse/,
  ],
])("%s", async (_, command, message) => {
  const error = await command().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const { message: text } = error as Failure;
  expect(text).toMatch(message);
  expect(text.split("\n")).toHaveLength(1);
});
