import { expect, test } from "vitest";
import { request } from "../support/hub.ts";

test.each([
  ["GET", "/predict"],
  ["POST", "/predict/milk-mx"],
  ["OPTIONS", "/predict"],
  ["POST", "/invocations/milk-mx"],
  ["GET", "/ping"],
  ["GET", "/v2"],
  ["POST", "/v2/models/milk-mx/infer"],
])("%s %s of the hub is answered by predict", async (method, path) => {
  const answer = await request(path, { method, ...(method === "POST" && { body: "{}" }) });
  expect(await answer.json()).toEqual({ predict: `${method} ${path}` });
});

test("what only begins like it stays the hub's", async () => {
  expect((await request("/predictions")).status).toBe(404);
});
