/** Simulates Open-Meteo's air quality API: hourly values of a place for a range of days, with the API's error messages. */

import { addDays, daysBetween, isIsoDay } from "../../shared/lib/calendar.ts";
import { hourMs } from "../../shared/lib/durations.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { AIR_VARIABLES, type Air, type AirVariable, airOf } from "./air.ts";
import type { Publication, PublicationSettings, PublishedDocument } from "./publication.ts";

const PATH = "/v1/air-quality";
/** Days in the future that a request may include, and those with values. */
const AHEAD_MAX_DAYS = 6;
const EXPECTED_DAYS = 4;
/** Time of day of the publisher's clock. */
const TIME_OF_DAY = "T23:00:00Z";
const PARAMETERS = ["latitude", "longitude", "hourly", "start_date", "end_date", "timezone"];

export function openMeteoPublication({ seed, firstDay }: PublicationSettings): Publication {
  const places = new Map<string, Air>();
  const airAt = (place: string): Air => {
    const air = places.get(place) ?? airOf(seed, place);
    places.set(place, air);
    return air;
  };
  return {
    feed: "open-meteo-air-quality",
    newOn: (until) => [until],
    match: (url) => url.pathname === PATH,
    respond: (url, today) => {
      const read = readQuery(url.searchParams, { firstDay, today });
      if ("reason" in read) return { ...json({ error: true, reason: read.reason }, today), status: 400 };
      return json(answerTo(read, airAt(`${read.latitude}/${read.longitude}`), today), today);
    },
  };
}

interface Query {
  readonly latitude: number;
  readonly longitude: number;
  readonly hourly: readonly AirVariable[];
  readonly from: string;
  readonly to: string;
}

/** Parses the query. Returns the API's error message if it is not valid. */
function readQuery(
  query: URLSearchParams,
  { firstDay, today }: { readonly firstDay: string; readonly today: string },
): Query | { readonly reason: string } {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return { reason: `Unknown parameter '${unknown}'.` };
  const [latitude, longitude] = [coordinate(query.get("latitude")), coordinate(query.get("longitude"))];
  if (latitude === null || longitude === null)
    return { reason: "Parameter 'latitude' and 'longitude' must be given as numbers." };
  if (Math.abs(latitude) > 90) return { reason: `Latitude must be in range of -90 to 90°. Given: ${latitude}.` };
  if (Math.abs(longitude) > 180) return { reason: `Longitude must be in range of -180 to 180°. Given: ${longitude}.` };
  if (!["GMT", "UTC", null].includes(query.get("timezone"))) return { reason: "Invalid timezone" };
  const hourly = (query.get("hourly") ?? "").split(",").filter((name) => name !== "");
  const wrong = hourly.find((name) => !isVariable(name));
  if (wrong !== undefined) {
    return { reason: `Cannot initialize CamsVariable from invalid String value ${wrong} for key hourly` };
  }
  const [from, to] = [query.get("start_date") ?? "", query.get("end_date") ?? ""];
  if (!isIsoDay(from) || !isIsoDay(to)) return { reason: "Invalid date format. Make sure to use 'YYYY-MM-DD'" };
  if (to < from) return { reason: "End-date must be larger or equals than start-date" };
  const last = addDays(today, AHEAD_MAX_DAYS);
  for (const [name, day] of [
    ["start_date", from],
    ["end_date", to],
  ] as const) {
    if (day < firstDay || day > last)
      return { reason: `Parameter '${name}' is out of allowed range from ${firstDay} to ${last}` };
  }
  return { latitude: snapped(latitude), longitude: snapped(longitude), hourly: hourly.filter(isVariable), from, to };
}

const isVariable = (name: string): name is AirVariable => Object.hasOwn(AIR_VARIABLES, name);

function coordinate(text: string | null): number | null {
  return text !== null && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Rounds a coordinate to the API's grid. */
const snapped = (degrees: number) => Math.round(degrees * 10) / 10;

function answerTo({ latitude, longitude, hourly, from, to }: Query, air: Air, today: string): object {
  const now = Date.parse(`${today}${TIME_OF_DAY}`);
  const expectedUntil = now + EXPECTED_DAYS * 24 * hourMs;
  const start = Date.parse(`${from}T00:00:00Z`);
  const hours = Array.from({ length: 24 * (daysBetween(from, to) + 1) }, (_, index) => start + index * hourMs);
  const values = (variable: AirVariable) =>
    hours.map((hour) => (hour > expectedUntil ? null : air.value(variable, hour, now)));
  return {
    latitude,
    longitude,
    generationtime_ms: 0.41,
    utc_offset_seconds: 0,
    timezone: "GMT",
    timezone_abbreviation: "GMT",
    elevation: 28,
    hourly_units: { time: "iso8601", ...Object.fromEntries(hourly.map((name) => [name, AIR_VARIABLES[name]])) },
    hourly: {
      time: hours.map((hour) => new Date(hour).toISOString().slice(0, 16)),
      ...Object.fromEntries(hourly.map((name) => [name, values(name)])),
    },
  };
}

function json(body: object, today: string): PublishedDocument {
  const bytes = encodeUtf8(JSON.stringify(body));
  return {
    contentType: "application/json; charset=utf-8",
    bytes,
    lastModified: new Date(`${today}${TIME_OF_DAY}`),
  };
}
