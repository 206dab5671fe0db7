/** Changed requests of every protocol: bodies, addresses and headers. No answer may be an internal error. */
import { readFileSync } from "node:fs";
import { hubInNode, hubToken, lakeFile } from "../../support/hub-in-node.ts";
import { type Answer, predictInNode } from "../../support/predict-in-node.ts";
import { instanceOf } from "../../support/served.ts";
import { type Chance, mutate, type Tokens } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

const utf8 = new TextEncoder();
const tokens: Tokens = [
  ...([
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "null",
    "NaN",
    "Infinity",
    "1e999",
    ":",
    "[[[[",
    "\\",
    "true",
    "-1",
    "0",
  ] as const),
  ...[
    "__proto__",
    "constructor",
    "\n",
    "\u0000",
    "=1+1",
    "%00",
    "%",
    "&",
    "=",
    "../",
    "/",
    "?",
    "é",
    "'",
    ";--",
    "9".repeat(40),
  ],
];

/** Changes the body, the address or a header of a good request. */
function changedRequest(good: FuzzRequest, chance: Chance): FuzzRequest {
  const part = chance.below(10);
  const text = (value: string) => new TextDecoder().decode(mutate(utf8.encode(value), chance, tokens)).slice(0, 8_000);
  if (good.body !== null && part < 7) return { ...good, body: Uint8Array.from(mutate(good.body, chance, tokens)) };
  const names = Object.keys(good.headers);
  if (part < 9 || names.length === 0) return { ...good, path: `/${text(good.path.slice(1))}` };
  const name = names[chance.below(names.length)] ?? "";
  return { ...good, headers: { ...good.headers, [name]: text(good.headers[name] ?? "") } };
}

/** Returns the request, or null if no client can send it: an address or a header that HTTP does not allow. */
function sendable({ method, path, headers, body }: FuzzRequest): RequestInit | null {
  const init = { method, headers, ...(body !== null && { body }) };
  try {
    new Request(`http://fuzz.test${path}`, init);
    return init;
  } catch {
    return null;
  }
}

function requestTarget(good: readonly [FuzzRequest, ...FuzzRequest[]], start: () => Promise<Answer>): FuzzTarget {
  let answer: Answer | undefined;
  return {
    async prepare() {
      answer ??= await start();
    },
    make(chance) {
      const request = changedRequest(chance.pick(good), chance);
      const init = sendable(request);
      return async () => {
        if (init !== null) await checkAnswer(await answer?.(request.path, init));
      };
    },
  };
}

async function checkAnswer(answer: Response | undefined): Promise<void> {
  if (answer === undefined) throw new Error("the target was not prepared");
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  if (answer.status === 500) throw new Error(`500: ${text}`);
  const type = answer.headers.get("Content-Type") ?? "";
  if (/json/.test(type) && bytes.length > 0) JSON.parse(text);
  // A refusal repeats at most the beginning of a request, in which JSON writes a control character with six bytes.
  if (answer.status >= 400 && bytes.length > 10_000) throw new Error(`${answer.status} has ${bytes.length} bytes`);
}

const jsonType = { "content-type": "application/json" };
const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = jsonType): FuzzRequest => ({
  method: "POST",
  path,
  headers,
  body: utf8.encode(typeof body === "string" ? body : JSON.stringify(body)),
});
const get = (path: string, headers: Readonly<Record<string, string>> = {}): FuzzRequest => ({
  method: "GET",
  path,
  headers,
  body: null,
});

const fieldsOf = (series: number) =>
  Object.fromEntries(Object.entries(instanceOf(series)).map(([name, value]) => [name, String(value)]));
const query = String(new URLSearchParams(fieldsOf(0)));

