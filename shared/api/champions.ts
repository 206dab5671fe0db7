/** Requests and answers about the champion: promotion, rollback and the list of changes. */
import { z } from "zod";
import { championRules } from "../registry/states.ts";
import { timeField, whyField } from "./fields.ts";
import { flowStates } from "./flow-states.ts";

export const promoteShape = z
  .strictObject({
    why: whyField,
    force: z
      .boolean()
      .default(false)
      .describe("A person decides instead of the gate. The files are verified in any case"),
  })
  .meta({ examples: [{ why: "better than the incumbent on the last 60 publications" }] });
export const promotedShape = z
  .object({ flow: z.string(), state: z.enum(flowStates), known: z.boolean() })
  .meta({ id: "Promotion" });
export type Promotion = z.infer<typeof promotedShape>;

export const rollbackShape = z
  .strictObject({
    why: whyField,
    to: z.string().optional().describe("A version that has served before. By default the champion's predecessor"),
  })
  .meta({ examples: [{ why: "it misses the new channel" }] });

const championChangeShape = z
  .object({
    number: z.number(),
    version: z.string(),
    rule: z.enum(championRules),
    who: z.string(),
    why: z.string(),
    flowId: z.string().nullable(),
    since: timeField,
    until: timeField.nullable(),
  })
  .meta({ id: "ChampionChange" });

const lookShape = z
  .object({
    key: z.string().describe("The training: its run, or the version of an imported model"),
    from: z.string().describe("First period that it used"),
    to: z.string().describe("Last period that it used"),
    halvings: z.number().describe("How often its level was halved, because it used periods again"),
  })
  .meta({ id: "Look" });

export const championAnswerShape = z
  .object({
    forecast: z.string(),
    champion: championChangeShape.nullable().describe("Null before the first promotion"),
    decision: z
      .string()
      .nullable()
      .describe("Since when and why the champion serves, and what has to happen for it to change"),
    looks: z
      .array(lookShape)
      .describe("Tests of other recipes on the test window, oldest first. The next test needs periods that none used"),
    dataChanged: z
      .boolean()
      .describe("The publisher has corrected data that the newest look read, so that one more look is allowed"),
    changes: z.array(championChangeShape).describe("All changes, newest first"),
  })
  .meta({ id: "Champion" });
export type ChampionAnswer = z.infer<typeof championAnswerShape>;
