/** Reads recorded predictions and the distribution of their inputs. */
import { expect, test } from "vitest";
import { z } from "zod";
import { predictionsPageShape } from "../../shared/api/predictions.ts";
import { readCsv } from "../../shared/lib/csv.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { count, deliver, freshHub, predictionMessage, row, sums, version } from "../support/answered.ts";
import { asAdmin, hub, request } from "../support/hub.ts";

freshHub();

const path = "/forecasts/milk-mx/predictions";
const read = async (search: string) =>
  predictionsPageShape.parse(await (await asAdmin(`${path}?${search}`, {})).json());

async function deliverThreeMessages() {
  const other = row(0, { series: ["Puebla", "Puebla", "Pasteurizada", "Tiendas"] });
  await deliver([
    predictionMessage({ at: "2026-11-20T23:59:59.999Z" }),
    predictionMessage({ answer: "b".repeat(32), at: "2026-11-21T00:00:00.000Z", rows: [other] }),
    predictionMessage({ answer: "c".repeat(32), at: "2026-11-21T13:00:00.000Z", rows: [row(0), row(1), row(2)] }),
  ]);
}

test("reading recorded predictions needs the token, and reading hourly sums does not", async () => {
  expect((await request(path)).status).toBe(401);
  expect((await request(path, { headers: { Authorization: "Bearer wrong" } })).status).toBe(401);
  const closed = await hubApp({ ...hub, adminToken: undefined }).request(path, {
    headers: { Authorization: "Bearer " },
  });
  expect([closed.status, await closed.json()]).toMatchObject([
    403,
    { detail: expect.stringContaining("ADMIN_TOKEN is not set") },
  ]);
  expect((await asAdmin(path, {})).status).toBe(200);
  expect((await request("/forecasts/milk-mx/inputs")).status).toBe(200);
});

test("recorded predictions come newest first, in pages that contain each row exactly once", async () => {
  await deliverThreeMessages();
  const all = await read("");
  expect(all.predictions.map((one) => `${one.answer[0]}${one.position}`)).toEqual(["c0", "c1", "c2", "b0", "a0", "a1"]);
  expect(all.next).toBeNull();
  const paged: unknown[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page = await read(`limit=2${next === "" ? "" : `&cursor=${next}`}`);
    paged.push(...page.predictions);
    next = page.next;
  }
  expect(paged).toEqual(all.predictions);
});

test("a recorded path is stored with the row of its first step, and the steps are not counted as inputs", async () => {
  const probabilities = { down: 0.25, same: 0.5, up: 0.25 };
  const intervals = { interval80: [29, 30] as [number, number], interval95: null };
  const entry = { step: 2, target_period: "2026-11-25", predicted_price: 29.5, expected: 29.4, served_by: "drift" };
  await deliver([predictionMessage({ rows: [row(0, { path: [{ ...entry, ...intervals, probabilities }] })] })]);
  await deliver([predictionMessage({ answer: "b".repeat(32), rows: [row(0)] })]);
  const found = (await read("")).predictions;
  expect(found.map((one) => [one.answer[0], one.targetPeriod, one.path])).toEqual([
    [
      "a",
      "2026-11-23",
      [{ step: 2, target: "2026-11-25", prediction: 29.5, intervals, probabilities, servedBy: "drift" }],
    ],
    ["b", "2026-11-23", null],
  ]);
  const lines = readCsv(await (await asAdmin(`${path}?format=csv`, {})).text());
  const cells = lines.ok ? lines.value.map((line) => line.slice(-2)) : [];
  expect(cells).toEqual([
    ["origin", "path"],
    ["caller", JSON.stringify(found[0]?.path)],
    ["caller", ""],
  ]);
  expect(await count("predictions")).toEqual({ n: 2 });
  const counted = z.array(z.object({ count: z.number() })).parse(await sums());
  expect(new Set(counted.map((one) => one.count))).toEqual(new Set([2]));
});

test("recorded predictions are filtered by time, series and version", async () => {
  await deliverThreeMessages();
  const found = async (search: string) =>
    (await read(search)).predictions.map((one) => `${one.answer[0]}${one.position}`);
  expect(await found("from=2026-11-21")).toEqual(["c0", "c1", "c2", "b0"]);
  expect(await found("from=2026-11-21&to=2026-11-21T00")).toEqual(["b0"]);
  expect(await found("to=2026-11-20")).toEqual(["a0", "a1"]);
  expect(await found("series=Estado=Puebla")).toEqual(["b0"]);
  expect(await found("series=Estado=Puebla&series=Canal=Autoservicios")).toEqual([]);
  expect(await found("version=v0")).toEqual([]);
});

