/** A report whose flow failed is made again: by the cron tick, and at the request of a person. */
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { flowId } from "../../shared/db/flow-id.ts";
import * as schema from "../../shared/db/schema.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { D1InNode } from "../support/d1-in-node.ts";

/** The parts of `workers/hub` that are used here. Its own types need the types of workerd, which Node's project does not have. */
interface HubModules {
  runTick(hub: object, forecasts: readonly Forecast[], at: Date): Promise<void>;
  requestReportNow(hub: object, forecast: string): Promise<unknown>;
}

const moduleOf = (path: string): Promise<HubModules> =>
  import(new URL(`../../workers/hub/${path}`, import.meta.url).href);

const time = "2026-11-20T12:00:00Z";

interface Story {
  readonly forecast: string;
  /** State of the report. Its flow failed. */
  readonly state: string;
}

function world(stories: readonly Story[]) {
  const d1 = new D1InNode();
  for (const { forecast, state } of stories) {
    const key = `report:${forecast}:2026-11-20:1`;
    d1.exec(`
      INSERT INTO histories (forecast, number, sha256, made_from, made_at, last_period)
        VALUES ('${forecast}', 1, '${"a".repeat(64)}', '${"b".repeat(64)}', '${time}', '2026-11-20');
      INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, predicted_at, published_at)
        VALUES ('${forecast}', '2026-11-20', 'champion', 1, 1, 0, 'request', '${state}', '${time}', '${time}', '${time}');
      INSERT INTO flow_runs (id, kind, key, state, params, reason, created_at)
        VALUES ('${flowId(key)}', 'report', '${key}', 'failed', '{}', 'pages was down', '${time}');`);
  }
  const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
  const launched: string[] = [];
  const workflow = {
    async createBatch([one]: readonly { readonly id: string }[]) {
      if (launched.push(one?.id ?? "") === 1 && stories.length > 1)
        throw new Error("the first Workflow cannot be created");
      return [];
    },
  };
  return { fx: { db, boot: "test", now: () => new Date(time), workflows: { report: workflow } }, launched };
}

test("a person's request starts the failed flow of an unfinished report again", async () => {
  const { fx, launched } = world([{ forecast: "milk-mx", state: "predicted" }]);
  const { requestReportNow } = await moduleOf("actions/request-report.ts");
  expect(await requestReportNow(fx, "milk-mx")).toMatchObject({ ok: true, value: { state: "queued", revision: 1 } });
  expect(launched).toHaveLength(1);
});

test("the flow of a report that failed after publishing starts again, because its messages may be missing", async () => {
  const { fx, launched } = world([{ forecast: "milk-mx", state: "published" }]);
  const { runTick } = await moduleOf("tick.ts");
  await runTick(fx, [], new Date(time));
  await runTick(fx, [], new Date(time));
  expect(launched).toHaveLength(1);
});

test("a report that was overtaken is not made again", async () => {
  const { fx, launched } = world([{ forecast: "milk-mx", state: "overtaken" }]);
  const { runTick } = await moduleOf("tick.ts");
  await runTick(fx, [], new Date(time));
  expect(launched).toEqual([]);
});

test("a report that cannot be continued does not stop the others", async () => {
  const { fx, launched } = world([
    { forecast: "gold", state: "requested" },
    { forecast: "milk-mx", state: "requested" },
  ]);
  const { runTick } = await moduleOf("tick.ts");
  await expect(runTick(fx, [], new Date(time))).rejects.toThrow("the first Workflow cannot be created");
  expect(launched).toHaveLength(2);
});
