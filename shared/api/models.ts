/** Requests and answers of `/models`: registered versions. */
import { z } from "zod";
import { cardShape } from "../registry/card.ts";
import { gateRules, verdictKinds } from "../registry/gate.ts";
import { stages } from "../registry/states.ts";
import { auditShape } from "./audit.ts";
import { optionalWhyField, sha256Example, sha256Field, timeField, versionParam } from "./fields.ts";
import { limitField, offsetField } from "./paging.ts";

export const modelsQueryShape = z.strictObject({
  forecast: z.string().optional(),
  stage: z.enum(stages).optional().describe("`retired`: a former champion"),
  limit: limitField(500, 50),
  offset: offsetField,
});

export const registerShape = z
  .strictObject({
    model: z.strictObject({ sha256: sha256Field }),
    card: z.strictObject({ sha256: sha256Field }),
    run: z.string().optional().describe("The training run that produced it"),
    why: optionalWhyField,
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
      .describe(
        "On the test window, in the unit of the target. For a classification the square root of its Brier score",
      ),
    skill: z.number().nullable().describe("1 − error ÷ error of the baseline"),
    pValue: z.number().nullable().describe("One-sided Diebold–Mariano test against the baseline"),
    testFrom: z.string(),
    testTo: z.string(),
    publishedFrom: z.string(),
    publishedTo: z.string(),
    modelSha256: sha256Field,
    modelBytes: z.number(),
    cardSha256: sha256Field,
    registeredAt: timeField,
  })
  .meta({ id: "Model" });
export type Model = z.infer<typeof modelShape>;

export const modelListShape = z.object({
  models: z.array(
    modelShape.extend({
      decision: z
        .string()
        .nullable()
        .describe("For the champion: since when and why it serves, and what has to happen for it to change; else null"),
    }),
  ),
});
export type ModelList = z.infer<typeof modelListShape>;

const gateShape = z
  .object({
    flowId: z.string(),
    incumbent: z.string().nullable(),
    rule: z.enum(gateRules),
    kind: z.enum(verdictKinds),
    periods: z.number(),
    pNaive: z.number().nullable(),
    pIncumbent: z.number().nullable(),
    usedThrough: z
      .string()
      .nullable()
      .describe("Last period of the look that decided; null if the version was not tested"),
    reason: z.string(),
    decidedAt: timeField,
    ahead: z
      .number()
      .nullable()
      .describe("Number of models of its training that were ahead of the baseline on validation"),
    tested: z.number().nullable().describe("Number of these that its training tested on the test window"),
  })
  .meta({ id: "GateDecision" });

export const modelDetailShape = modelShape
  .extend({
    card: cardShape,
    declaration: z
      .looseObject({})
      .nullable()
      .describe("The serving part of the forecast's declaration, from the version's served.json; null if it has none"),
    tags: z.record(z.string(), z.string()),
    gates: z.array(gateShape).describe("The gate's decisions about the version, newest first"),
    audit: z.array(auditShape).describe("Changes of the version, newest first"),
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
    parameters: z.array(pair).readonly().describe("Only parameters that differ"),
    features: z.object({ onlyA: z.array(z.string()).readonly(), onlyB: z.array(z.string()).readonly() }),
  })
  .meta({ id: "Comparison" });
export type ModelComparison = z.infer<typeof comparisonShape>;

export const compareQueryShape = z.strictObject({ a: versionParam, b: versionParam });
