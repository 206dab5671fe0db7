/** Tests the messages of commands: advice for the command, not for the caller of the API. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { openHub } from "../../trainer/hub.ts";
import { readPublication } from "../../trainer/read-publication.ts";

test("an empty file is named and refused before it is sent", async () => {
  const folder = mkdtempSync(join(tmpdir(), "almanac-empty-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "Daily.csv");
  writeFileSync(file, "");
  await expect(readPublication(file)).rejects.toThrow(`${file} is empty (0 bytes). Download or export it again.`);
  writeFileSync(file, "x");
  expect(await readPublication(file)).toHaveLength(1);
});

test.each([
  [undefined, "requires its token"],
  ["wrong", "rejected the token"],
])("a 401 of the hub with the token %s names the variable of the token, and no header", async (token, found) => {
  const detail = "Send the token as: Authorization: Bearer <token>";
  const body = { type: "urn:almanac:problem:unauthorized", title: "Unauthorized", status: 401, detail };
  const send = async () =>
    Response.json(body, { status: 401, headers: { "Content-Type": "application/problem+json" } });
  const hub = openHub({ url: "http://hub.test", token, send });
  const call = hub.api.listFeeds();
  await expect(call).rejects.toThrow(
    `The hub at http://hub.test ${found}. Set ALMANAC_TOKEN to the ADMIN_TOKEN of that hub.`,
  );
  await expect(call).rejects.not.toThrow("Bearer");
});

test("requests for personal data carry the personal token, and other reads carry none", async () => {
  const sent = new Map<string, string | undefined>();
  const send = async (url: string, { headers }: { readonly headers: Record<string, string> }) => {
    sent.set(new URL(url).pathname, headers.Authorization);
    return Response.json({}, { status: 500 });
  };
  const { api } = openHub({ url: "http://hub.test", token: "admin", personalToken: "personal", send });
  const [personal = ""] = personalNames;
  for (const feed of [personal, "gold-csv"]) {
    await expect(api.getFeed({ feed })).rejects.toThrow();
    await expect(api.listFeedProblems({ feed })).rejects.toThrow();
  }
  await expect(api.askPrediction({ forecast: personal })).rejects.toThrow();
  expect(Object.fromEntries(sent)).toEqual({
    [`/feeds/${personal}`]: "Bearer personal",
    [`/feeds/${personal}/problems`]: "Bearer admin",
    "/feeds/gold-csv": undefined,
    "/feeds/gold-csv/problems": "Bearer admin",
    [`/predict/${personal}`]: "Bearer personal",
  });
});
