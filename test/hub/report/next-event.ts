/** The track record of a forecast of the next event. */
import { beforeAll, describe, expect, test } from "vitest";
import { customers } from "../../../shared/forecasts/customers.ts";
import { hubApp } from "../../../workers/hub/http/app.ts";
import { ingestHere } from "../../support/ingest-here.ts";
import { Registry } from "../../support/registry.ts";
import { eventModel } from "../../support/served-events.ts";
import { newWorld, pages, rows, world } from "./world.ts";

describe("the next event", () => {
  const file = (day: string) => ({
    ...{ feed: "customers-csv", name: `customers_${day}.csv`, isReleased: true },
    bytes: new TextEncoder().encode(
      `customer_id,age,region,signup_date,last_purchase,loyalty_points,synthetic\n1,30,East,2024-01-01,,5,true\n`,
    ),
  });
  const purchases = (month: string, list: readonly (readonly [customer: number, day: string, amount: number])[]) => ({
    ...{ feed: "transactions-json", name: `transactions_${month}.json`, isReleased: true },
    bytes: new TextEncoder().encode(
      JSON.stringify(
        list.map(([customer, day, amount]) => ({
          ...{ transaction_id: `T${customer}-${day}`, customer_id: customer, amount, currency: "USD" },
          ...{ timestamp: `${month}-${day}T10:00:00Z`, payment_method: "PayPal", status: "Completed" },
        })),
      ),
    ),
  });
  const record = async () => (await world.registry.call("GET", "/forecasts/customers/record")).body;

  beforeAll(async () => {
    await newWorld();
    world.registry = new Registry({ pages, now: () => world.now }, customers);
    const { model, card } = eventModel();
    await world.registry.uploadBoth({ model, card });
    expect(await world.registry.register({ model, card })).toMatchObject({ status: 201 });
    await world.registry.promote(card.version, { why: "a test", force: true });
  });

  const take = async (...files: readonly Parameters<typeof ingestHere>[1][]) => {
    for (const one of files) expect(await ingestHere(world.registry.hub, one)).toMatchObject({ state: "done" });
  };

  test("is compared with the first batch after the last one, also months later, and until then the prediction is open", async () => {
    await take(
      file("2025-01-31"),
      purchases("2025-01", [
        [1, "05", 400],
        [2, "20", 100],
        [3, "31", 100],
      ]),
    );
    expect(await record()).toMatchObject({
      ...{ record: null, periods: [] },
      open: { predictions: 3, since: "2025-01-31", origin: "2025-01-31" },
    });
    await take(
      file("2025-02-28"),
      purchases("2025-02", [
        [1, "10", 500],
        [1, "11", 500],
        [9, "28", 50],
      ]),
    );
    expect(await record()).toMatchObject({
      periods: [{ period: "2025-02-10", series: 1 }],
      open: { predictions: 4, since: "2025-01-31", origin: "2025-02-28" },
    });
    await take(
      file("2025-04-30"),
      purchases("2025-04", [
        [1, "01", 20],
        [2, "30", 350],
      ]),
    );
    const { periods, open } = await record();
    expect(periods).toMatchObject([
      { period: "2025-02-10", series: 1 },
      { period: "2025-04-01", series: 1 },
      { period: "2025-04-30", series: 1 },
    ]);
    expect(open).toEqual({ predictions: 4, since: "2025-01-31", origin: "2025-04-30" });
    const { body } = await world.registry.call("GET", "/forecasts/customers/record/periods/2025-04-30");
    expect(body).toMatchObject({
      scores: [{ series: { customer_id: "2" }, origin: "2025-01-31", counts: "headline", actual: 1 }],
    });
    expect(await rows()).toMatchObject(
      ["2025-01-31", "2025-02-28", "2025-04-30"].map((origin) => ({ origin, counts: "headline" })),
    );
    const model = await (await world.registry.hub.lake.get("reports/customers/2025-04-30/r1/report.json"))?.json();
    expect(model).toMatchObject({
      ...{ open: { predictions: 4, since: "2025-01-31" }, record: { publications: 3 } },
      feeds: [{ id: "transactions-json" }, { id: "customers-csv", simulated: true }],
    });
    expect(model).not.toHaveProperty("feeds.0.simulated");
    const headers = { Authorization: "Bearer test-token" };
    const csv = await hubApp(world.registry.hub).request("/reports/customers/latest.csv", { headers });
    expect(csv.headers.get("Content-Disposition")).toContain('"synthetic-customers-2025-04-30-r1.csv"');
    const { body: feeds } = await world.registry.call("GET", "/feeds");
    expect(JSON.stringify(feeds).match(/"simulated":true/g)).toHaveLength(1);
  });

  test("a purchase that a later file completes is scored on its day, and the one after it then was not predicted", async () => {
    await take(file("2025-05-31"), purchases("2025-05", [[3, "30", 20]]));
    const scored = async () => ((await record()).periods as { period: string }[]).map(({ period }) => period);
    expect(await scored()).toContain("2025-05-30");
    await take(purchases("2025-05", [[3, "04", 90]]));
    expect(await scored()).toContain("2025-05-04");
    expect(await scored()).not.toContain("2025-05-30");
    expect(await world.registry.call("GET", "/forecasts/customers/record/periods/2025-05-30")).toMatchObject({
      status: 404,
    });
  });
});
