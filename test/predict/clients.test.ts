/** Requests that real clients sent are answered as the clients understood them. test/golden/inference-clients.py recorded them. */
import { beforeAll, expect, test } from "vitest";
import { inferAnswerShape, inferenceErrorShape } from "../../shared/api/open-inference.ts";
import { readElements } from "../../shared/predict/binary-tensors.ts";
import openInference from "../fixtures/clients/open-inference.json" with { type: "json" };
import { type Answer, predictInNode } from "../support/predict-in-node.ts";

let ask: Answer;
beforeAll(async () => {
  ask = await predictInNode();
});

interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

function send({ method, path, headers, body }: Recorded): Promise<Response> {
  const stated = Object.entries(headers).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
  return ask(path, { method, headers: stated, ...(method === "POST" && { body: Buffer.from(body, "base64") }) });
}

/** Reads an answer of `infer` as the clients do: the outputs by name, from the JSON or from the bytes after it. */
async function outputsOf(answer: Response): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const length = Number(answer.headers.get("Inference-Header-Content-Length") ?? bytes.length);
  const { outputs } = inferAnswerShape.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))));
  let at = length;
  return Object.fromEntries(
    outputs.map(({ name, datatype, shape, data, parameters }) => {
      if (!parameters) return [name, data];
      const piece = bytes.subarray(at, at + parameters.binary_data_size);
      at += piece.length;
      const read = readElements(piece, datatype, shape[0] ?? 0);
      if (!read.ok) throw new Error(read.error);
      return [name, read.value.map((value) => (Number.isNaN(value) ? null : value))];
    }),
  );
}

test.each(openInference.cases.filter(({ request }) => request.method === "POST"))(
  "$client: $name",
  async ({ request, seen }) => {
    const answer = await send(request);
    if (typeof seen === "object") {
      expect(answer.status).toBe(200);
      expect(await outputsOf(answer)).toEqual(seen);
      return;
    }
    // KServe's client shows the error only for exactly this content type.
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    const { error } = inferenceErrorShape.parse(await answer.json());
    expect(seen).toContain(error);
  },
);

test("the recorded clients sent what makes them special: no Content-Type, and binary data by default", () => {
  const [first] = openInference.cases.filter(({ name }) => name === "infer with its defaults");
  expect(Object.keys(first?.request.headers ?? {})).not.toContain("content-type");
  expect(first?.request.headers).toHaveProperty("inference-header-content-length");
});

const tensors = (value: string) =>
  `{"inputs": [${["Estado", "Ciudad", "Tipo", "Canal"].map((name) => tensor(name, "BYTES", '"x"')).join(", ")}, ${value}]}`;
const tensor = (name: string, datatype: string, data: string) =>
  `{"name": "${name}", "shape": [1, 1], "datatype": "${datatype}", "data": [${data}]}`;

async function infer(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<unknown> {
  const answer = await ask("/v2/models/milk-mx/infer", { method: "POST", body, headers });
  return [answer.status, await answer.json()];
}

test("a body without Content-Type is read as JSON; another type is refused", async () => {
  const bytes = new TextEncoder().encode(tensors(tensor("Precio_lag1", "FP32", "NaN")));
  expect(await infer(bytes, {})).toMatchObject([400, { error: expect.stringMatching(/^input \S+ is missing$/) }]);
  expect(await infer("x=1", { "Content-Type": "application/x-www-form-urlencoded" })).toMatchObject([415, {}]);
  expect(await infer(bytes, { "Content-Encoding": "gzip" })).toMatchObject([415, {}]);
});

test.each([
  ["5", "{}"],
  ["-1", "{}"],
  ["1e0", "{}"],
  ["", "{}"],
])("a JSON length of %j for a body of 2 bytes is refused", async (length, body) => {
  const refused = await infer(new TextEncoder().encode(body), { "Inference-Header-Content-Length": length });
  expect(refused).toMatchObject([400, { error: expect.stringContaining("is not the length of the JSON") }]);
});

test("JSON before binary data that is not UTF-8 is refused", async () => {
  const refused = await infer(Uint8Array.of(0x22, 0xff, 0x22), { "Inference-Header-Content-Length": "3" });
  expect(refused).toMatchObject([400, { error: expect.stringContaining("not UTF-8") }]);
});

test("MLflow: with partial, a row that cannot be answered has null in its place, and the answer names it", async () => {
  const body = JSON.stringify({ dataframe_split: { columns: ["EUR"], data: [[1200], ["much"], [1300]] }, client: "x" });
  const invoke = async (query: string) => {
    const headers = { "Content-Type": "application/json" };
    const answer = await ask(`/invocations/gold${query}`, { method: "POST", body, headers });
    return [answer.status, await answer.json()];
  };
  expect(await invoke("?partial=true")).toEqual([
    200,
    {
      predictions: [expect.any(Number), null, expect.any(Number)],
      errors: [{ row: 1, message: expect.stringContaining("EUR is not a valid observation") }],
    },
  ]);
  expect(await invoke("")).toMatchObject([400, { message: expect.stringContaining("Row 1: EUR") }]);
  expect(await invoke("?partial=maybe")).toMatchObject([400, { message: expect.stringContaining("partial") }]);
});
