/** Parses the bytes of an answer and checks its place, zone, units and lists. */
import { exceededJsonLimit, type JsonLimits } from "../../lib/json-limits.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { FeedLimits, Place, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { decodeText } from "../text.ts";
import { type Pollutant, pollutants } from "./pollutants.ts";
import { isZoneOf } from "./zone.ts";

export interface Document {
  readonly times: readonly unknown[];
  readonly offsetSeconds: number;
  /** Variables with the expected unit and length. */
  readonly lists: readonly { readonly pollutant: Pollutant; readonly values: readonly unknown[] }[];
  readonly problems: readonly Problem[];
  /** Number of values of variables that were not requested. */
  readonly unknown: number;
}

/** The API answers for the nearest grid point; grid points are at most 0.1° apart here. */
const placeToleranceDegrees = 0.1;

/** An answer has three levels. The number of values allows an answer at the limit `cellsMax` and the fields around it. */
const jsonLimits: JsonLimits = { depthMax: 20, valuesMax: 350_000 };

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const own = (object: Json, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/** Returns the publisher's reason in `{"error":true,"reason":"…"}`, or null. */
export function refusalOf(bytes: Uint8Array): string | null {
  const parsed = parseJson(decodeText(bytes) ?? "", jsonLimits);
  return parsed.ok ? reasonIn(parsed.value) : null;
}

function reasonIn(json: unknown): string | null {
  if (!isObject(json) || own(json, "error") !== true) return null;
  const reason = own(json, "reason");
  return typeof reason === "string" && reason !== "" ? reason : "no reason was given";
}

export function openDocument(bytes: Uint8Array, { bytesMax }: FeedLimits): Result<Json, Problem> {
  if (bytes.length > bytesMax) return refused("too-large", `${bytes.length} bytes`, `at most ${bytesMax} bytes`);
  const text = decodeText(bytes);
  if (text === null) return refused("not-text", "bytes that are not UTF-8 text", "JSON in UTF-8");
  const exceeded = exceededJsonLimit(text, jsonLimits);
  if (exceeded !== null) return refused("too-complex", exceeded, "one object with lists of values");
  const parsed = parseJson(text);
  const json = parsed.ok ? parsed.value : undefined;
  if (!isObject(json)) return refused("not-json", text.slice(0, 60) || "an empty file", "a complete JSON object");
  const refusal = reasonIn(json);
  if (refusal !== null) return refused("publisher-error", refusal, "hourly values");
  return success(json);
}

export function readDocument(json: Json, place: Place, { cellsMax }: FeedLimits): Result<Document, Problem> {
  const wrong = wrongPlace(json, place) ?? wrongZone(json, place);
  if (wrong) return failure(wrong);
  const [units, hourly] = [own(json, "hourly_units"), own(json, "hourly")];
  if (!isObject(units) || !isObject(hourly)) {
    return refused("unexpected-shape", `the fields ${Object.keys(json).join(", ")}`, "hourly_units and hourly");
  }
  const times = own(hourly, "time");
  if (!Array.isArray(times)) return refused("unexpected-shape", show(times), "a list hourly.time");
  if (own(units, "time") !== "iso8601") return refused("unexpected-unit", show(own(units, "time")), "time as iso8601");
  // An hour without values takes as much memory as an hour with all values.
  const cells = times.length * Math.max(Object.keys(hourly).length, pollutants.length + 1);
  if (cells > cellsMax) return refused("too-many-cells", `${cells} values`, `at most ${cellsMax}`);
  return success({ ...readLists({ units, hourly }, times), offsetSeconds: offsetOf(json) });
}

function readLists({ units, hourly }: { units: Json; hourly: Json }, times: readonly unknown[]) {
  const problems: Problem[] = [];
  const lists: { pollutant: Pollutant; values: readonly unknown[] }[] = [];
  for (const pollutant of pollutants) {
    const { name: column, unit } = pollutant;
    const values = own(hourly, column);
    const refuse = (reason: string, found: string, expected: string) =>
      problems.push(problem(reason, { column, found, expected, values: times.length }));
    if (values === undefined) refuse("missing-variable", "nothing", `a list of ${times.length} values`);
    else if (!Array.isArray(values)) refuse("unexpected-shape", show(values), `a list of ${times.length} values`);
    else if (values.length !== times.length)
      refuse("unequal-lengths", `${values.length} values`, `${times.length} values, one per time`);
    else if (!isSameUnit(own(units, column), unit)) refuse("unexpected-unit", show(own(units, column)), unit);
    else lists.push({ pollutant, values });
  }
  const known = ["time", ...pollutants.map(({ name }) => name)];
  const unknown = Object.keys(hourly).filter((name) => !known.includes(name)).length * times.length;
  return { times, lists, problems, unknown };
}

/** Compares units. "Micro" has two Unicode characters: the Greek letter mu and the micro sign. */
function isSameUnit(found: unknown, expected: string): boolean {
  return typeof found === "string" && found.normalize("NFKC") === expected.normalize("NFKC");
}

function wrongPlace(json: Json, { name, latitude, longitude }: Place): Problem | null {
  const [north, east] = [own(json, "latitude"), own(json, "longitude")];
  const isNear = (found: unknown, wanted: number) =>
    typeof found === "number" && Math.abs(found - wanted) <= placeToleranceDegrees;
  if (isNear(north, latitude) && isNear(east, longitude)) return null;
  return problem("another-place", {
    found: `latitude ${show(north)}, longitude ${show(east)}`,
    expected: `${name}, latitude ${latitude}, longitude ${longitude}, within ${placeToleranceDegrees}°`,
  });
}

function wrongZone(json: Json, { timezone }: Place): Problem | null {
  const found = own(json, "timezone");
  const offset = own(json, "utc_offset_seconds");
  if (typeof found === "string" && isZoneOf({ timezone: found, offset }, timezone)) return null;
  return problem("another-zone", {
    found: `timezone ${show(found)}, utc_offset_seconds ${show(offset)}`,
    expected: `timezone ${timezone} and its UTC offset`,
  });
}

/** Returns the offset, which `wrongZone` has already checked. */
function offsetOf(json: Json): number {
  const offset = own(json, "utc_offset_seconds");
  return typeof offset === "number" ? offset : 0;
}

function refused(reason: string, found: string, expected: string) {
  return failure(problem(reason, { found, expected }));
}

const show = (value: unknown) => (value === undefined ? "nothing" : (JSON.stringify(value) ?? "nothing").slice(0, 60));