export const predict = requestTarget(
  [
    get(`/predict/milk-mx?${query}`, { "if-none-match": '"abc"', "x-request-id": "a-1" }),
    get("/predict/gold?Date=2016-12-05&EUR=1200.5&features=true"),
    get("/predict/gold?Date=12/5/2016&explain=true"),
    post("/predict", { instances: [instanceOf(0), instanceOf(1, { Precio_lag1: 24.5 })] }),
    post("/predict/milk-mx?partial=true", { instances: [instanceOf(2), { Estado: "x" }, instanceOf(3)] }),
    post("/predict/milk-mx?explain=true", instanceOf(0, { dia: 23, mes: 11, anio: 2026 })),
    post("/predict/gold", { Date: "2016-12-05T00:00:00", EUR: 1200.5, EUR_dif1: 0.01 }),
    post("/predict/milk-mx", { all: true, from: 0 }),
  ],
  predictInNode,
);

const split = {
  columns: ["Date", "EUR"],
  data: [
    ["2016-12-05", 1830.5],
    ["2016-12-06T00:00:00", "1840.5"],
  ],
};

export const invocations = requestTarget(
  [
    post("/invocations/gold", { dataframe_split: split, params: null }),
    post("/invocations/gold?partial=true", { dataframe_split: split }),
    post("/invocations/gold", { dataframe_records: [{ EUR: 1830.5 }, { Date: "2016-12-05" }] }),
    post("/invocations/gold", '{"inputs": {"EUR": [[1830.5], [NaN]]}}'),
    post("/invocations/gold", { instances: [[1830.5], [1840.5]] }),
    post("/invocations/gold", "Date,EUR\r\n2016-12-05,1200.5\r\n,1100\r\n", {
      "content-type": "text/csv; charset=utf-8",
    }),
    post("/invocations", { dataframe_records: [instanceOf(0, { Precio_lag1: 24.5 })] }),
  ],
  predictInNode,
);

interface RecordedCases {
  readonly cases: readonly { readonly request: Omit<FuzzRequest, "body"> & { readonly body: string } }[];
}

/** Requests that tritonclient and kserve sent, with JSON and with binary data. */
function recordedRequests(): FuzzRequest[] {
  const { cases }: RecordedCases = JSON.parse(readFileSync("test/fixtures/clients/open-inference.json", "utf8"));
  return cases.map(({ request: { method, path, headers, body } }) => ({
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "content-length")),
    body: method === "GET" ? null : Uint8Array.from(Buffer.from(body, "base64")),
  }));
}

export const v2 = requestTarget(
  [get("/v2/models/milk-mx/versions/20261120-aaaaaaaa"), ...recordedRequests()],
  predictInNode,
);

const admin = { authorization: `Bearer ${hubToken}` };

export const hub = requestTarget(
  [
    get("/feeds/gold-csv/observations?series=1&variable=EUR&from=2026-11-01&to=2026-11-20&limit=5&format=csv"),
    get("/feeds/sniim-milk/observations?series=Estado=%3DJalisco&limit=1", { accept: "text/csv" }),
    get("/feeds/gold-csv/observations?cursor=eyJhIjoxfQ&limit=2"),
    get("/feeds/gold-csv/problems?limit=10&reason=bad-number"),
    get(`/feeds/gold-csv/lake/${lakeFile}`, { range: "bytes=0-99", "if-none-match": '"abc"' }),
    get("/feeds/gold-csv"),
    get("/feeds"),
    get("/flows?state=done&kind=ingest&limit=3"),
    get("/flows/f1"),
    get("/models?forecast=gold&stage=champion&limit=2&offset=0"),
    get("/models/gold/compare?a=v1&b=v2"),
    get("/models/gold/20261120-1c0d9f22/card.json"),
    get("/forecasts/gold/champion"),
    get("/forecasts/gold/runs?limit=2"),
    get("/forecasts/gold/predictions?from=2026-11-01&series=1&version=v1&limit=3", admin),
    get("/forecasts/gold/inputs?feature=EUR&from=2026-11-20T10&format=csv"),
    get("/audit?limit=3", admin),
    get("/openapi.json"),
    post("/forecasts/gold/runs", { seed: 1, codeVersion: "x", why: "y" }),
    post("/models/gold/20261120-1c0d9f22/promote", { why: "y" }),
  ],
  hubInNode,
);
