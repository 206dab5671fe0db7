/** Parses the part of an OpenAPI 3.1 document that the page shows. */
import { z } from "zod";

const schemaShape = z.looseObject({});
const content = z.record(z.string(), z.object({ schema: schemaShape.optional(), example: z.unknown().optional() }));

const operationShape = z.object({
  operationId: z.string().default(""),
  tags: z.array(z.string()).default([]),
  summary: z.string().default(""),
  description: z.string().default(""),
  security: z.array(z.record(z.string(), z.unknown())).default([]),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().default(""),
        schema: schemaShape.default({}),
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
});
export type Operation = z.infer<typeof operationShape> & { readonly method: string; readonly path: string };

export const documentShape = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().default("") }),
  tags: z.array(z.object({ name: z.string(), description: z.string().default("") })).default([]),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({ schemas: z.record(z.string(), schemaShape).default({}) }).default({ schemas: {} }),
});
export type ApiDocument = z.infer<typeof documentShape>;

/** The part of a JSON schema that the page shows. */
export const jsonSchemaShape = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), schemaShape).optional(),
  required: z.array(z.string()).optional(),
  items: schemaShape.optional(),
  additionalProperties: z.union([z.boolean(), schemaShape]).optional(),
  anyOf: z.array(schemaShape).optional(),
  oneOf: z.array(schemaShape).optional(),
  allOf: z.array(schemaShape).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
});
export type JsonSchema = z.infer<typeof jsonSchemaShape>;

/** Returns the operations of a document in their order. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
}

/** Returns true if an operation needs the hub's token. */
export function needsToken({ security }: Pick<Operation, "security">): boolean {
  return security.length > 0 && security.every((scheme) => "token" in scheme);
}
