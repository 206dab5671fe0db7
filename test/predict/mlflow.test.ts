import fc from "fast-check";
import { expect, test } from "vitest";
import { readCsv, writeCsv } from "../../shared/lib/csv.ts";
import { failure } from "../../shared/lib/result.ts";
import { inputsOfTable } from "../../shared/predict/feature-table.ts";
import { readInvocation, readInvocationCsv } from "../../shared/predict/mlflow.ts";
import type { ModelInput } from "../../shared/predict/read-served.ts";
import mlflowServer from "../golden/mlflow-server.json" with { type: "json" };

const wanted: readonly ModelInput[] = [
  { name: "place", declared: { name: "place", kind: "category", dimension: "place" }, categories: new Set(["a"]) },
  { name: "last", declared: { name: "last", kind: "lag", periods: 1 }, categories: null },
];

const isNumber = (name: string) => wanted.some((input) => input.name === name && input.categories === null);

function inputsFrom(body: unknown, text = JSON.stringify(body)) {
  const read = readInvocation(text);
  if (!read.ok) return read.error;
  const inputs = inputsOfTable(read.value, wanted);
  return inputs.ok ? inputs.value : inputs.error;
}

const two = { place: ["a", ""], last: Float32Array.of(1.5, Number.NaN) };

test.each([
  [
    "dataframe_split",
    {
      dataframe_split: {
        columns: ["last", "place"],
        index: [7, 8],
        data: [
          [1.5, "a"],
          [null, null],
        ],
      },
    },
  ],
  [
    "dataframe_split with a column too many",
    {
      dataframe_split: {
        columns: ["x", "last", "place"],
        data: [
          [0, 1.5, "a"],
          [0, null, null],
        ],
      },
    },
  ],
  ["dataframe_records", { dataframe_records: [{ place: "a", last: 1.5 }, { place: null }] }],
  ["instances as objects", { instances: [{ place: "a", last: 1.5 }, { last: "NaN" }] }],
  [
    "instances in the model's order",
    {
      instances: [
        ["a", 1.5],
        [null, null],
      ],
    },
  ],
  ["inputs by column", { inputs: { place: ["a", null], last: [1.5, null] } }],
  ["inputs by column, shaped [N, 1]", { inputs: { place: [["a"], [null]], last: [[1.5], [null]] } }],
  [
    "inputs as rows",
    {
      inputs: [
        ["a", 1.5],
        ["", null],
      ],
    },
  ],
  [
    "params with the value null",
    {
      params: null,
      instances: [
        ["a", 1.5],
        [null, null],
      ],
    },
  ],
  [
    "params",
    {
      params: { x: 1 },
      instances: [
        ["a", 1.5],
        [null, null],
      ],
    },
  ],
])("%s becomes the model's inputs", (_, body) => {
  expect(inputsFrom(body)).toEqual(two);
});

test("CSV becomes the model's inputs: quotes, empty fields and NaN as pandas reads them", () => {
  const read = readInvocationCsv('last,place,x\r\n1.5,"a",1\nNaN,,2\n', isNumber);
  expect(read.ok && inputsOfTable(read.value, wanted)).toMatchObject({ value: two });
});

test("a name with other spaces or another Unicode form is mapped to the model's name; unknown names are unchanged", () => {
  const named: readonly ModelInput[] = [
    {
      name: "place",
      declared: { name: "place", kind: "category", dimension: "place" },
      categories: new Set(["é", "b "]),
    },
  ];
  const names = ["é", "é".normalize("NFD"), " é", "b ", "b", "E"];
  expect(inputsOfTable({ columns: ["place"], rows: names.map((name) => [name]) }, named)).toMatchObject({
    value: { place: ["é", "é", "é", "b ", "b", "E"] },
  });
});

test("Python's NaN is a missing value, except inside text", () => {
  expect(inputsFrom(null, '{"instances": [["NaN \\" NaN", NaN]]}')).toEqual({
    place: ['NaN " NaN'],
    last: Float32Array.of(Number.NaN),
  });
});

test("Python's Infinity is infinite, except inside text", () => {
  expect(inputsFrom(null, '{"instances": [["Infinity \\\\", Infinity], ["-Infinity", -Infinity]]}')).toEqual({
    place: ["Infinity \\", "-Infinity"],
    last: Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  });
});

