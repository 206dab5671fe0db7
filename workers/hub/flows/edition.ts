/** The flow `edition`: writes the daily edition of a forecast. Running it twice changes nothing. */
import { z } from "zod";
import { readReportModel } from "../../../shared/api/read-report-model.ts";
import { isMissing, type ReportFeed } from "../../../shared/api/report-model.ts";
import { editionBefore, findEdition, saveEdition } from "../../../shared/db/editions.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findPublished, findReport, type ReportRow } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { chooseFile, firstLanguage } from "../../../shared/reports/choose-file.ts";
import {
  computeEdition,
  type EditionInput,
  type EditionReport,
  editionPage,
  type HeldPublication,
} from "../../../shared/reports/edition.ts";
import { feedTitle } from "../../../shared/reports/feed-title.ts";
import { findingsOf } from "../../../shared/reports/findings.ts";
import { editionKey, reportKey, reportPath } from "../../../shared/reports/keys.ts";
import { languagesOf } from "../../../shared/reports/languages.ts";
import { viewOf } from "../../../shared/reports/view.ts";
import { languageOf } from "../../../shared/reports/words/index.ts";
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

/** Writes the files of every language, then the row. A day that has a row is finished. */
async function publishEdition(hub: EditionEffects, forecast: Forecast, date: string) {
  const known = await findEdition(hub.db, forecast.id, date);
  if (known !== null) return { origin: known.origin, revision: known.revision, isNew: known.isNew };
  const current = await findPublished(hub.db, forecast.id);
  const last = await editionBefore(hub.db, forecast.id, date);
  const publishedAt = hub.now().toISOString();
  const day = { forecast, date, publishedAt, previous: last && (await previousOf(hub, forecast.id, last)) };
  const feeds = await readReportFeeds(hub, forecast);
  const languages = languagesOf(forecast);
  const [own, ...others] = await Promise.all(
    languages.map(async (language): Promise<EditionInput> => {
      const report = current && (await reportIn(hub, current, { forecast, language }));
      return { ...day, language, report, held: heldIn(feeds, language), feeds };
    }),
  );
  if (own === undefined) throw new RangeError(`${forecast.id} has no language`);
  await storeEdition(hub, own, null);
  for (const other of others) await storeEdition(hub, other, other.language);
  const { origin = null, revision = null } = current ?? {};
  const { isNew } = computeEdition(own);
  await saveEdition(hub.db, { forecast: forecast.id, date, origin, revision, isNew, publishedAt, languages });
  return { origin, revision, isNew };
}

/** @param language null for the language of the forecast */
async function storeEdition({ lake }: Pick<Hub, "lake">, input: EditionInput, language: string | null): Promise<void> {
  const { forecast, date } = input;
  const files = [
    ["json", `${JSON.stringify(computeEdition(input))}\n`, "application/json; charset=utf-8"],
    ["html", editionPage(input), "text/html; charset=utf-8"],
  ] as const;
  for (const [extension, text, contentType] of files) {
    const key = editionKey({ forecast: forecast.id, date, extension, language });
    await lake.put(key, encodeUtf8(text), { httpMetadata: { contentType } });
  }
}

interface Reader {
  readonly forecast: Forecast;
  readonly language: string;
}

/** Describes the current report in a language. The row has the findings in its first language only. */
async function reportIn(
  hub: Pick<Hub, "lake">,
  row: ReportRow,
  { forecast, language }: Reader,
): Promise<EditionReport> {
  const { origin, revision, version, publishedAt, summary } = row;
  const own = languageOf(forecast.locale);
  const files = row.files ?? [];
  const page = chooseFile(files, { file: "report.html", language }, own);
  return {
    ...{ origin, revision, version, publishedAt: publishedAt ?? "" },
    // A report of an earlier version has one language.
    path: page.ok ? reportPath(row, page.value.name) : reportPath(row),
    summary: language === firstLanguage(files, own) ? (summary ?? []) : await findingsIn(hub, row, language),
  };
}

/** Writes the findings of a report in another language, from its numbers. Returns none if its numbers are lost. */
async function findingsIn({ lake }: Pick<Hub, "lake">, row: ReportRow, language: string): Promise<string[]> {
  const stored = await lake.get(reportKey(row, "report.json"));
  const model = stored && readReportModel(await stored.json());
  return model?.ok ? findingsOf(viewOf(model.value, language)) : [];
}

interface Named {
  readonly origin: string | null;
  readonly revision: number | null;
}

/** Returns the report that the last edition named; null without one. */
async function previousOf({ db }: Pick<Hub, "db">, forecast: string, { origin, revision }: Named) {
  if (origin === null || revision === null) return null;
  return findReport(db, { forecast, origin, revision, role: "champion" });
}

function heldIn(feeds: readonly ReportFeed[], language: string): HeldPublication[] {
  return feeds.flatMap((feed) => {
    const title = feedTitle(feed, language);
    return isMissing(feed.held) ? [] : feed.held.map((one) => ({ ...one, feed: title }));
  });
}
