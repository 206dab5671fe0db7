/** Values that a newer publication of a feed no longer states. */
import { beforeEach, describe, expect, test } from "vitest";
import { answer, hoursOf } from "../support/air-quality.ts";
import { air, days, gold, take, text } from "../support/arrivals.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { migrate, query } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

describe("a stored value for which a newer publication states no value stays in use and is reported", () => {
  test.each([
    [
      "gold: #N/A",
      gold("2104.5", days[0], "A"),
      gold("#N/A", days[1], "B"),
      "EUR 2026-11-20: no value of EUR, for which 2104.5 is stored",
    ],
    [
      "air quality: null of a past hour",
      air("a.json", hoursOf("2026-11-20"), 50, days[0]),
      {
        ...air("b.json", [], 0, days[1]),
        bytes: text(
          JSON.stringify(
            answer({
              times: hoursOf("2026-11-20"),
              lists: { ozone: Array.from({ length: 24 }, (_, hour) => (hour === 3 ? null : 50)) },
            }),
          ),
        ),
      },
      "ozone 2026-11-20T03: no value of ozone, for which 50 is stored",
    ],
    [
      "milk: an empty cell",
      { name: "Leche20112026.xlsx", bytes: publication([{ day: "2026-11-20", cities: someCities(10) }]) },
      {
        name: "Leche23112026.xlsx",
        bytes: publication([
          {
            day: "2026-11-20",
            cities: someCities(10).map((city, index) =>
              index === 0 ? { ...city, prices: [null, 20.25, 20.5, 20.75] as const } : city,
            ),
          },
        ]),
      },
      "precio 2026-11-20: no value of precio, Jalisco, Ciudad A, Pasteurizada, Autoservicios, for which 20 is stored",
    ],
  ])("%s", async (_, before, after, reported) => {
    await take(before);
    const stored = await query("SELECT count(*) AS facts FROM observations");
    expect(await take(after)).toMatchObject({ state: "done", stats: { blanked: 1 } });
    expect(await query("SELECT count(*) AS facts FROM observations")).toEqual(stored);
    const problems = (await query(
      `SELECT "column" || ' ' || period || ': ' || found AS text, lost FROM problems WHERE reason = 'blanked-value'`,
    )) as { text: string; lost: number }[];
    expect(problems).toEqual([{ text: reported, lost: 0 }]);
  });

  test("a publication that takes back most of a currency is held", async () => {
    const many = (value: (day: number) => string) =>
      text(
        `Date,EUR,USD\n${Array.from({ length: 20 }, (_, index) => {
          const day = new Date(Date.UTC(2026, 9, 19 + index + 2 * Math.floor(index / 5)));
          return `${day.getUTCMonth() + 1}/${day.getUTCDate()}/2026,${value(index)},2500.5`;
        }).join("\n")}\n`,
      );
    await take({ ...gold("", days[1], "C"), bytes: many(() => "2100.1") });
    expect(await take({ ...gold("", days[2], "D"), bytes: many(() => "#N/A") })).toMatchObject({
      state: "held",
      reason: expect.stringContaining("20 of 40 stored values of the feed are contradicted (50 %)"),
    });
  });
});
