/**
 * The mean of a few other candidates. It is better than each of them if their errors differ. The parameters `member1`, …
 * name the members as JSON `{candidate, parameters}`, because a parameter must be a plain value.
 */

import { z } from "zod";
import { success } from "../lib/result.ts";
import type { SearchPoint } from "../search/space.ts";
import type { Candidate } from "./candidate.ts";
import type { Fitted } from "./fitted.ts";
import { candidateNamed } from "./index.ts";

const memberShape = z.object({
  candidate: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

interface Member {
  readonly candidate: string;
  readonly parameters: SearchPoint;
}

/** Returns the parameters for these members. Members are sorted, so that their order does not change the recipe. */
export function averageParameters(members: readonly Member[]): SearchPoint {
  const texts = members.map(({ candidate, parameters }) => JSON.stringify({ candidate, parameters })).sort();
  return Object.fromEntries(texts.map((text, i) => [`member${i + 1}`, text]));
}

/** Returns the members of an average, or null if the recipe is of another candidate. */
export function membersOf({ candidate, parameters }: Member): Member[] | null {
  if (candidate !== average.id) return null;
  return Object.values(parameters).map((text) => memberShape.parse(JSON.parse(String(text))));
}

export const average: Candidate = {
  id: "average",
  fit(task) {
    const members: Fitted[] = [];
    for (const { candidate, parameters } of membersOf({ candidate: "average", parameters: task.parameters }) ?? []) {
      const fit = candidateNamed(candidate).fit({ ...task, parameters });
      if (!fit.ok) return fit;
      members.push(fit.value);
    }
    return success({ kind: "average", members });
  },
};
