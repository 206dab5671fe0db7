import { expect, test } from "vitest";
import { readVariables } from "../../workers/hub/variables.ts";

const readFrom = (variables: Readonly<Record<string, string>>) => readVariables((name) => variables[name] ?? "");

test("well-formed variables are parsed", () => {
  const variables = readFrom({ PREDICTIONS_KEPT_DAYS: "90", ALLOW_LOOPBACK: "true" });
  expect(variables.predictionRetentionDays).toEqual({ ok: true, value: 90 });
  expect(variables.allowLoopback).toEqual({ ok: true, value: true });
  expect(readFrom({}).allowLoopback).toEqual({ ok: true, value: false });
});

test.each(["", "0", "-1", "ninety", "1.5", "100000"])(
  "PREDICTIONS_KEPT_DAYS %j is refused, and the error has the expected value",
  (found) => {
    expect(readFrom({ PREDICTIONS_KEPT_DAYS: found }).predictionRetentionDays).toEqual({
      ok: false,
      error: `PREDICTIONS_KEPT_DAYS is "${found}", expected a whole number of days from 1 to 99999. Set it in wrangler.toml.`,
    });
  },
);

test("a malformed variable does not affect the others", () => {
  const variables = readFrom({ PREDICTIONS_KEPT_DAYS: "90", ALLOW_LOOPBACK: "yes" });
  expect(variables.allowLoopback).toEqual({
    ok: false,
    error: 'ALLOW_LOOPBACK is "yes", expected "true" or "false". Set it in wrangler.toml.',
  });
  expect(variables.predictionRetentionDays.ok).toBe(true);
});
