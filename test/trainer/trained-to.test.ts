import { expect, test } from "vitest";
import type { Granularity } from "../../shared/period.ts";
import { readTrainedTo } from "../../trainer/training/trained-to.ts";

const read = (text: string, every: Granularity) => readTrainedTo(text, { schedule: { every, periods: "calendar" } });

test("no period that contains a declared training day is later than the declared end", () => {
  expect(read("2026-11-20", "hour")).toBe("2026-11-20T23");
  expect(read("2026-11-20", "day")).toBe("2026-11-20");
  expect(read("2026-11-20", "month")).toBe("2026-11");
  expect(read("2026-11-20", "quarter")).toBe("2026-Q4");
});

test("a period of the forecast is read as train.csv writes it", () => {
  expect(read("2026-11-20T07:00", "hour")).toBe("2026-11-20T07");
  expect(read("2026-Q3", "quarter")).toBe("2026-Q3");
});

test("other texts are refused with the expected form", () => {
  expect(() => read("20/11/2026", "day")).toThrow("--trained-to 20/11/2026 is not a period. Expected YYYY-MM-DD.");
  expect(() => read("2026-13", "hour")).toThrow("Expected YYYY-MM-DD or YYYY-MM-DDTHH.");
});