test.each(["1Infinity", "0.Infinity", "Infinity5", "-Infinity1", "xNaN", "NaN0", "1e-Infinity", "InfinityInfinity"])(
  "%s is not a number",
  (number) => {
    const read = readInvocation(`{"instances": [["a", ${number}]]}`);
    expect(read).toEqual(failure("The body is not JSON."));
  },
);

test.each([
  ["with decimals", "1.5", [1.5]],
  ["with an exponent", "-2.5E-1", [-0.25]],
  ["not hexadecimal", "0x10", /found "0x10", expected a number/],
  ["not with two points", "1.2.3", /found "1.2.3", expected a number/],
])("a number in CSV is read %s", (_, field, expected) => {
  const read = readInvocationCsv(`last,place\n${field},a\n`, isNumber);
  const inputs = read.ok ? inputsOfTable(read.value, wanted) : read;
  if (expected instanceof RegExp) expect(inputs).toMatchObject({ error: expect.stringMatching(expected) });
  else expect(inputs).toMatchObject({ value: { last: Float32Array.from(expected) } });
});

test("inputs of a single row need no lists", () => {
  expect(inputsFrom({ inputs: { place: "a", last: 1.5 } })).toEqual({ place: ["a"], last: Float32Array.of(1.5) });
});

test("a table without rows has no rows", () => {
  expect(inputsFrom({ dataframe_split: { columns: ["last", "place"], data: [] } })).toEqual({
    place: [],
    last: new Float32Array(),
  });
});

test.each([
  ["no form", {}, /exactly one of/],
  ["two forms", { instances: [], inputs: [] }, /Found instances, inputs; expected .* exactly one/],
  ["an unknown form", { dataframe: [] }, /Found dataframe;/],
  ["the name of a form that is inherited", { toString: [] }, /Found toString;/],
  ["a list", [1], /expected a JSON object/],
  ["params that are not an object", { params: 3, instances: [] }, /params/],
  ["a missing column", { dataframe_records: [{ place: "a" }] }, /missing inputs \["last"\]/],
  ["a column twice", { dataframe_split: { columns: ["last", "last"], data: [] } }, /last occurs twice/],
  ["a row that is too short", { instances: [["a"]] }, /Row 0 has 1 values, expected 2/],
  ["columns of different lengths", { inputs: { place: ["a"], last: [1, 2] } }, /last has 2 values, but place has 1/],
  ["text for a number", { instances: [["a", "b"]] }, /Input last, row 0: found "b", expected a number/],
  ["a number with thousands separators", { instances: [["a", "1,830.5"]] }, /found "1,830.5", expected a number/],
  ["a number for text", { instances: [[1, 1]] }, /Input place, row 0: found 1, expected text/],
  [
    "a column by another name",
    { dataframe_records: [{ place: "a", "Last ": 1 }] },
    /missing inputs \["last"\]\. Found unknown columns \["Last "\]\. Did you mean last\?/,
  ],
  ["columns that a semicolon divides", { inputs: { "place;last": ["a;1"] } }, /unknown columns \["place;last"\]\.$/],
  [
    "an index of another length",
    { dataframe_split: { columns: ["last", "place"], index: [0, 1], data: [[1, "a"]] } },
    /dataframe_split: found 2 index values for 1 rows/,
  ],
  ["a column without a name, twice", { dataframe_split: { columns: ["", ""], data: [] } }, /Column "" occurs twice/],
  ["a split without data", { dataframe_split: { columns: ["last"] } }, /dataframe_split: expected columns/],
])("%s is refused with what was expected", (_, body, problem) => {
  expect(inputsFrom(body)).toMatch(problem);
});

/** The inputs of the models of test/golden/mlflow-server.py. Days are read by forecasts of one series: see clients.test.ts. */
const eur: readonly ModelInput[] = [
  { name: "EUR", declared: { name: "EUR", kind: "lag", periods: 1 }, categories: null },
];
const ofModels: Readonly<Record<string, readonly ModelInput[]>> = {
  "place-last": wanted,
  eur,
  tensor: eur,
  "eur-tensor": eur,
};

