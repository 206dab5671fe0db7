/** Reading the track record from the hub, and its place in the report. */
import { beforeEach, describe, expect, test } from "vitest";
import { hubApp } from "../../../workers/hub/http/app.ts";
import { champion, newWorld, take, world } from "./world.ts";

describe("the track record", () => {
  beforeEach(newWorld);

  test("the track record can be read: all periods, one period and the series, and the report shows it", async () => {
    const path = "/forecasts/milk-mx/record";
    await take("01");
    await champion("v1.0");
    await take("03");
    expect(await world.registry.call("GET", path)).toMatchObject({ body: { record: null, periods: [] } });
    expect(await world.registry.call("GET", `${path}/periods/2025-01-06`)).toMatchObject({ status: 404 });
    await take("06");
    expect(await world.registry.call("GET", path)).toMatchObject({
      body: {
        record: { step: 1, set: "series", claim: "no difference shown yet", differing: 0, windows: [{ periods: 1 }] },
        periods: [{ period: "2025-01-06", series: 12, meanAbsoluteError: 21.875, loss: 21.875, baselineLoss: 21.875 }],
        next: null,
      },
    });
    const model = await (await world.registry.hub.lake.get("reports/milk-mx/2025-01-06/r1/report.json"))?.json();
    expect(model).toMatchObject({ record: { publications: 1, from: "2025-01-06", baseline: "naive" } });
    const { body: scores } = await world.registry.call("GET", `${path}/periods/2025-01-06`);
    expect(scores).toMatchObject({ revision: 1, scores: { length: 12 } });
    expect(scores).toHaveProperty("scores.0", {
      series: { Estado: "Jalisco", Ciudad: "Ciudad A", Tipo: "Pasteurizada", Canal: "Autoservicios" },
      ...{ origin: "2025-01-03", step: 1, version: "v1.0", servedBy: "Tiny", counts: "headline" },
      ...{ predicted: 40.5, low90: null, high90: null, actual: 20, error: -20.5, loss: 20.5, baselineLoss: 20.5 },
    });
    expect(await world.registry.call("GET", `${path}/series`)).toMatchObject({
      body: { periods: 1, best: [], worst: [] },
    });
    const csv = await (await hubApp(world.registry.hub).request(`${path}?format=csv`)).text();
    expect(csv.split("\r\n").slice(0, 2)).toEqual([
      "period,series,loss,baseline_loss,mean_absolute_error,exact,covered_50,covered_80,covered_90,covered_95",
      "2025-01-06,12,21.875,21.875,21.875,0,,,,",
    ]);
    expect(await world.registry.call("GET", `${path}?group=stat`)).toMatchObject({
      status: 422,
      body: { field: "group", didYouMean: "state" },
    });
    expect(await world.registry.call("GET", `${path}?step=13`)).toMatchObject({ status: 422, body: { field: "step" } });
  });
});
