import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { shaped } from "../../shared/lib/validate-json.ts";
import { cardShape } from "../../shared/registry/card.ts";
import { type ServedCard, servedCardShape } from "../../shared/registry/served-card.ts";
import { tinyModel } from "../support/card.ts";
import { forecast } from "../support/served.ts";

/** What predict reads: a card with members left out that it does not look at is no card, but does not harm it. */
const members: Record<keyof ServedCard, true> = {
  format: true,
  forecast: true,
  version: true,
  unit: true,
  output: true,
  recipe: true,
  model: true,
  features: true,
  fingerprint: true,
  judged: true,
  intervals: true,
  intervalsHoldLast: true,
  unchangedShare: true,
  decision: true,
  profile: true,
  golden: true,
};

const decision = {
  labels: { event: "bad", otherwise: "good" },
  threshold: 0.6,
  naive: { candidate: "state-frequency", after: [0.25, 0.75] },
};
const whole = () => JSON.parse(JSON.stringify({ ...tinyModel({ forecast, version: "v1.0" }).card, decision }));

/** Every place in a value, as a path; lists of many by their first entry. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...path, name]))];
}

function changed(path: readonly string[], to: unknown): unknown {
  const card = whole();
  let at = card;
  for (const step of path.slice(0, -1)) at = at[step];
  if (to === undefined) delete at[path.at(-1) ?? ""];
  else at[path.at(-1) ?? ""] = to;
  return JSON.parse(JSON.stringify(card));
}

/** What the whole schema says of the members that predict reads. */
const { judged, recipe, model, ...others } = cardShape.pick(members).shape;
const reference = cardShape.pick(members).extend({
  judged: judged.pick({ contenders: true, evidence: true }).extend({
    contenders: judged.shape.contenders.element.pick({ name: true, candidate: true, recipe: true }).array(),
    evidence: z.object({ periods: judged.shape.evidence.shape.periods }),
  }),
  recipe: recipe.pick({ id: true, candidate: true }),
  model: model.pick({ sha256: true, bytes: true }),
});

test("a whole card is one that predict serves", () => {
  expect(shaped(servedCardShape, whole())).toEqual({ ok: true, value: whole() });
  expect(Object.keys(others).length).toBe(Object.keys(members).length - 3);
});

test("wherever a card is changed, predict takes and refuses what the schema of cards does, of what it reads", () => {
  const places = placesIn(whole()).filter((path) => path.length > 0);
  const replacement = fc.constantFrom(
    undefined,
    null,
    "",
    "x",
    "string",
    "0123456789abcdef",
    -1,
    0,
    0.5,
    1,
    2,
    true,
    [],
    {},
    [1],
    ["a"],
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), replacement, (path, to) => {
      const card = changed(path, to);
      expect([path, to, shaped(servedCardShape, card).ok]).toEqual([path, to, reference.safeParse(card).success]);
    }),
    { numRuns: 3_000 },
  );
});

test("what does not fit is told with its place", () => {
  expect(shaped(servedCardShape, changed(["judged", "contenders", "1", "name"], 5))).toEqual({
    ok: false,
    reason: "judged.contenders.1.name: expected text",
  });
});