test("recorded predictions are CSV on request, with a link to the next page", async () => {
  await deliverThreeMessages();
  const answer = await asAdmin(`${path}?format=csv&limit=1&series=Estado=Jalisco`, {});
  expect(answer.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  expect(answer.headers.get("Link")).toMatch(/cursor=.*>; rel="next"$/);
  const [header, line] = (await answer.text()).split("\r\n");
  expect(header).toBe(
    "at,requestId,answer,position,version,number,protocol,hypothetical,targetPeriod,prediction,changeProbability,Estado,Ciudad,Tipo,Canal,intervals,features,given,origin,path",
  );
  expect(line).toContain(
    `request-1,${"c".repeat(32)},0,${version},1,predict,false,2026-11-23,29.25,0.125,Jalisco,Guadalajara`,
  );
});

test("a filter with an unknown name is refused, and the refusal lists the existing names", async () => {
  const refused = async (search: string) => {
    const answer = await asAdmin(`${path}?${search}`, {});
    return [answer.status, await answer.json()];
  };
  expect(await refused("series=Estadoo=Puebla")).toMatchObject([422, { didYouMean: "Estado" }]);
  expect(await refused("series=Estado")).toMatchObject([422, { detail: "Estado has no value." }]);
  expect(await refused("from=yesterday")).toMatchObject([422, { field: "from", found: "yesterday" }]);
  expect(await refused("cursor=x")).toMatchObject([400, {}]);
  expect(await refused("sorted=no")).toMatchObject([422, { detail: "There is no parameter sorted.", found: "sorted" }]);
  expect(await refused("serie=a")).toMatchObject([
    422,
    { didYouMean: "series", allowed: ["series", "version", "from", "to", "cursor", "limit", "format", "bom"] },
  ]);
  const limit = "limit: expected a whole number from 1 to 10000";
  for (const found of ["0", "10001", "-1"]) {
    expect(await refused(`limit=${found}`)).toMatchObject([422, { field: "limit", found, detail: limit }]);
  }
  for (const found of ["1.5", "many", "0x10", "1e2", "1e400", "", " 5", "99999999999999999999"]) {
    const sent = encodeURIComponent(found);
    expect(await refused(`limit=${sent}`)).toMatchObject([400, { field: "limit", found, detail: limit }]);
  }
  const detail = "format: expected json or csv";
  expect(await refused("format=xlsx")).toMatchObject([422, { field: "format", found: "xlsx", detail }]);
  expect(await refused("version=v1&version=v2")).toMatchObject([
    422,
    { field: "version", detail: "version is given twice." },
  ]);
  expect((await asAdmin("/forecasts/no-such/predictions", {})).status).toBe(404);
});

test("inputs are listed by version, feature and hour, in pages, as JSON and CSV", async () => {
  await deliverThreeMessages();
  const hours = async (search: string) => {
    const answer = await request(`/forecasts/milk-mx/inputs?${search}`);
    return answer.json<{ inputs: Record<string, unknown>[]; next: string | null }>();
  };
  const all = await hours("");
  expect(all.inputs).toHaveLength(6);
  expect(all.inputs[0]).toEqual({
    version,
    feature: "Estado",
    hour: "2026-11-20T23",
    hypothetical: false,
    bin: "=here",
    count: 2,
  });
  const paged: unknown[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page = await hours(`limit=4${next === "" ? "" : `&cursor=${next}`}`);
    paged.push(...page.inputs);
    next = page.next;
  }
  expect(paged).toEqual(all.inputs);
  expect((await hours(`feature=Estado&from=2026-11-21T13&version=${version}`)).inputs).toMatchObject([
    { bin: "=here", count: 3 },
  ]);
  const csv = await (await request("/forecasts/milk-mx/inputs?format=csv&feature=Estado&to=2026-11-20")).text();
  expect(csv).toBe(
    `version,feature,hour,hypothetical,bin,count\r\n${version},Estado,2026-11-20T23:00,false,'=here,2\r\n`,
  );
});
