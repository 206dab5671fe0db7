/**
 * Open-Meteo's hourly air quality at one place (data: CAMS, CC BY 4.0).
 *
 *     {"latitude":42.2,"longitude":-8.7,"utc_offset_seconds":0,"timezone":"GMT",
 *      "hourly_units":{"time":"iso8601","ozone":"μg/m³",…},
 *      "hourly":{"time":["2024-01-01T00:00",…],"ozone":[62.0,null,…],…}}
 *
 * An hour that had ended when the file arrived is an observation. A later hour is the publisher's forecast: it becomes
 * `<name>_forecast`, and a null there is not a problem. A null of a past hour is a problem; if a value is stored for that
 * hour, the flow also reports it as `blanked-value`, and the stored value stays in use. Each fetch requests the last days
 * again, because they are corrected late.
 *
 * Reasons of problems:
 * - A value: `no-value` (null of a past hour), `no-number`, `out-of-range`.
 * - An hour: `malformed-time`, `implausible-time` (more than sixteen days ahead), `time-out-of-order`,
 *   `contradicting-times` (the same hour twice, with different values).
 * - A variable: `unexpected-unit`, `unequal-lengths`, `missing-variable`.
 * - A file: `publisher-error` (`{"error":true,"reason":…}`), `another-place`, `another-zone`, `unexpected-shape`,
 *   `unexpected-unit` (of the time), `too-many-cells`, `too-large`, `too-complex` (nested too deeply, or too many values),
 *   `not-text`, `not-json`.
 * - Skipped: `unknown-variable`, `not-yet` (nulls of future hours), `repeated-local-hour`.
 */
import { addDays } from "../lib/calendar.ts";
import type { Feed, FeedLimits, Parsed, Place, PublicationRequest } from "./feed.ts";
import { forecastName, pollutants } from "./open-meteo-air-quality/pollutants.ts";
import { type Document, openDocument, readDocument, refusalOf } from "./open-meteo-air-quality/read-document.ts";
import { readHours } from "./open-meteo-air-quality/read-hours.ts";
import { readTimes } from "./open-meteo-air-quality/read-times.ts";
import { refusedFile } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";

/** How far back the first fetch goes. */
const lookBackDays = 548;
/** Days in one request: half a year of six variables is 200 KB. */
const requestDays = 183;
/** Days before the cursor that each fetch requests again, because the publisher corrects them late. */
const rereadDays = 5;

const limits: FeedLimits = {
  // Four years take 2 MB and 210,000 values; one request covers half a year. Five and a half years fit, and the worst
  // answer within these limits fits into a heap of 128 MB (test/feeds/worst-input.test.ts).
  bytesMax: 3_000_000,
  unzippedBytesMax: 3_000_000,
  cellsMax: 340_000,
  // A good answer has none.
  problemsMax: 5_000,
  problemRateMax: 0.3,
  seriesLostMax: 0,
  contradictedMax: 0.05,
  // CAMS replaces its forecasts and first analyses. A fetch requests five days again; an upload may contain more.
  correctedDays: 14,
};

/** Builds the feed of one place. A second place is a second feed: one more line in the catalogue. */
export function openMeteoAirQuality(id: string, place: Place): Feed {
  return {
    id,
    title: `Air quality in ${place.name}`,
    translations: { es: { title: `Calidad del aire en ${place.name}` } },
    publisher: "Open-Meteo (CAMS, CC BY 4.0)",
    homepage: "https://open-meteo.com/en/docs/air-quality-api",
    licence: "CC BY 4.0",
    dimensions: [],
    variables: Object.fromEntries([
      ...pollutants.map(({ name, title, unit }) => [name, { title, unit }]),
      ...pollutants.map(({ name, title, unit }) => [
        forecastName(name),
        { title: `${title}, as expected before`, unit, isForecast: true },
      ]),
    ]),
    place,
    granularity: "hour",
    timezone: place.timezone,
    partitionBy: "month",
    limits,
    breaks: [
      {
        from: "2026-08-13",
        variables: ["european_aqi", forecastName("european_aqi")],
        note: "New bands of the European air quality index under the same name, and hourly instead of daily means of particulate matter (github.com/open-meteo/open-meteo/pull/2045). Answers fetched since then have the new bands for all hours; stored hours that were fetched before have the old ones.",
      },
    ],
    file: {
      extension: ".json",
      contentTypes: ["application/json", "text/json", "application/octet-stream"],
      magic: "7b",
    },
    source: {
      baseUrl: "https://air-quality-api.open-meteo.com",
      hosts: ["air-quality-api.open-meteo.com"],
      enough: "all",
      requests: (cursor, today) => requests(place, cursor, today),
      refusal: refusalOf,
    },
    // The range of the request in a name is not a day of publication.
    publishedOn: () => null,
    parse: async (bytes, { arrivedAt }) => parse(place, bytes, arrivedAt),
  };
}

/** Returns requests from a few days before the cursor to tomorrow, oldest first. */
function requests(place: Place, cursor: string | null, today: string): PublicationRequest[] {
  const pieces: PublicationRequest[] = [];
  const end = addDays(today, 1);
  let start = addDays(cursor ?? today, cursor === null ? -lookBackDays : -rereadDays);
  while (start <= end) {
    const last = addDays(start, requestDays - 1);
    const until = last < today ? last : end;
    pieces.push({
      period: until < today ? until : today,
      path: pathOf(place, start, until),
      name: nameOf(start, until),
    });
    start = addDays(until, 1);
  }
  return pieces;
}

const nameOf = (start: string, end: string) => `air-quality-${start}_${end}.json`;

function pathOf({ latitude, longitude, timezone }: Place, start: string, end: string): string {
  const hourly = pollutants.map(({ name }) => name).join(",");
  const query = `latitude=${latitude}&longitude=${longitude}&hourly=${hourly}`;
  return `/v1/air-quality?${query}&start_date=${start}&end_date=${end}&timezone=${encodeURIComponent(timezone)}`;
}

function parse(place: Place, bytes: Uint8Array, arrivedAt: string): Parsed {
  const opened = openDocument(bytes, limits);
  if (!opened.ok) return refusedFile(opened.error);
  const document = readDocument(opened.value, place, limits);
  if (!document.ok) return refusedFile(document.error);
  return hoursOf(document.value, place, arrivedAt);
}

function hoursOf(document: Document, place: Place, arrivedAt: string): Parsed {
  const problems = new ProblemList(limits.problemsMax);
  problems.addAll(document.problems);
  const times = readTimes(document, place.timezone, problems);
  const clock = arrivedAt === "" ? Number.POSITIVE_INFINITY : Date.parse(arrivedAt);
  const hours = readHours(document, times.hours, { arrivedAt: clock, problems });
  return {
    observations: hours.observations,
    blanks: hours.blanks,
    problems: problems.list(),
    skipped: Object.fromEntries(
      Object.entries({
        "unknown-variable": document.unknown,
        "repeated-local-hour": times.repeated,
        "not-yet": hours.notYet,
      }).filter(([, count]) => count > 0),
    ),
  };
}
