import type { z } from "zod";
import { nearest } from "../../../shared/lib/text-distance.ts";
import { refuse } from "../refuse.ts";

/** Query parameters through their schema. An unknown or unfitting one is refused by name. */
export function readQuery<T extends z.ZodObject>(query: Record<string, unknown>, shape: T): z.infer<T> {
  const allowed = Object.keys(shape.shape);
  for (const name of Object.keys(query)) {
    if (allowed.includes(name)) continue;
    const didYouMean = nearest(name, allowed);
    refuse({
      kind: "unprocessable",
      detail: `There is no parameter ${name}.`,
      found: name,
      allowed,
      ...(didYouMean && { didYouMean }),
    });
  }
  const parsed = shape.safeParse(query);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? "");
  refuse({
    kind: "unprocessable",
    detail: `${name}: ${issue?.message ?? "not allowed"}`,
    found: String(query[name] ?? ""),
  });
}
