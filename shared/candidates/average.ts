/**
 * The mean of a few other candidates, which errs less than each when they err apart. Its parameters name the members:
 * `member1` … hold `{candidate, parameters}` as JSON, because a parameter is a plain value.
 */
import { z } from "zod";
import type { Point } from "../search/space.ts";
import type { Candidate } from "./candidate.ts";
import type { Fitted } from "./fitted.ts";
import { candidateNamed } from "./index.ts";

const memberShape = z.object({
  candidate: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** The parameters that stand for the mean of these members. */
export function averageParameters(
  members: readonly { readonly candidate: string; readonly parameters: Point }[],
): Point {
  const named = members.map(({ candidate, parameters }, i) => [
    `member${i + 1}`,
    JSON.stringify({ candidate, parameters }),
  ]);
  return Object.fromEntries(named);
}

export const average: Candidate = {
  id: "average",
  fit(task) {
    const members: Fitted[] = [];
    for (const text of Object.values(task.parameters)) {
      const { candidate, parameters } = memberShape.parse(JSON.parse(String(text)));
      const fit = candidateNamed(candidate).fit({ ...task, parameters });
      if (!fit.ok) return fit;
      members.push(fit.model);
    }
    return { ok: true, model: { kind: "average", members } };
  },
};
