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
])("the hub forwards %s %s to predict", async (method, path) => {
  const answer = await request(path, { method, ...(method === "POST" && { body: "{}" }) });
  expect(await answer.json()).toEqual({ predict: `${method} ${path}` });
});

test("the hub itself answers a path that only starts like one of predict", async () => {
  expect((await request("/predictions")).status).toBe(404);
});
