/** Checks the members of a declaration: names, types and ranges. Node runs TypeScript without checking types, so this is checked at load. */
import { z } from "zod";
import type { Feature } from "../features/feature.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { granularities } from "../period.ts";
import type { Space } from "../search/space.ts";
import { dateParts } from "./date-part.ts";
import type { Forecast } from "./forecast.ts";

/** An object with exactly these members. The message about another member is the list of their names. */
const exactly = <Members extends z.core.$ZodLooseShape>(members: Members) =>
  z.strictObject(members, {
    error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(members).join() : undefined),
  });

const text = z.string().min(1, "text");
const share = z.number().gt(0, "a share between 0 and 1, such as 0.2").lt(1, "a share between 0 and 1, such as 0.2");
const level = z.number().gt(0, "a level between 0 and 1, such as 0.95").lt(1, "a level between 0 and 1, such as 0.95");
const integerFrom = (least: number) => {
  const expected = `a whole number from ${least}`;
  return z.number().refine((value) => Number.isInteger(value) && value >= least, expected);
};
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and hyphens, such as milk-mx");
const locale = z.string().refine(isLocale, "a BCP 47 tag, such as en-GB");
const zone = z.string().refine(isZone, "an IANA time zone, such as Europe/Madrid");
const hour = z
  .number()
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= 23, "a whole hour from 0 to 23");
/** The options of features and the ranges of spaces have checks of their own. */
const anyObject = <T>() => z.custom<T>((value) => typeof value === "object" && value !== null, "an object");

const columnShape = z.discriminatedUnion("kind", [
  exactly({ kind: z.literal("dimension"), name: text }),
  exactly({ kind: z.literal("target"), part: z.enum([...dateParts, "period"]) }),
  exactly({ kind: z.literal("target-parts"), parts: z.array(z.enum(dateParts)).min(1, "at least one part") }),
  exactly({ kind: z.literal("last"), of: z.enum(["period", "value"]) }),
  exactly({ kind: z.literal("feature"), name: text }),
  exactly({ kind: z.literal("answer"), field: text }),
  exactly({ kind: z.literal("version") }),
]);

const sideShape = exactly({ count: text, sizes: z.array(text).min(1, "at least one name") });

const distributionShape = z.discriminatedUnion("kind", [
  exactly({
    kind: z.literal("changes"),
    window: z.number(),
    group: z.array(text),
    positive: z.boolean(),
    inputs: exactly({ falls: sideShape, rises: sideShape, unchanged: text, lastChange: text }).exactOptional(),
  }),
  exactly({ kind: z.literal("location-scale"), positive: z.boolean(), scales: z.array(text).exactOptional() }),
]);

