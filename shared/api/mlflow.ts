/** Schemas of MLflow's scoring protocol: body, answer and errors of `/invocations`. */
import { z } from "zod";

const cell = z.unknown();
const rowsByName = z.array(z.record(z.string(), cell));
const rowsInOrder = z.array(z.array(cell));
const params = z.record(z.string(), z.unknown()).nullable().optional().describe("Accepted and ignored");

/** Exactly one of MLflow's four forms. The inputs depend on the model: see `GET /v2/models/{forecast}`. */
export const invocationShape = z
  .union([
    z.object({
      dataframe_split: z.object({
        columns: z.array(z.string()),
        index: z.array(cell).optional(),
        data: rowsInOrder,
      }),
      params,
    }),
    z.object({ dataframe_records: rowsByName, params }),
    z.object({ instances: z.union([rowsByName, z.array(cell)]), params }),
    z.object({ inputs: z.union([z.record(z.string(), cell), z.array(cell)]), params }),
  ])
  .meta({ id: "Invocation", examples: [{ dataframe_records: [{ Precio_lag1: 25.5 }] }] });
export type Invocation = z.infer<typeof invocationShape>;

const classifiedShape = z.object({
  probability: z.number().nullable(),
  label: z.string().nullable(),
  threshold: z.number().describe("The label is the event if the probability is at least this"),
});

const column = z.array(z.number().nullable());

const distributionsShape = z
  .object({
    expected: column.describe("The mean"),
    down_probability: column,
    same_probability: column,
    up_probability: column,
    quantiles: z
      .record(z.string(), column)
      .describe("By the level: `0.025`, `0.05`, `0.1`, `0.25`, `0.5`, `0.75`, `0.9`, `0.95`, `0.975`"),
  })
  .describe("Only of a model with distributions. One value per row in each list; null without a distribution");
export type InvocationDistributions = z.infer<typeof distributionsShape>;

export const invocationAnswerShape = z
  .object({
    predictions: z
      .array(z.union([z.number(), classifiedShape]).nullable())
      .describe(
        "One per row: the median of the distribution, or the prediction of a model without one. Null if the model's result is not a finite number, or if the row was refused",
      ),
    distributions: distributionsShape.optional(),
    errors: z
      .array(z.object({ row: z.int(), message: z.string() }))
      .optional()
      .describe("With `partial=true`: the refused rows"),
  })
  .meta({ id: "InvocationAnswer" });
export type InvocationAnswer = z.infer<typeof invocationAnswerShape>;

const invocationErrorCodes = [
  "BAD_REQUEST",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "RESOURCE_DOES_NOT_EXIST",
  "REQUEST_LIMIT_EXCEEDED",
  "INTERNAL_ERROR",
  "TEMPORARILY_UNAVAILABLE",
] as const;

export const invocationErrorShape = z
  .object({ error_code: z.enum(invocationErrorCodes), message: z.string() })
  .meta({ id: "InvocationError" });
export type InvocationError = z.infer<typeof invocationErrorShape>;
