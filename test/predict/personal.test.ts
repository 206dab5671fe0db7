/** A forecast about persons needs PERSONAL_TOKEN at every address of predict; other forecasts stay open. */
import { expect, test } from "vitest";
import type { Endpoint } from "../../shared/api/endpoint.ts";
import { predictEndpoints } from "../../shared/api/endpoints/predict.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { type PredictTokens, predictInNode } from "../support/predict-in-node.ts";
import { forecast as milk } from "../support/served.ts";
import { goldModel } from "../support/served-gold.ts";

const { version } = goldModel().card;
const addresses = Object.values<Endpoint>(predictEndpoints).filter(({ path }) => path.includes("{forecast}"));

interface Sent {
  readonly forecast: string;
  readonly bearer?: string;
}

/** Sends a request to every address of a forecast and returns the statuses. */
async function statuses(tokens: PredictTokens, { forecast, bearer }: Sent): Promise<number[]> {
  const answer = await predictInNode({}, { isGoldPersonal: true, ...tokens });
  const found = addresses.map(async ({ method, path, body }) => {
    const headers = {
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      ...(body && { "Content-Type": "application/json" }),
    };
    const filled = path.replace("{forecast}", forecast).replace("{version}", version);
    const example = path.startsWith("/predict") ? { all: true } : { instances: [[1]], inputs: [] };
    const { status } = await answer(filled, { method, headers, ...(body && { body: JSON.stringify(example) }) });
    return status;
  });
  return Promise.all(found);
}

const all = (status: number) => addresses.map(() => status);

test("without the personal token every address of the forecast refuses, with any other token too", async () => {
  expect(addresses.length).toBeGreaterThan(8);
  const personal = { forecast: gold.id };
  expect(await statuses({ personalToken: "p" }, personal)).toEqual(all(401));
  expect(await statuses({ personalToken: "p" }, { ...personal, bearer: "wrong" })).toEqual(all(401));
  expect(await statuses({ personalToken: "p", token: "t" }, { ...personal, bearer: "t" })).toEqual(all(401));
  expect(await statuses({ personalToken: "p", token: "t" }, personal)).toEqual(all(401));
});

test("without the token the answer is the same for a series that exists and for one that does not", async () => {
  for (const headers of [{}, { Authorization: "Bearer wrong" }]) {
    const ask = await predictInNode({}, { isGoldPersonal: true, personalToken: "p" });
    const texts = ["", "?EUR=1", "?none=1", "?Date=2020-01-01", "?Date=never"].map(async (rest) =>
      (await ask(`/predict/${gold.id}${rest}`, { headers })).text(),
    );
    expect(new Set(await Promise.all(texts)).size).toBe(1);
  }
});

test("while no personal token is set, the forecast is closed", async () => {
  expect(await statuses({}, { forecast: gold.id })).toEqual(all(403));
  expect(await statuses({}, { forecast: gold.id, bearer: "p" })).toEqual(all(403));
  expect(await statuses({ token: "t" }, { forecast: gold.id, bearer: "t" })).toEqual(all(403));
});

test("with the personal token the forecast is answered, also where PREDICT_TOKEN is set", async () => {
  for (const tokens of [{ personalToken: "p" }, { personalToken: "p", token: "t" }]) {
    const answered = await statuses(tokens, { forecast: gold.id, bearer: "p" });
    expect(answered.filter((status) => status === 401 || status === 403)).toEqual([]);
    expect(answered).toContain(200);
  }
});

test("public forecasts and probes stay open, and a private answer is not stored by shared caches", async () => {
  const open = await statuses({ personalToken: "p" }, { forecast: milk.id });
  expect(open.filter((status) => status === 401 || status === 403)).toEqual([]);
  const answer = await predictInNode({}, { personalToken: "p", isGoldPersonal: true });
  for (const probe of ["/ping", "/v2/health/ready", "/health"]) expect((await answer(probe)).status).toBe(200);
  const cached = (await answer(`/predict/${gold.id}`, { headers: { Authorization: "Bearer p" } })).headers;
  expect(cached.get("Cache-Control")).toContain("private");
});
