/** The world of the tests of reports: a hub with one forecast, whose reports are rendered in the test. */
import { expect } from "vitest";
import { reportModelShape } from "../../../shared/api/report-model.ts";
import { success } from "../../../shared/lib/result.ts";
import { renderFile } from "../../../shared/reports/report-files.ts";
import type { Hub } from "../../../workers/hub/hub.ts";
import { runTick } from "../../../workers/hub/tick.ts";
import { tinyModel } from "../../support/card.ts";
import { emptyStores } from "../../support/empty-stores.ts";
import { migrate, query } from "../../support/hub.ts";
import { ingestHere } from "../../support/ingest-here.ts";
import { forecast, naive, Registry } from "../../support/registry.ts";
import { publication, someCities } from "../../support/sniim.ts";

/** Renders in the test instead of in the pages Worker. Images need a wasm, which has its own tests. */
export const pages: Hub["pages"] = {
  async render({ model, file, downloads, language, languages }) {
    const options = { language, languages, downloads, rasterize: null };
    return success(renderFile(file, reportModelShape.parse(model), options));
  },
};

const started = "2025-01-03T13:00:00Z";

/** The hub and its clock. Tests replace both. */
export const world = { registry: new Registry({ pages }), now: new Date(started) };

/** Starts with an empty database, and at the same time. */
export async function newWorld(): Promise<void> {
  await emptyStores();
  await migrate();
  world.now = new Date(started);
  world.registry = new Registry({ pages, now: () => world.now });
}

export const fileOf = (days: readonly string[], cities = someCities(3)) => ({
  name: `Leche${days.at(-1)}012025.xlsx`,
  bytes: publication(days.map((day) => ({ day: `2025-01-${day}`, cities }))),
});

/** Ingests a publication with some days of January 2025. */
export async function take(...days: readonly string[]): Promise<void> {
  expect(await ingestHere(world.registry.hub, fileOf(days))).toMatchObject({ state: "done" });
}

/** Makes a version of a baseline the champion. Its predictions have the name that the forecast declares. */
export async function champion(version: string): Promise<void> {
  const { registry } = world;
  const built = tinyModel({ forecast, version, ...naive });
  const model = { ...built, card: { ...built.card, output: forecast.output } };
  await registry.uploadBoth(model);
  expect(await registry.register(model)).toMatchObject({ status: 201 });
  await registry.promote(version, { why: "a test", force: true });
  expect(await registry.champion()).toMatchObject({ version });
}

/** Runs the job of a quarter of an hour. */
export const tick = () => runTick(world.registry.hub, [forecast], world.now);

interface Row {
  readonly origin: string;
  readonly revision: number;
  readonly reason: string;
  readonly state: string;
  readonly counts: string | null;
}

export const rows = async () =>
  (await query("SELECT origin, revision, reason, state, counts FROM reports ORDER BY origin, revision")) as Row[];

export async function keys(prefix: string): Promise<string[]> {
  return (await world.registry.hub.lake.list({ prefix })).objects.map(({ key }) => key);
}

/** The row of the report of 3 January, its folder and its predictions. */
export const published = [
  { origin: "2025-01-03", revision: 1, reason: "publication", state: "published", counts: "headline" },
];
export const folder = "reports/milk-mx/2025-01-03/r1";
export const predictions = "forecasts/milk-mx/origin=2025-01-03/role=champion/revision=1/part.parquet";