const declarationShape: z.ZodType<Forecast> = exactly({
  id,
  title: text,
  translations: z
    .record(
      z.string().refine(isLocale, "a BCP 47 tag, such as es"),
      exactly({
        title: text,
        labels: exactly({ event: text, otherwise: text }).exactOptional(),
        behind: text.exactOptional(),
      }),
    )
    .exactOptional(),
  sources: z.array(
    exactly({
      feed: text,
      variables: z.array(text),
      lag: z.number(),
      dimensions: z.array(text).exactOptional(),
      reduce: exactly({
        partsMin: z.number(),
        statistics: z.array(z.enum(["max", "mean", "min", "last", "range", "sum"])),
      }).exactOptional(),
      timed: z
        .discriminatedUnion("kind", [
          exactly({ kind: z.literal("events"), second: text, activeDays: integerFrom(1) }),
          exactly({ kind: z.literal("statements") }),
        ])
        .exactOptional(),
    }),
  ),
  events: z.array(exactly({ name: text, of: text, above: z.number() })).exactOptional(),
  variable: text,
  dimensions: z.array(text),
  groups: z.array(exactly({ name: text, by: z.array(text) })).exactOptional(),
  task: z.enum(["regression", "classification"]),
  labels: exactly({ event: text, otherwise: text }).exactOptional(),
  schedule: exactly({
    every: z.enum(granularities),
    weekdays: z.array(z.number()).exactOptional(),
    periods: z.enum(["calendar", "published"]),
  }),
  edition: exactly({ timezone: zone.exactOptional(), hour: hour.exactOptional() }).exactOptional(),
  trainAfterBreaks: z.literal(true).exactOptional(),
  steps: z.array(z.number()),
  headline: z.array(z.number()),
  target: exactly({ transform: z.enum(["level", "difference", "log-difference"]), decimals: integerFrom(0) }),
  features: z.array(anyObject<Feature>()),
  seasonal: text.nullable(),
  candidates: z.array(exactly({ candidate: text, space: anyObject<Space>(), trials: integerFrom(1) })),
  averageOf: z.array(integerFrom(2)),
  validation: exactly({
    testShare: share,
    validationShare: share.exactOptional(),
    folds: integerFrom(1),
    periodsMin: integerFrom(2),
  }),
  metric: z.enum(["rmse", "mae", "crps", "brier"]),
  promotion: exactly({ periodsMin: integerFrom(1) }).exactOptional(),
  backfillFrom: text.exactOptional(),
  intervals: exactly({ levels: z.array(level), scaledBy: text.nullable(), holdLast: z.boolean() }),
  distribution: distributionShape.exactOptional(),
  change: exactly({ frequency: text, space: anyObject<Space>(), trials: integerFrom(1) }).nullable(),
  unit: z.string(),
  locale,
  output: text,
  differenceOutput: text.exactOptional(),
  given: exactly({ date: text, value: text, monthFirst: z.boolean() }).exactOptional(),
  csv: z.array(exactly({ column: text, is: columnShape })).exactOptional(),
  aliases: z.record(z.string(), text),
  dateFields: z.record(z.string(), text),
  hypothesisNeeds: z.literal("all").or(z.array(text)),
});

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Returns one sentence for each member that is unknown, missing or of the wrong type or range. Empty for a valid `Forecast`. */
export function wrongMembers(declared: unknown): string[] {
  const read = declarationShape.safeParse(declared);
  return read.success ? [] : read.error.issues.flatMap((issue) => sentencesOf(issue, declared));
}

type Issue = z.core.$ZodIssue;

function sentencesOf(issue: Issue, declared: unknown): string[] {
  const name = nameOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const where = name === "" ? "A forecast" : `Member ${name}`;
    const known = issue.message.split(",");
    return issue.keys.map((key) => withSuggestion(`${where} has no member ${key}`, key, known));
  }
  const found = issue.path.reduce<unknown>((inner, step) => Object(inner)[step], declared);
  if (found === undefined) return [`Member ${name} is missing; expected ${expectedBy(issue)}.`];
  const allowed = allowedBy(issue);
  if (allowed !== null && typeof found === "string")
    return [withSuggestion(`Member ${name} is ${found}`, found, allowed)];
  return [`Member ${name} is ${JSON.stringify(found) ?? String(found)}; expected ${expectedBy(issue)}.`];
}

/** Returns the allowed texts of a member, or null if it allows more than a list of texts. */
function allowedBy(issue: Issue): readonly string[] | null {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" && "options" in issue ? (issue.options ?? []).map(String) : null;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Returns what a shape expects. Ranges have it as their message. */
function expectedBy(issue: Issue): string {
  const allowed = allowedBy(issue);
  if (allowed !== null) return `one of ${allowed.join(", ")}`;
  if (issue.code === "invalid_type") return typeNames[issue.expected] ?? issue.expected;
  return issue.code === "invalid_union" ? '"all" or a list of features' : issue.message;
}

/** @example nameOf(["sources", 0, "lag"]) // "sources[0].lag" */
function nameOf(path: Issue["path"]): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? String(step) : `${name}.${String(step)}`;
  }, "");
}
