/** The monthly feeds of Chile: the real files are read completely, and damaged files never give a fact that is not in them. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clCentralBank } from "../../shared/feeds/cl-central-bank.ts";
import { clMilkPrice } from "../../shared/feeds/cl-milk-price.ts";
import { clRain } from "../../shared/feeds/cl-rain.ts";
import type { Feed, Parsed } from "../../shared/feeds/feed.ts";
import { countReasons } from "../../shared/feeds/hold.ts";
import { parsePublication } from "../../shared/feeds/parse-publication.ts";
import { compact, goldenArrival } from "../support/golden.ts";

const parse = (feed: Feed, content: string | Uint8Array): Promise<Parsed> =>
  parsePublication(feed, typeof content === "string" ? new TextEncoder().encode(content) : content, {
    name: "file.csv",
    arrivedAt: goldenArrival,
  });

const real = "../shared/data/milk-cl";
const isHere = existsSync(real);
if (!isHere) console.log(`skipped: the real files of Chile are read from ${real}, which is not there`);

describe.skipIf(!isHere)("the real files", () => {
  test("prices and rain are read completely", async () => {
    const prices = await parse(clMilkPrice, readFileSync(`${real}/precio_leche.csv`));
    expect(prices.problems).toEqual([]);
    expect(prices.observations.length).toBe(480);
    expect(prices.observations.at(0)).toMatchObject({ period: "1979-01", value: 3.85 });
    expect(prices.observations.at(-1)).toMatchObject({ period: "2018-12", value: 216.55 });
    const rain = await parse(clRain, readFileSync(`${real}/precipitaciones.csv`));
    expect(rain.problems).toEqual([]);
    expect(rain.observations.length).toBe(480 * 8);
  });

  test("the numbers of the central bank agree with each other: sectors add up to the economy, and workers to all workers", async () => {
    const { observations, problems, skipped } = await parse(clCentralBank, readFileSync(`${real}/banco_central.csv`));
    expect(countReasons(problems)).toEqual({ "no-number": 17, "ambiguous-number": 4 });
    expect(skipped).toEqual({ empty: 36_907, repeated: 83 });
    const by = new Map(observations.map(({ variable, period, value }) => [`${variable} ${period}`, value]));
    const months = [...new Set(observations.map(({ period }) => period))].filter((period) => period >= "2013-03");
    const names = Object.keys(clCentralBank.variables);
    const workers = names.filter((name) => name.startsWith("Ocupacion_en_"));
    let sums = 0;
    for (const month of months) {
      const parts = workers.map((name) => by.get(`${name} ${month}`));
      // A rejected part is at most 0.1 % of the workers.
      const sum = parts.reduce((total: number, part) => total + (part ?? 0), 0);
      if (parts.filter((part) => part === undefined).length > 1) continue;
      expect(sum / (by.get(`Ocupados ${month}`) ?? Number.NaN)).toBeCloseTo(1, 1);
      const taxes = by.get(`Impuesto_al_valor_agregado ${month}`) ?? Number.NaN;
      const duties = by.get(`Derechos_de_Importacion ${month}`) ?? Number.NaN;
      const atCost = by.get(`PIB_a_costo_de_factores ${month}`) ?? Number.NaN;
      expect((atCost + taxes + duties) / (by.get(`PIB ${month}`) ?? Number.NaN)).toBeCloseTo(1, 1);
      sums++;
    }
    expect(sums).toBeGreaterThan(60);
    expect(by.get("PIB_Agropecuario_silvicola 2014-01")).toBe(550.59326);
    expect(by.get("Precio_de_la_onza_troy_de_oro_dolaresoz 2013-03")).toBe(1593.6);
    expect(by.get("Tipo_de_cambio_del_dolar_observado_diario 1982-08")).toBe(57.8047059);
  });
});

const files: readonly (readonly [Feed, readonly string[]])[] = [
  [clMilkPrice, ["Anio,Mes,Precio_leche", "2018,Jul,215.02", "2018,Ago,216.55", "2018,Sep,214.98", "2018,Oct,220.02"]],
  [clRain, ["date,Coquimbo,Maule", "2018-07-01,12.25,101.55", "2018-08-01,3.25,99.15", "2018-09-01,0.15,54.35"]],
  [
    clCentralBank,
    [
      "Periodo,Imacec_empalmado,Precio_de_la_onza_troy_de_oro_dolaresoz",
      "2013-02-01 00:00:00 UTC,976.113.405,1627.59",
      "2013-03-01 00:00:00 UTC,102.796.218,1593.62",
      "2013-04-01 00:00:00 UTC,101.664.842,1485.03",
    ],
  ],
];

describe.each(files.map(([feed, lines]) => [feed.id, feed, lines] as const))("%s", (_, feed, lines) => {
  test("a file that is cut off anywhere gives no fact that the complete file does not give", async () => {
    const whole = lines.join("\n");
    const facts = new Set(compact(await parse(feed, whole)).observations);
    expect(facts.size).toBe((lines.length - 1) * ((lines[0]?.split(",").length ?? 0) - (feed === clMilkPrice ? 2 : 1)));
    const second = whole.indexOf("\n", whole.indexOf("\n") + 1);
    for (let length = second + 1; length < whole.length; length++)
      for (const fact of compact(await parse(feed, whole.slice(0, length))).observations)
        expect(facts, whole.slice(0, length)).toContain(fact);
  });

  test("the order of the lines does not change the result", async () => {
    const [header = "", ...rows] = lines;
    const expected = compact(await parse(feed, `${lines.join("\n")}\n`));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
        expect(compact(await parse(feed, `${[header, ...shuffled].join("\n")}\n`))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test("a month that has not begun at the arrival is rejected", async () => {
    const [header = "", row = ""] = lines;
    const later = row.replace(/^\d{4}/, "2027");
    const { observations, problems } = await parse(feed, `${header}\n${row}\n${later}\n`);
    expect(observations.every(({ period }) => period < "2027")).toBe(true);
    expect(countReasons(problems)["future-period"]).toBe(1);
  });
});
