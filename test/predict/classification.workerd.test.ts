/** A classification through the predict Worker in workerd. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { artefactKey, servedKey } from "../../shared/registry/keys.ts";
import type { PredictEnv } from "../../workers/predict/service.ts";
import { json, listForecasts, worker } from "../support/predict-worker.ts";
import { airHistory, servableClasses, threshold } from "../support/served-classes.ts";

const bindings = env as unknown as PredictEnv;

beforeAll(async () => {
  const { pointer, model, servedText } = servableClasses();
  await bindings.LAKE.put(artefactKey("sickness", pointer.version, "model.onnx"), model);
  await bindings.LAKE.put(servedKey("sickness", pointer.version, pointer.served?.sha256 ?? ""), servedText);
  await listForecasts();
  await bindings.SNAPSHOTS.put("champion:sickness", JSON.stringify(pointer));
  await bindings.SNAPSHOTS.put("history:sickness", JSON.stringify(airHistory()));
});

/** A new isolate: another file may have loaded milk-mx into the entry of the Worker. */
const ask = worker({ now: () => new Date() });

test("a query answers with and without values", async () => {
  const [plain, given] = await Promise.all(
    ["", "?ozone=90&dust=4&features=true"].map(async (query) => {
      const answer = await ask(`/predict/sickness${query}`);
      expect(answer.status).toBe(200);
      return answer.json();
    }),
  );
  expect(plain).toMatchObject({ target_period: "2024-07-31", threshold, label: expect.stringMatching(/sick|healthy/) });
  expect(given).toMatchObject({ label: "sick", threshold, features: { ozone_max: 90, dust_max: 4 } });
});

test("the original service's MLflow request is answered with probability, label and threshold per row", async () => {
  const columns = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust"];
  const data = [
    [200, 20, 3, 20, 10],
    [200, 20, 3, 90, 10],
  ];
  const answer = await ask("/invocations/sickness", json({ dataframe_split: { columns, data } }));
  expect(await answer.json()).toEqual({
    predictions: [
      { probability: expect.any(Number), label: "healthy", threshold },
      { probability: expect.any(Number), label: "sick", threshold },
    ],
  });
});

test("probes succeed if any forecast can be answered, even if the default one cannot", async () => {
  const statusOf = async (path: string) => (await ask(path)).status;
  expect(await statusOf("/predict")).toBe(503);
  expect(await Promise.all(["/ping", "/v2/health/ready", "/v2/models/sickness/ready"].map(statusOf))).toEqual([
    200, 200, 200,
  ]);
  expect(await statusOf("/v2/models/milk-mx/ready")).toBe(503);
});
