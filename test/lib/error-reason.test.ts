import { expect, test } from "vitest";
import { messageOf, traceOf } from "../../shared/lib/error-reason.ts";

test("the log contains the innermost cause and the line that threw it", () => {
  const cause = new Error("no such table");
  expect(traceOf(new Error("Failed query: select …", { cause }))).toBe(cause.stack);
  expect(cause.stack).toMatch(/error-reason\.test\.ts\S*:\d+:\d+/);
  expect(traceOf("a word")).toBe("a word");
});

test("the message of an error, a number or a text that was thrown is a text", () => {
  expect([new Error("no such table"), 12, "a word"].map(messageOf)).toEqual(["no such table", "12", "a word"]);
});
