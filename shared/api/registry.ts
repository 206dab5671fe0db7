/** Requests and answers of the registry: one truth for the hub, the trainer and the page at `/docs`. */
import { z } from "zod";
import { cardShape, recipeShape } from "../registry/card.ts";
import { gateRules, verdictKinds } from "../registry/gate.ts";
import { auditKinds, championRules, runStates, stages, trialStates } from "../registry/states.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hexadecimal digits");
/** SHA-256 of nothing. */
const sha256Example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const time = z.string().describe("ISO 8601, UTC");
const stats = z.record(z.string(), z.unknown());
const optionalWhy = z.string().trim().min(1).max(500).optional().describe("Why, for the audit");
const why = z.string().trim().min(1, "say why, for the audit").max(500).describe("Why, for the audit");

export const trialsMax = 500;

export const newRunShape = z
  .strictObject({
    seed: z.int(),
    codeVersion: z.string().min(1).max(100),
    dataHash: sha256
      .optional()
      .describe("Of the observations it learns from: an interrupted training is gone on with only on the same ones"),
    why: optionalWhy,
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
    state: z.enum(runStates).describe("`abandoned`: it was not heard of for a day, or said so itself"),
    reason: z.string().nullable(),
    stats: stats.nullable(),
    startedAt: time,
    heartbeatAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "Run" });
export type Run = z.infer<typeof runShape>;

export const trialShape = z
  .strictObject({
    candidate: z.string().min(1).max(100),
    number: z.int().min(0).describe("Counts from 0 within its candidate"),
    state: z.enum(trialStates),
    parameters: recipeShape.shape.parameters,
    scores: z.array(z.number()).max(100).describe("One a validation fold, as far as it came"),
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
    stats: stats.nullable().default(null),
  })
  .meta({ examples: [{ state: "done", reason: null, stats: { trials: 25 } }] });
export type EndRunRequest = z.input<typeof endRunShape>;

export const artefactShape = z
  .object({ key: z.string(), sha256, bytes: z.number(), known: z.boolean() })
  .meta({ id: "Artefact" });
export type Artefact = z.infer<typeof artefactShape>;

export const registerShape = z
  .strictObject({
    model: z.strictObject({ sha256 }),
    card: z.strictObject({ sha256 }),
    run: z.string().optional().describe("The training that made it"),
    why: optionalWhy,
  })
  .meta({ examples: [{ model: { sha256: sha256Example }, card: { sha256: sha256Example } }] });
export type RegisterRequest = z.infer<typeof registerShape>;

export const modelShape = z
  .object({
    forecast: z.string(),
    version: z.string(),
    stage: z.enum(stages),
    candidate: z.string(),
    recipe: z.string(),
    producer: z.string(),
    run: z.string().nullable(),
    rmse: z
      .number()
      .nullable()
      .describe("On the test window, in the forecast's unit; of a classification the root of its Brier score"),
    skill: z.number().nullable().describe("1 − error ÷ error of naive"),
    pValue: z.number().nullable().describe("One-sided Diebold–Mariano against naive"),
    testFrom: z.string(),
    testTo: z.string(),
    publishedFrom: z.string(),
    publishedTo: z.string(),
    modelSha256: sha256,
    modelBytes: z.number(),
    cardSha256: sha256,
    registeredAt: time,
  })
  .meta({ id: "Model" });
export type Model = z.infer<typeof modelShape>;

export const gateShape = z
  .object({
    flowId: z.string(),
    incumbent: z.string().nullable(),
    rule: z.enum(gateRules),
    kind: z.enum(verdictKinds),
    periods: z.number(),
    pNaive: z.number().nullable(),
    pIncumbent: z.number().nullable(),
    usedThrough: z.string().nullable(),
    reason: z.string(),
    decidedAt: time,
  })
  .meta({ id: "GateDecision" });

export const auditShape = z
  .object({
    id: z.number(),
    at: time,
    who: z.string(),
    what: z.enum(auditKinds),
    why: z.string(),
    forecast: z.string(),
    version: z.string().nullable(),
    run: z.string().nullable(),
    before: stats.nullable(),
    after: stats.nullable(),
  })
  .meta({ id: "AuditEntry" });
export type AuditRow = z.infer<typeof auditShape>;

export const modelDetailShape = modelShape
  .extend({
    card: cardShape,
    tags: z.record(z.string(), z.string()),
    gates: z.array(gateShape).describe("What the gate decided of it, newest first"),
    audit: z.array(auditShape).describe("What was done with it, newest first"),
  })
  .meta({ id: "ModelDetail" });
export type ModelDetail = z.infer<typeof modelDetailShape>;

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]).nullable();
const pair = z.object({ name: z.string(), a: value, b: value });
export const comparisonShape = z
  .object({
    a: modelShape,
    b: modelShape,
    metrics: z.array(pair).readonly(),
    parameters: z.array(pair).readonly().describe("Those that differ"),
    features: z.object({ onlyA: z.array(z.string()).readonly(), onlyB: z.array(z.string()).readonly() }),
  })
  .meta({ id: "Comparison" });
export type ModelComparison = z.infer<typeof comparisonShape>;

export const promoteShape = z
  .strictObject({
    why,
    force: z
      .boolean()
      .default(false)
      .describe("A person decides instead of the gate; the file is verified all the same"),
  })
  .meta({ examples: [{ why: "better than the incumbent on the last 60 publications" }] });
export type PromoteRequest = z.input<typeof promoteShape>;
export const promotedShape = z
  .object({ flow: z.string(), state: z.string(), known: z.boolean() })
  .meta({ id: "Promotion" });
export type Promotion = z.infer<typeof promotedShape>;

export const rollbackShape = z
  .strictObject({
    why,
    to: z.string().optional().describe("A version that has served before; without it, the one before the champion"),
  })
  .meta({ examples: [{ why: "it misses the new channel" }] });
export type RollbackRequest = z.infer<typeof rollbackShape>;

export const championChangeShape = z
  .object({
    number: z.number(),
    version: z.string(),
    rule: z.enum(championRules),
    who: z.string(),
    why: z.string(),
    flowId: z.string().nullable(),
    since: time,
    until: time.nullable(),
  })
  .meta({ id: "ChampionChange" });
export type ChampionChangeRow = z.infer<typeof championChangeShape>;

export const championAnswerShape = z
  .object({
    forecast: z.string(),
    champion: championChangeShape.nullable().describe("Null until the first promotion"),
    usedThrough: z
      .string()
      .nullable()
      .describe("Last period that a replacement was judged by; only later ones count for the next"),
    changes: z.array(championChangeShape).describe("All of them, newest first"),
  })
  .meta({ id: "Champion" });
export type ChampionAnswer = z.infer<typeof championAnswerShape>;

export const tagNameShape = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{0,63}$/, "expected a lower-case letter, then letters, digits, dots, dashes, underscores");
export const tagShape = z
  .strictObject({ value: z.string().max(500), why: optionalWhy })
  .meta({ examples: [{ value: "checked", why: "reviewed by hand" }] });
export const tagsShape = z
  .object({
    forecast: z.string(),
    version: z.string(),
    tags: z.record(z.string(), z.string()),
  })
  .meta({ id: "Tags" });
