import fc from "fast-check";
import { expect, test } from "vitest";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { type City, publication } from "../support/sniim.ts";

const city = (state: string, name: string): City => ({ state, city: name, prices: [20, 21, 22, 23] });

async function seriesOf(spelled: readonly City[]): Promise<string[]> {
  const blocks = spelled.map((each, index) => ({ day: addDays("2025-01-03", index), cities: [each] }));
  const { observations } = await sniimMilk.parse(publication(blocks), { name: "Leche.xlsx", arrivedAt: "" });
  expect(observations.length).toBe(4 * spelled.length);
  return [...new Set(observations.map(({ series }) => `${series.Estado}/${series.Ciudad}`))];
}

test("all spellings of a city are one series with one name, anywhere in the file", async () => {
  const spelling = fc.constantFrom("Nogales", "NOGALES", "nogales", "Nógales", " Nogales ", "NoGales");
  await fc.assert(
    fc.asyncProperty(fc.array(spelling, { minLength: 1, maxLength: 8 }), fc.nat(), async (names, turn) => {
      const at = turn % names.length;
      const turned = [...names.slice(at), ...names.slice(0, at)];
      const read = await seriesOf(names.map((name) => city("Sonora", name)));
      expect(read.length).toBe(1);
      expect(await seriesOf(turned.map((name) => city("SONORA", name)))).toEqual(read);
    }),
    { numRuns: 60 },
  );
});

test("a name in capitals is not changed if it is one short word", async () => {
  expect(await seriesOf([city("CDMX", "CIUDAD DE MÉXICO")])).toEqual(["CDMX/Ciudad de México"]);
  expect(await seriesOf([city("BAJA CALIFORNIA SUR", "LA PAZ")])).toEqual(["Baja California Sur/La Paz"]);
});

test("a city keeps its spelling even if its state is spelled differently", async () => {
  expect(await seriesOf([city("Querétaro", "Queretaro"), city("Querétaro", "Queretaro")])).toEqual([
    "Querétaro/Queretaro",
  ]);
});
