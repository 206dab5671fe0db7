/** A publication that retracts many stored values is held. */
import { expect, test } from "vitest";
import { retractionReason } from "../../shared/feeds/retractions.ts";

const limits = { contradictedMax: 0.05 };
const series = (count: number) => new Set(Array.from({ length: count }, (_, at) => `T${at}`));
const reason = (retracted: number, stated: number) =>
  retractionReason({ retracted: series(retracted), stated: series(stated) }, limits);

test("a few failed transactions among new ones, and a file with only a few of them, are not held", () => {
  expect([reason(20, 1_000), reason(6, 6), reason(0, 0)]).toEqual([null, null, null]);
});

test("a file that retracts a large share is held, with both numbers", () => {
  expect(reason(7, 7)).toBe("7 of its 7 series lose a stored value (100 %); the limit is 5 %");
  expect(reason(60, 1_000)).toBe("60 of its 1000 series lose a stored value (6 %); the limit is 5 %");
});
