/** The message that tells what was asked and answered: from predict, which only writes it, to the hub, which reads it here. */
import { z } from "zod";

export const protocols = ["predict", "mlflow", "open-inference"] as const;
export type Protocol = (typeof protocols)[number];

/** Who asked: a caller, the report for every series, or a probe of the service itself. Only callers are traffic. */
export const origins = ["caller", "report", "probe"] as const;

const number = z.number().nullable();

/** One answered instance. */
const rowShape = z.object({
  /** Of the instance in its request, from 0. */
  position: z.int().min(0),
  /** Values of the dimensions; null where the features do not say. */
  series: z.array(z.string()).nullable(),
  /** Null where raw features were sent: they belong to no period. */
  target: z.string().nullable(),
  prediction: number,
  /** As in the answer: `interval80` and so on; none for raw features. */
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()),
  change: number,
  /** One a feature: what the model saw. Null is missing; an infinite number stands as text. */
  values: z.array(z.union([z.number(), z.string()]).nullable()),
  /** Positions of the features that the caller set; null: all of them. */
  given: z.array(z.int().min(0)).nullable(),
  hypothetical: z.boolean(),
});
export type PredictionRow = z.infer<typeof rowShape>;

export const predictionMessageShape = z
  .object({
    format: z.literal(1),
    /** Names the answer. The messages of a large one share it. */
    answer: z.string().regex(/^[0-9a-f]{32}$/, "expected 32 lower-case hexadecimal digits"),
    requestId: z.string().min(1).max(128),
    /** When it was answered. */
    at: z.iso.datetime({ precision: 3 }),
    forecast: z.string().min(1).max(100),
    version: z.string().min(1).max(64),
    /** Of the change of champion that made the version serve. */
    number: z.int().min(1),
    protocol: z.enum(protocols),
    /** Messages that were sent before there were others are a caller's. */
    origin: z.enum(origins).default("caller"),
    features: z.array(z.string()),
    rows: z.array(rowShape).min(1),
  })
  .refine(
    ({ features, rows }) => rows.every(({ values }) => values.length === features.length),
    "expected one value a feature in every row",
  )
  .refine(
    ({ features, rows }) => rows.every(({ given }) => (given ?? []).every((at) => at < features.length)),
    "expected positions of features in given",
  );
export type PredictionMessage = z.infer<typeof predictionMessageShape>;

export type ReadMessage =
  | { readonly ok: true; readonly message: PredictionMessage }
  | { readonly ok: false; readonly reason: string };

/** What a queue message tells. Never throws. */
export function readPredictionMessage(body: unknown): ReadMessage {
  const parsed = predictionMessageShape.safeParse(body);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") || "the message";
  return { ok: false, reason: `not a message about predictions that this code reads: ${place}: ${issue?.message}` };
}
