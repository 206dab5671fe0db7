/** Tests how files of a command are assigned to the feeds of a forecast. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clCentralBank } from "../../shared/feeds/cl-central-bank.ts";
import { clMilkPrice } from "../../shared/feeds/cl-milk-price.ts";
import { clRain } from "../../shared/feeds/cl-rain.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { filesByFeed } from "../../trainer/training/facts.ts";

const arrivedAt = "2026-11-20T12:00:00Z";
const feeds = [clMilkPrice, clRain, clCentralBank];
const folder = mkdtempSync(join(tmpdir(), "almanac-facts-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const write = (name: string, ...lines: readonly string[]) => writeFileSync(at(name), `${lines.join("\n")}\n`);
  write("a.csv", "Anio,Mes,Precio_leche", "2018,Dic,216.55");
  write("b.csv", "date,Coquimbo", "2018-12-01,1.5");
  write("c.csv", "Periodo,Imacec_empalmado", "2013-03-01 00:00:00 UTC,102.796.218");
  write("d.csv", "Anio,Mes,Precio_leche", "2019,Ene,217.1");
  write("other.csv", "x,y", "1,2");
});

test("with one feed every file is assigned to it, with or without its id", async () => {
  expect(await filesByFeed([goldCsv], ["a.csv", "gold-csv=b.csv", "x=y.csv"], arrivedAt)).toEqual([
    { feed: goldCsv, files: ["a.csv", "b.csv", "x=y.csv"] },
  ]);
});

test("with several feeds each file is recognised by its content, in any order", async () => {
  expect(await filesByFeed(feeds, ["d.csv", "c.csv", "b.csv", "a.csv"].map(at), arrivedAt)).toEqual([
    { feed: clMilkPrice, files: [at("d.csv"), at("a.csv")] },
    { feed: clRain, files: [at("b.csv")] },
    { feed: clCentralBank, files: [at("c.csv")] },
  ]);
});

test("a file with the name of its feed is not examined", async () => {
  const named = ["cl-milk-price=x.csv", "cl-rain=y=z.csv", at("c.csv")];
  expect(await filesByFeed(feeds, named, arrivedAt)).toEqual([
    { feed: clMilkPrice, files: ["x.csv"] },
    { feed: clRain, files: ["y=z.csv"] },
    { feed: clCentralBank, files: [at("c.csv")] },
  ]);
});

test("all feeds without a file are named, and so is a file of no feed or of several", async () => {
  await expect(filesByFeed(feeds, [at("a.csv")], arrivedAt)).rejects.toThrow(
    "--files contains no file of: cl-rain (Rain in the regions of Chile), cl-central-bank (Monthly statistics of the central bank of Chile). Add the files, each as FILE or FEED=FILE.",
  );
  await expect(filesByFeed(feeds, [at("other.csv")], arrivedAt)).rejects.toThrow(
    `${at("other.csv")} has observations of none of the feeds: cl-milk-price, cl-rain, cl-central-bank. Write FEED=FILE`,
  );
  await expect(filesByFeed([clRain, { ...clRain, id: "rain-2" }], [at("b.csv")], arrivedAt)).rejects.toThrow(
    `${at("b.csv")} may be of several feeds: cl-rain, rain-2. Write FEED=FILE`,
  );
});
