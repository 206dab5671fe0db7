/** Schemas of `/runs` and `/forecasts/:forecast/runs`: training runs and their trials. */
import { z } from "zod";
import { recipeShape } from "../registry/recipe-shape.ts";
import { runStates, trialStates } from "../registry/states.ts";
import { optionalWhyField, sha256Field, statsField, timeField } from "./fields.ts";
import { limitField } from "./paging.ts";

/** A trainer sends a heartbeat at its start and then every so many minutes. */
export const heartbeatMinutes = 5;
/** A run without a heartbeat for so many minutes is abandoned: it has missed six. */
export const silentMinutesMax = 30;

export const trialsMax = 500;

export const newRunShape = z
  .strictObject({
    seed: z.int(),
    codeVersion: z.string().min(1).max(100),
    dataHash: sha256Field
      .optional()
      .describe("SHA-256 of the training observations. An interrupted run is continued only on the same observations"),
    why: optionalWhyField,
  })
  .meta({ examples: [{ seed: 1, codeVersion: "0.1.0", why: "weekly training" }] });
export type NewRunRequest = z.infer<typeof newRunShape>;

export const runShape = z
  .object({
    id: z.string(),
    forecast: z.string(),
    seed: z.number(),
    codeVersion: z.string(),
    dataHash: z.string().nullable(),
    state: z
      .enum(runStates)
      .describe(
        `\`abandoned\`: the run had no heartbeat for ${silentMinutesMax} minutes (from a trainer that sends none: no trial for a day), or the trainer ended it`,
      ),
    reason: z.string().nullable(),
    stats: statsField.nullable(),
    startedAt: timeField,
    heartbeatAt: timeField,
    endedAt: timeField.nullable(),
  })
  .meta({ id: "Run" });
export type Run = z.infer<typeof runShape>;

const trialShape = z
  .strictObject({
    candidate: z.string().min(1).max(100),
    number: z.int().min(0).describe("Number within its candidate, from 0"),
    state: z.enum(trialStates),
    parameters: recipeShape.shape.parameters,
    scores: z.array(z.number()).max(100).describe("One per completed validation fold"),
    seconds: z.number().min(0),
    note: z.string().max(1_000).nullable(),
  })
  .meta({ id: "Trial" });
export type TrialRow = z.infer<typeof trialShape>;

export const trialBatchShape = z.strictObject({ trials: z.array(trialShape).min(1).max(trialsMax) }).meta({
  examples: [
    {
      trials: [
        {
          candidate: "ridge",
          number: 0,
          state: "done",
          parameters: { penalty: 0.1 },
          scores: [0.36, 0.35],
          seconds: 0.4,
          note: null,
        },
      ],
    },
  ],
});

export const endRunShape = z
  .strictObject({
    state: z.enum(["done", "failed", "abandoned"]),
    reason: z.string().max(1_000).nullable().default(null),
    stats: statsField.nullable().default(null),
  })
  .meta({ examples: [{ state: "done", reason: null, stats: { trials: 25 } }] });

export const runsQueryShape = z.strictObject({ limit: limitField(500, 50) });
export const runListShape = z.object({ runs: z.array(runShape) });
export type RunList = z.infer<typeof runListShape>;

export const runDetailShape = runShape.extend({ trials: z.array(trialShape) }).meta({ id: "RunDetail" });
export type RunDetail = z.infer<typeof runDetailShape>;

export const loggedTrialsShape = z.object({ run: z.string(), logged: z.number() }).meta({ id: "LoggedTrials" });
export type LoggedTrials = z.infer<typeof loggedTrialsShape>;
