/**
 * Schemas of `/v2`: the Open Inference Protocol, version 2, over HTTP and JSON.
 * @see https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
import { z } from "zod";

export const inferenceServerShape = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: "InferenceServer" });
export type InferenceServer = z.infer<typeof inferenceServerShape>;

export const serverLiveShape = z.object({ live: z.boolean() }).meta({ id: "ServerLive" });
export type ServerLive = z.infer<typeof serverLiveShape>;

export const serverReadyShape = z.object({ ready: z.boolean() }).meta({ id: "ServerReady" });
export type ServerReady = z.infer<typeof serverReadyShape>;

export const modelReadyShape = z.object({ name: z.string(), ready: z.literal(true) }).meta({ id: "ModelReady" });
export type ModelReady = z.infer<typeof modelReadyShape>;

const tensorMetadataShape = z.object({
  name: z.string(),
  datatype: z.enum(["FP32", "BYTES"]).describe("Categories and labels are BYTES"),
  shape: z.array(z.int()).describe("[-1, 1]: any number of rows"),
});

export const modelMetadataShape = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadataShape),
    outputs: z.array(tensorMetadataShape),
  })
  .meta({ id: "ModelMetadata" });
export type ModelMetadata = z.infer<typeof modelMetadataShape>;

const parameters = z.record(z.string(), z.unknown()).optional().describe("Accepted and ignored");

export const inferRequestShape = z
  .object({
    id: z.string().optional().describe("Repeated in the answer"),
    inputs: z
      .array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().min(0)).describe("[rows] or [rows, 1]"),
          datatype: z.string(),
          data: z.array(z.unknown()).describe("Flat or nested; null is a missing value"),
          parameters,
        }),
      )
      .describe("Every input of the model, all with the same number of rows"),
    outputs: z
      .array(z.object({ name: z.string(), parameters }))
      .optional()
      .describe("By default all outputs"),
    parameters,
  })
  .meta({
    id: "InferRequest",
    examples: [{ inputs: [{ name: "Precio_lag1", shape: [1, 1], datatype: "FP32", data: [25.5] }] }],
  });
export type InferRequestBody = z.infer<typeof inferRequestShape>;

export const inferAnswerShape = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int()),
        datatype: z.enum(["FP32", "BYTES"]),
        data: z.array(z.union([z.number(), z.string()]).nullable()).describe("Null is a number that is not finite"),
      }),
    ),
  })
  .meta({ id: "InferAnswer" });
export type InferAnswer = z.infer<typeof inferAnswerShape>;

export const inferenceErrorShape = z.object({ error: z.string() }).meta({ id: "InferenceError" });
export type InferenceError = z.infer<typeof inferenceErrorShape>;
