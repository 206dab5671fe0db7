/** The queue message with answered predictions. predict writes it; the hub reads it with this schema. */

import { z } from "zod";
import { failure, type Result, success } from "../lib/result.ts";
import { pathStepShape } from "./predict.ts";

export const protocols = ["predict", "mlflow", "open-inference"] as const;
export type Protocol = (typeof protocols)[number];

/** Origin of a request: a caller, the report of all series, or a probe of the service. Only callers count as traffic. */
export const origins = ["caller", "report", "probe"] as const;

const number = z.number().nullable();

/** One answered instance. A request with `steps` or `until` also has one row: it is step 1, and `path` has the further steps. */
const rowShape = z.object({
  /** Position of the instance in its request, from 0. */
  position: z.int().min(0),
  /** Values of the dimensions; null if the features do not include them. */
  series: z.array(z.string()).nullable(),
  /** Null for raw features, which have no period. */
  target: z.string().nullable(),
  /** The median of a model with distributions. */
  prediction: number,
  /**
   * As in the answer, for example `interval80`. With the prediction, the four intervals of a distribution are its nine quantiles.
   * Empty for raw features of a model without distributions.
   */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()),
  change: number,
  /** Model inputs, one per feature. Null is a missing value; an infinite number is text. */
  values: z.array(z.union([z.number(), z.string()]).nullable()),
  /** Positions of the features that the caller set; null if the caller set all. */
  given: z.array(z.int().min(0)).nullable(),
  hypothetical: z.boolean(),
  /** The entries of the answer's `path` after the first, for a request with `steps` or `until`. Missing without further steps. */
  path: z.array(pathStepShape).min(1).exactOptional(),
});
export type PredictionRow = z.infer<typeof rowShape>;

/** Number of rows of an answer with an input in a bin: [position of the feature, whether hypothetical, bin, count]. */
const sumShape = z.tuple([z.int().min(0), z.boolean(), z.string().min(1).max(1_000), z.int().min(1)]);
export type InputSum = z.infer<typeof sumShape>;

export const predictionMessageShape = z
  .object({
    /** 1: every row of the answer is in a message, and the inputs are counted from the rows. 2: they are counted from `sums`. */
    format: z.union([z.literal(1), z.literal(2)]),
    /** Number of the message among those of its answer, from 0. */
    part: z.int().min(0).optional(),
    /** The inputs of all rows of the answer, also of those that are not recorded. Divided among the messages of the answer. */
    sums: z.array(sumShape).optional(),
    /** Id of the answer. All messages of a large answer have the same id. */
    answer: z.string().regex(/^[0-9a-f]{32}$/, "expected 32 lower-case hexadecimal digits"),
    requestId: z.string().min(1).max(128),
    /** Time of the answer. */
    at: z.iso.datetime({ precision: 3 }),
    forecast: z.string().min(1).max(100),
    version: z.string().min(1).max(64),
    /** Number of the champion change since which the version serves. */
    number: z.int().min(1),
    protocol: z.enum(protocols),
    /** Messages from before this member existed are from callers. */
    origin: z.enum(origins).default("caller"),
    features: z.array(z.string()),
    rows: z.array(rowShape),
  })
  .refine(
    ({ format, rows, sums }) => (format === 1 ? rows.length > 0 && sums === undefined : sums !== undefined),
    "expected rows in format 1, and sums in format 2",
  )
  .refine(
    ({ features, sums }) => (sums ?? []).every(([at]) => at < features.length),
    "expected `sums` to contain positions of features",
  )
  .refine(
    ({ features, rows }) => rows.every(({ values }) => values.length === features.length),
    "expected one value per feature in every row",
  )
  .refine(
    ({ features, rows }) => rows.every(({ given }) => (given ?? []).every((at) => at < features.length)),
    "expected `given` to contain positions of features",
  );
export type PredictionMessage = z.infer<typeof predictionMessageShape>;

/** Parses a queue message. Never throws. */
export function readPredictionMessage(body: unknown): Result<PredictionMessage> {
  const parsed = predictionMessageShape.safeParse(body);
  if (parsed.success) return success(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "the message";
  return failure(`The message does not match the schema of predictions at ${place}: ${issue?.message}`);
}
