/**
 * Schemas of `/v2`: the Open Inference Protocol, version 2, over HTTP. Binary tensor data follow the JSON.
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

/** Parameters of the binary tensor data extension; others are accepted and ignored. */
const tensorParameters = z
  .looseObject({
    binary_data_size: z.int().min(0).optional().describe("Length in bytes of the tensor's data, which follow the JSON"),
  })
  .optional();
const outputParameters = z
  .looseObject({ binary_data: z.boolean().optional().describe("Whether the data of this output are sent as bytes") })
  .optional();
const requestParameters = z
  .looseObject({
    binary_data_output: z.boolean().optional().describe("Whether outputs are sent as bytes unless they state it"),
  })
  .optional();

export const inferRequestShape = z
  .object({
    id: z.string().optional().describe("Repeated in the answer"),
    inputs: z
      .array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().min(0)).describe("[rows] or [rows, 1]"),
          datatype: z.string(),
          data: z.array(z.unknown()).optional().describe("Flat or nested; null is a missing value"),
          parameters: tensorParameters,
        }),
      )
      .describe("Every input of the model, all with the same number of rows"),
    outputs: z
      .array(z.object({ name: z.string(), parameters: outputParameters }))
      .optional()
      .describe("By default all outputs"),
    parameters: requestParameters,
  })
  .meta({
    id: "InferRequest",
    examples: [{ inputs: [{ name: "Precio_lag1", shape: [1, 1], datatype: "FP32", data: [25.5] }] }],
  });

export const inferAnswerShape = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    parameters: z
      .object({
        refused_rows: z.string().describe("With `partial=true`: positions of the refused rows, as in `3,7`"),
        refused_reason: z.string().describe("Why the first of them was refused"),
      })
      .optional(),
    outputs: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int()),
        datatype: z.enum(["FP32", "BYTES"]),
        data: z
          .array(z.union([z.number(), z.string()]).nullable())
          .optional()
          .describe("Null is a number that is not finite, or a refused row"),
        parameters: z
          .object({ binary_data_size: z.int().describe("Length in bytes of the tensor's data, which follow the JSON") })
          .optional(),
      }),
    ),
  })
  .meta({ id: "InferAnswer" });
export type InferAnswer = z.infer<typeof inferAnswerShape>;

export const inferenceErrorShape = z.object({ error: z.string() }).meta({ id: "InferenceError" });
export type InferenceError = z.infer<typeof inferenceErrorShape>;
