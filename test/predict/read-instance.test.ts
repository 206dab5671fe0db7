import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Refusal } from "../../shared/api/problem.ts";
import { isOfHistory, readInstance } from "../../shared/predict/read-instance.ts";
import type { Row } from "../../shared/predict/row.ts";
import { forecast, historyOf, instanceOf, snapshotOf } from "../support/served.ts";

const snapshot = snapshotOf();
const json = { textNumbers: false };

function rowOf(instance: Record<string, unknown>, options = json): Row {
  const read = readInstance(snapshot, instance, options);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

function refusalOf(instance: Record<string, unknown>): Refusal {
  const read = readInstance(snapshot, instance, json);
  if (read.ok) throw new Error(`the instance was accepted: ${JSON.stringify(read.value)}`);
  return read.error;
}

/** A value for every feature of the history. */
const historyFeatures = Object.fromEntries(
  forecast.features.filter(isOfHistory).map(({ name }, at) => [name, at + 0.5]),
);

describe("a series", () => {
  test("is found by its dimensions, for the next period", () => {
    expect(rowOf(instanceOf(2))).toMatchObject({ position: 2, target: "2026-11-23", hypothetical: false });
  });

  test("that is misspelt is refused with the nearest value that occurs with the preceding dimensions", () => {
    expect(refusalOf(instanceOf(0, { Canal: "Autoservicio" }))).toMatchObject({
      kind: "unprocessable",
      field: "Canal",
      found: "Autoservicio",
      allowed: ["Autoservicios", "Tiendas"],
      didYouMean: "Autoservicios",
      detail: expect.stringContaining("Did you mean Autoservicios?"),
    });
    expect(refusalOf(instanceOf(0, { Ciudad: "Toluca" }))).toMatchObject({
      field: "Ciudad",
      allowed: ["Guadalajara", "Zapopan"],
      detail: expect.stringContaining("of Estado Jalisco"),
    });
    expect(refusalOf(instanceOf(3, { Estado: "Mexico" }))).toMatchObject({ didYouMean: "México" });
  });

  test("that is not named in full is refused with the allowed values", () => {
    const { Ciudad: _, ...rest } = instanceOf(0);
    expect(refusalOf(rest)).toMatchObject({ field: "Ciudad", found: "nothing", allowed: ["Guadalajara", "Zapopan"] });
    expect(refusalOf(instanceOf(0, { Ciudad: null }))).toMatchObject({ field: "Ciudad", found: "nothing" });
  });

  test("is found by differently written names, and answered with the stored names", () => {
    const [México = "", Toluca = ""] = Object.values(instanceOf(3)).map(String);
    const written = { ...instanceOf(3), Estado: México.normalize("NFD"), Ciudad: ` ${Toluca}\u00a0` };
    expect(rowOf(written)).toMatchObject({ position: 3, is: ["México", "Toluca", "Ultrapasteurizada", "Tiendas"] });
    const unseen = instanceOf(0, { Ciudad: "Toluca ", ...historyFeatures });
    expect(rowOf(unseen)).toMatchObject({ position: null, is: ["Jalisco", "Toluca", "Pasteurizada", "Autoservicios"] });
  });

  test("whose name is empty is refused as empty", () => {
    for (const Canal of ["", "  "]) {
      expect(refusalOf(instanceOf(0, { Canal }))).toMatchObject({
        field: "Canal",
        detail: "Canal is empty.",
        allowed: ["Autoservicios", "Tiendas"],
      });
    }
    expect(refusalOf({ "": 1 })).toMatchObject({ detail: "A field has no name." });
  });

  test("is text, not another type", () => {
    expect(refusalOf(instanceOf(0, { Estado: 7 }))).toMatchObject({ field: "Estado", found: "7" });
  });
});

describe("a field", () => {
  test("is found by an alias, with or without accents and capitals", () => {
    const spellings = [
      { día: 23, mes: 11, año: 2026 },
      { dia: 23, Mes: 11, Año: 2026 },
      { DIA: "23", MES: "11", anio: "2026" },
      { dia: 23, mes: 11, ano: 2026, día_semana: "0" },
    ];
    for (const fields of spellings) {
      expect(rowOf(instanceOf(0, fields))).toMatchObject({ target: "2026-11-23", hypothetical: false });
    }
    expect(rowOf({ ...instanceOf(0), precio_LAG1: 3 }).overrides).toEqual(new Map([["Precio_lag1", 3]]));
  });

  test("that occurs under two of its names is refused", () => {
    expect(refusalOf(instanceOf(0, { día: 23, dia: 23 }))).toMatchObject({
      field: "dia",
      detail: "día and dia are the same field.",
    });
  });

  test("that is unknown is refused with the nearest name", () => {
    expect(refusalOf(instanceOf(0, { Precio_lag2: 1 }))).toMatchObject({
      field: "Precio_lag2",
      didYouMean: "Precio_lag1",
      allowed: expect.arrayContaining(["Estado", "anio", "Precio_mean7", "target_period"]),
    });
    expect(refusalOf(JSON.parse('{"__proto__": 1}'))).toMatchObject({ field: "__proto__" });
  });
});

describe("a feature", () => {
  test("that is supplied overrides the history, and null counts as missing", () => {
    expect(rowOf(instanceOf(0, { Precio_lag1: 23.5, Precio_mean7: null })).overrides).toEqual(
      new Map([["Precio_lag1", 23.5]]),
    );
  });

  test.each([["23.5"], [true], [[1]], [1e300]])("is a number that fits, not %j", (value) => {
    expect(refusalOf(instanceOf(0, { Precio_lag1: value }))).toMatchObject({ field: "Precio_lag1" });
  });

  test("that is text instead of a number is shown in quotes", () => {
    expect(refusalOf(instanceOf(0, { Precio_lag1: "23.5" }))).toMatchObject({ found: '"23.5"' });
  });

  test("that is not a number is refused with an example", () => {
    const query = { textNumbers: true };
    const readValue = (value: string) => readInstance(snapshot, instanceOf(0, { Precio_lag1: value }), query);
    expect(refusalOf(instanceOf(0, { Precio_lag1: "23.5" }))).toMatchObject({
      detail: "Precio_lag1 is not a number.",
      expected: "a number without quotes, as in 23.5",
    });
    expect(readValue("23,5")).toMatchObject({
      error: { detail: "Precio_lag1 is not a number.", expected: "a number with a decimal point, as in 23.5" },
    });
    expect(readValue(" ")).toMatchObject({ error: { detail: "Precio_lag1 is empty." } });
    const tooLarge = "Precio_lag1 is out of range.";
    expect(refusalOf(instanceOf(0, { Precio_lag1: -1e39 }))).toMatchObject({ detail: tooLarge, found: "-1e+39" });
    expect(refusalOf(instanceOf(0, JSON.parse('{"Precio_lag1": 1e999}')))).toMatchObject({
      detail: tooLarge,
      found: "Infinity",
    });
    expect(readValue("1e39")).toMatchObject({ error: { detail: tooLarge, found: "1e39" } });
  });

  test("with a very long name is refused with a shortened name", () => {
    const refusal = refusalOf({ ["á".repeat(1_900_000)]: 1 });
    expect(JSON.stringify(refusal).length).toBeLessThan(2_000);
    expect(refusal).not.toHaveProperty("didYouMean");
  });

  test("may be a number written as text in a query", () => {
    const query = { textNumbers: true };
    expect(rowOf(instanceOf(0, { Precio_lag1: "23.5" }), query).overrides).toEqual(new Map([["Precio_lag1", 23.5]]));
    expect(readInstance(snapshot, instanceOf(0, { Precio_lag1: " " }), query)).toMatchObject({ ok: false });
    expect(readInstance(snapshot, instanceOf(0, { Precio_lag1: "0x10" }), query)).toMatchObject({ ok: false });
  });
});

describe("the target", () => {
  test("is the next period if the supplied parts agree with it", () => {
    for (const fields of [{ mes: 11 }, { dia: 23 }, { dia_semana: 0 }, { target_period: "2026-11-23", dia: 23 }]) {
      expect(rowOf(instanceOf(0, fields)).target).toBe("2026-11-23");
    }
  });

  test("is refused if its parts are not a day or disagree, with the expected values", () => {
    expect(refusalOf(instanceOf(0, { dia: 31, mes: 2, anio: 2027 }))).toMatchObject({
      field: "dia",
      found: "2027-2-31",
    });
    expect(refusalOf(instanceOf(0, { mes: 12 }))).toMatchObject({ field: "mes", expected: "11" });
    expect(refusalOf(instanceOf(0, { dia_semana: "4" }))).toMatchObject({
      field: "dia_semana",
      found: "4",
      expected: "0",
    });
    expect(refusalOf(instanceOf(0, { dia: 23, mes: 11, anio: 2026, dia_semana: 1 }))).toMatchObject({ expected: "0" });
    expect(refusalOf(instanceOf(0, { dia_semana: "lunes" }))).toMatchObject({
      expected: expect.stringContaining("Monday = 0"),
    });
    expect(refusalOf(instanceOf(0, { target_period: "23/11/2026" }))).toMatchObject({ field: "target_period" });
    expect(refusalOf(instanceOf(0, { mes: 0 }))).toMatchObject({ expected: "a whole number from 1 to 12" });
  });

  const seed = { día: 1, mes: 8, año: 2025, dia_semana: "4", Precio_lag1: 23.5, Precio_mean7: 23.1 };

  test("of another period is refused with the next period and the features that a hypothesis needs", () => {
    const { Precio_mean7: _, ...less } = seed;
    expect(refusalOf(instanceOf(0, less))).toMatchObject({
      kind: "unprocessable",
      field: "día",
      found: "2025-08-01",
      expected: "2026-11-23",
      allowed: ["2026-11-23"],
      detail: expect.stringMatching(/supply Precio_lag1, Precio_mean7; missing: Precio_mean7\.$/),
    });
  });

  test("of another period is a hypothesis, for the request form of the original service", () => {
    expect(rowOf(instanceOf(0, seed))).toMatchObject({ target: "2025-08-01", hypothetical: true, position: 0 });
    expect(refusalOf(instanceOf(0, { ...seed, Canal: "Autoservicio" }))).toMatchObject({
      didYouMean: "Autoservicios",
    });
  });

  test("of another period needs every feature of the history if the forecast declares so", () => {
    const strict = { ...snapshot, forecast: { ...snapshot.forecast, hypothesisNeeds: "all" as const } };
    expect(readInstance(strict, instanceOf(0, seed), json)).toMatchObject({
      error: { detail: expect.stringMatching(/supply every feature of the history; missing: Precio_lag3, /) },
    });
    expect(readInstance(strict, instanceOf(0, { ...historyFeatures, ...seed }), json)).toMatchObject({
      value: { target: "2025-08-01", hypothetical: true, position: 0 },
    });
  });

  test("is the next period, for the request form of the original service", () => {
    const then = snapshotOf({}, historyOf("2025-07-30"));
    const read = readInstance(then, instanceOf(0, seed), json);
    expect(read).toMatchObject({ ok: true, value: { target: "2025-08-01", hypothetical: false } });
    expect(readInstance(then, instanceOf(0, { ...seed, Canal: "Autoservicio" }), json)).toMatchObject({
      error: { didYouMean: "Autoservicios" },
    });
  });
});

test("a series without a history is a hypothesis if every feature of the history is supplied", () => {
  const unseen = instanceOf(0, { Ciudad: "Toluca", ...historyFeatures });
  expect(rowOf(unseen)).toMatchObject({ position: null, hypothetical: true, target: "2026-11-23" });
  expect(refusalOf({ ...unseen, Ciudad: "Tolucca" })).toMatchObject({ field: "Ciudad", didYouMean: "Toluca" });
});

test("any instance is a row or a refusal that names a field, never an exception", () => {
  const names = [...snapshot.fields.all.map(({ name }) => name), "día", "Estdo", "__proto__", "constructor"];
  const value = fc.oneof(fc.constantFrom("Jalisco", "Guadalajara", "Tiendas", "4", "2026-11-23"), fc.jsonValue());
  const instance = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);
  fc.assert(
    fc.property(instance, fc.boolean(), (fields, isFull) => {
      const read = readInstance(snapshot, isFull ? { ...instanceOf(0), ...fields } : fields, json);
      if (read.ok) expect(read.value.target).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      else expect(read.error).toMatchObject({ field: expect.any(String), found: expect.any(String) });
    }),
  );
});
