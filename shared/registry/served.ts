/**
 * `served.json`: what `predict` needs to serve one version, extracted from its card and from the declaration of its forecast.
 *
 * The hub validates the card and writes this file; `predict` imports only the types. The file is immutable and
 * content-addressed, and the champion pointer names its digest.
 */
import { z } from "zod";
import { profileShape } from "../drift/profile.ts";
import type { Feature } from "../features/feature.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { cardShape } from "./card.ts";
import { servedLearnerShape } from "./further-steps.ts";
import { servedFormat } from "./keys.ts";
import { stepBaselinesShape } from "./step-baselines.ts";

/** The serving part of a forecast's declaration: everything that affects a request or an answer. */
export interface ServingDeclaration
  extends Pick<
    Forecast,
    | "id"
    | "title"
    | "variable"
    | "sources"
    | "events"
    | "dimensions"
    | "task"
    | "labels"
    | "schedule"
    | "target"
    | "features"
    | "unit"
    | "locale"
    | "output"
    | "differenceOutput"
    | "given"
    | "csv"
    | "aliases"
    | "dateFields"
    | "hypothesisNeeds"
  > {
  readonly intervals: Pick<Forecast["intervals"], "scaledBy">;
  /** True if it reads a feed about persons. Its answers need `PERSONAL_TOKEN`. */
  readonly personal?: true;
  /** What steps after the first and groups of series need. Files of earlier versions omit it. */
  readonly stepped?: Pick<Forecast, "seasonal" | "groups" | "distribution">;
  readonly change: Pick<NonNullable<Forecast["change"]>, "frequency"> | null;
}

/** A feature whose kind carries its version, as in `lag@1`. */
export type VersionedFeature = Omit<Feature, "kind"> & { readonly kind: string };

const { shape } = cardShape;

/** One input of the model, without its definition: that one is a feature of the declaration. */
const inputShape = z.discriminatedUnion("dtype", [
  z.object({ name: z.string(), dtype: z.literal("float") }),
  z.object({ name: z.string(), dtype: z.literal("string"), categories: z.array(z.string()) }),
]);

const [floatProfile, stringProfile] = profileShape.options;

export const servedCardShape = z.object({
  forecast: shape.forecast,
  version: shape.version,
  /** The model's name on the leaderboard. */
  name: z.string(),
  unit: shape.unit,
  output: shape.output,
  model: shape.model.pick({ sha256: true, bytes: true }),
  features: z.array(inputShape),
  decision: shape.decision,
  intervals: shape.intervals,
  intervalsHoldLast: shape.intervalsHoldLast,
  unchangedShare: shape.unchangedShare,
  /** How the outputs of a row become its distribution. Files of earlier versions omit it, and it is null for a classification. */
  distribution: shape.distribution.unwrap().optional(),
  /** The baselines of the steps. Files of earlier versions omit them. */
  baselines: stepBaselinesShape.optional(),
  /** The learner that serves some of the steps. Absent if the baselines serve them all. */
  stepLearner: servedLearnerShape.optional(),
  /** Reference values of explanations (means, counts of categories), and the bins of inputs, which older files do not have. */
  profile: z.array(
    z.discriminatedUnion("dtype", [
      floatProfile.pick({ name: true, dtype: true, mean: true }).extend({
        edges: floatProfile.shape.edges.optional(),
        minimum: z.number().nullable().optional(),
        maximum: z.number().nullable().optional(),
      }),
      stringProfile.pick({ name: true, dtype: true, count: true, counts: true }),
    ]),
  ),
  golden: shape.golden,
});
export type ServedCard = z.infer<typeof servedCardShape>;
export type ServedProfile = ServedCard["profile"][number];

const declarationShape = z.looseObject({
  id: z.string(),
  variable: z.string(),
  dimensions: z.array(z.string()),
  features: z.array(z.looseObject({ name: z.string(), kind: z.string().regex(/^[a-z-]+@\d+$/) })),
});

export const servedModelShape = z.object({
  format: z.literal(servedFormat),
  card: servedCardShape,
  declaration: declarationShape,
});

export interface ServedModelFile {
  readonly format: typeof servedFormat;
  readonly card: ServedCard;
  readonly declaration: Omit<ServingDeclaration, "features"> & { readonly features: readonly VersionedFeature[] };
}
