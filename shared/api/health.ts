/** Answer of `/health`. */
import { z } from "zod";

export const healthShape = z.object({ worker: z.literal("hub"), ok: z.literal(true) }).meta({ id: "Health" });
export type Health = z.infer<typeof healthShape>;
