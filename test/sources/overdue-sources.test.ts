/** Which sources of a forecast are late or silent, since when, and what that means. */
import { expect, test } from "vitest";
import { milkCl } from "../../shared/forecasts/milk-cl.ts";
import { describeOverdueSource, overdueSources } from "../../shared/sources/overdue-sources.ts";

const ends = (price: string | null, rain: string | null, bank: string | null) =>
  new Map([
    ["cl-milk-price", price],
    ["cl-rain", rain],
    ["cl-central-bank", bank],
  ]);

test("no source is overdue while each has the values that the newest target can read", () => {
  expect(overdueSources(milkCl, ends("2026-09", "2026-09", "2026-08"), "2026-11-05")).toEqual([]);
});

test("a source without a value that the newest target reads has been late since the day after its publication was due", () => {
  const [late, ...others] = overdueSources(milkCl, ends("2026-09", "2026-08", "2026-08"), "2026-11-05");
  expect(others).toEqual([]);
  // The rain of 2026-09 is published in 2026-10.
  expect(late).toEqual({ feed: "cl-rain", isTarget: false, state: "late", last: "2026-08", since: "2026-11-01" });
  expect(late && describeOverdueSource(late)).toBe(
    "Source cl-rain has been late since 2026-11-01: it ends with 2026-08. A report waits for it until the daily edition, which is made without its newest values.",
  );
});

test("since is never in the future, if the target came before the end of its period", () => {
  const [late] = overdueSources(milkCl, ends("2026-09", "2026-08", "2026-08"), "2026-10-20");
  expect(late).toMatchObject({ state: "late", since: "2026-10-20" });
});

test("a source is silent once its next value is overdue, and for the target's source the consequence is another", () => {
  const found = overdueSources(milkCl, ends("2026-05", "2026-01", null), "2026-11-05");
  expect(found).toEqual([
    { feed: "cl-milk-price", isTarget: true, state: "silent", last: "2026-05", since: "2026-10-02" },
    { feed: "cl-rain", isTarget: false, state: "silent", last: "2026-01", since: "2026-06-02" },
    { feed: "cl-central-bank", isTarget: false, state: "silent", last: null, since: null },
  ]);
  expect(found.map(describeOverdueSource)).toEqual([
    "Source cl-milk-price ends with 2026-05, and a newer value was due before 2026-10-02. Until it comes, every prediction is for the period after 2026-05.",
    "Source cl-rain ends with 2026-01, and a newer value was due before 2026-06-02. Its newest features are missing.",
    "Source cl-central-bank has no value. Its features are missing.",
  ]);
});
