/** Answer of `PUT /models/:forecast/:version/:artefact`. */
import { z } from "zod";
import { sha256Field } from "./fields.ts";

export const artefactShape = z
  .object({ key: z.string(), sha256: sha256Field, bytes: z.number(), known: z.boolean() })
  .meta({ id: "Artefact" });
export type Artefact = z.infer<typeof artefactShape>;
