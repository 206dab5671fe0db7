/** The flow `edition`: writes the daily edition of a forecast. Running it twice changes nothing. */
import { z } from "zod";
import { isMissing } from "../../../shared/api/report-model.ts";
import { editionBefore, findEdition, saveEdition } from "../../../shared/db/editions.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findPublished, findReport, type ReportRow } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { computeEdition, type EditionReport, editionPage } from "../../../shared/reports/edition.ts";
import { editionKey, reportPath } from "../../../shared/reports/keys.ts";
import type { Hub } from "../hub.ts";
import { readReportFeeds } from "../reports/report-feeds.ts";
import type { Flow } from "./flow.ts";

const editionParams = z.object({ forecast: z.string(), date: z.string() });

type EditionEffects = Pick<Hub, "db" | "lake" | "now" | "variables">;

export async function edition(hub: EditionEffects, flow: Flow): Promise<Outcome> {
  const { forecast: id, date } = editionParams.parse(flow.run.params);
  const forecast = findForecast(id);
  if (!forecast) return { state: "failed", reason: `There is no forecast ${id}.`, stats: null };
  const stats = await flow.step("publish", async () => {
    const value = await publishEdition(hub, forecast, date);
    return { value, stats: value };
  });
  return { state: "done", reason: null, stats };
}

/** Writes the files, then the row. A day that has a row is finished. */
async function publishEdition(hub: EditionEffects, forecast: Forecast, date: string) {
  const known = await findEdition(hub.db, forecast.id, date);
  if (known !== null) return { origin: known.origin, revision: known.revision, isNew: known.isNew };
  const current = await findPublished(hub.db, forecast.id);
  const last = await editionBefore(hub.db, forecast.id, date);
  const publishedAt = hub.now().toISOString();
  const model = computeEdition({
    forecast,
    date,
    publishedAt,
    report: current && reportOf(current),
    previous: last && (await previousOf(hub, forecast.id, last)),
    held: await heldOf(hub, forecast),
  });
  const files = [
    ["json", `${JSON.stringify(model)}\n`, "application/json; charset=utf-8"],
    ["html", editionPage(forecast, model), "text/html; charset=utf-8"],
  ] as const;
  for (const [extension, text, contentType] of files) {
    await hub.lake.put(editionKey(forecast.id, date, extension), encodeUtf8(text), { httpMetadata: { contentType } });
  }
  const { origin = null, revision = null } = current ?? {};
  const { isNew } = model;
  await saveEdition(hub.db, { forecast: forecast.id, date, origin, revision, isNew, publishedAt });
  return { origin, revision, isNew };
}

function reportOf({ summary, publishedAt, ...row }: ReportRow): EditionReport {
  const { origin, revision, version } = row;
  const path = reportPath(row);
  return { origin, revision, version, path, publishedAt: publishedAt ?? "", summary: summary ?? [] };
}

interface Named {
  readonly origin: string | null;
  readonly revision: number | null;
}

/** Returns the report that the last edition named; null without one. */
async function previousOf({ db }: EditionEffects, forecast: string, { origin, revision }: Named) {
  if (origin === null || revision === null) return null;
  return findReport(db, { forecast, origin, revision, role: "champion" });
}

async function heldOf(hub: EditionEffects, forecast: Forecast) {
  const feeds = await readReportFeeds(hub, forecast);
  return feeds.flatMap(({ title, held }) => (isMissing(held) ? [] : held.map((one) => ({ ...one, feed: title }))));
}