test.each(mlflowServer.answers.filter(({ model }) => model in ofModels))(
  "$model: $name is read as MLflow's own server reads it",
  ({ model, body, rows }) => {
    const inputs = ofModels[model] ?? [];
    const read = readInvocation(JSON.stringify(body));
    const table = read.ok ? inputsOfTable(read.value, inputs) : read;
    const values = table.ok && rows?.map((_, row) => inputs.map(({ name }) => table.value[name]?.[row]));
    expect(values).toEqual(rows ?? false);
  },
);

test("with refused rows, a row with an invalid value is refused alone", () => {
  const read = readInvocation('{"instances": [["a", 1], ["a", "x"], [3, 2]]}');
  const refused = new Map<number, string>();
  const inputs = read.ok ? inputsOfTable(read.value, wanted, refused) : read;
  expect(inputs).toMatchObject({ ok: true, value: { last: Float32Array.of(1, Number.NaN, 2) } });
  expect([...refused]).toEqual([
    [2, "Input place, row 2: found 3, expected text."],
    [1, 'Input last, row 1: found "x", expected a number or null.'],
  ]);
});

/** Hostile bodies of the maximum size. */
const names = (count: number) => Array.from({ length: count }, (_, at) => `a${at}`);
const object = (keys: readonly string[]) => `{${keys.map((key) => `"${key}":1`).join(",")}}`;

test.each([
  ["a text without an end, full of quotes", `{"${'\\"'.repeat(1_900_000)}`, /not JSON/],
  ["a text without an end after a backslash", `{"${'\\"'.repeat(1_900_000)}\\`, /not JSON/],
  ["a number without an end", `{"instances":[["a","${"1".repeat(3_900_000)}x"]]}`, /expected a number/],
  ["very many columns", `{"inputs":${object(names(9_000))}}`, /missing inputs/],
  ["very many members", `{"inputs":${object(names(300_000))}}`, /an object with more than 10000 members/],
  [
    "very many names",
    `{"dataframe_split":{"columns":${JSON.stringify(names(300_000))},"data":[]}}`,
    /more than 10000 columns/,
  ],
  [
    "very many columns, one twice",
    `{"dataframe_split":{"columns":${JSON.stringify([...names(9_000), "a1"])},"data":[]}}`,
    /a1 occurs twice/,
  ],
  ["very many forms", object(names(9_000)), /Found a0, a1, /],
  [
    "columns of different lengths, with names without end",
    `{"inputs":{"${"a".repeat(1_900_000)}":[1],"${"b".repeat(1_900_000)}":[1,2]}}`,
    /has 2 values/,
  ],
  ["very many lists", `{"inputs":{"a":[${"1,".repeat(200_000)}1]}}`, /found 200001 rows, expected at most 100000/],
  ["very many plain values", `{"instances":[${"1,".repeat(200_000)}1]}`, /found 200001 rows, expected at most 100000/],
  [
    "very many objects",
    `{"instances":[${"{},".repeat(200_000)}{"a":1,"b":1}]}`,
    /found 200001 rows, expected at most 100000 of 2 columns/,
  ],
  [
    "objects that share no name",
    `{"instances":[${names(500)
      .map((name) => object(names(500).map((key) => name + key)))
      .join(",")}]}`,
    /found more than 10000 columns/,
  ],
])("%s is refused in linear time and memory, with a short message", (_, text, problem) => {
  const answer = inputsFrom(null, text);
  expect(answer).toMatch(problem);
  expect(answer.length).toBeLessThan(2_000);
});

test("any text is a table or a failure, never an exception", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(typeof readInvocation(text).ok).toBe("boolean");
      expect(typeof readInvocationCsv(text, isNumber).ok).toBe("boolean");
    }),
  );
});

test("CSV that we write is read back unchanged", () => {
  const field = fc.string({ unit: fc.constantFrom("a", '"', ",", " ", "é"), maxLength: 6 });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { minLength: 1 });
  fc.assert(
    fc.property(table, ([header = [], ...rows]) => {
      expect(readCsv(writeCsv(header, rows))).toEqual({ ok: true, value: [header, ...rows] });
    }),
  );
  expect(readCsv('a,b\n1,"open')).toMatchObject({ ok: false, error: expect.stringContaining("line 2") });
  expect(readCsv("")).toEqual({ ok: true, value: [] });
  expect(readCsv("a,\n\nb")).toEqual({ ok: true, value: [["a", ""], ["b"]] });
});
