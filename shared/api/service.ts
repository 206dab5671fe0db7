/** Answers of `/health` and `/openapi.json`. */
import { z } from "zod";

export const healthShape = z.object({ worker: z.literal("hub"), ok: z.literal(true) }).meta({ id: "Health" });
export type Health = z.infer<typeof healthShape>;

export const openApiShape = z.looseObject({ openapi: z.string() });
export type OpenApi = z.infer<typeof openApiShape>;
