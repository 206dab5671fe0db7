/** The list of reports, and what it shows of personal forecasts. */
import { expect, test } from "vitest";
import { hubInNode, hubToken } from "../support/hub-in-node.ts";

const rows = ["customers", "gold"]
  .map(
    (
      forecast,
    ) => `INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, published_at, files)
      VALUES ('${forecast}', '2026-11-20', 'champion', 1, 1, 1, 'publication', 'published', '2026-11-20T18:00:00Z', '2026-11-20T18:00:00Z', '[]');`,
  )
  .join("");
const open = await hubInNode({ rows, personalToken: "personal" });
const closed = await hubInNode({ rows });

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const listed = async (answer: Response) =>
  ((await answer.json()) as { reports: { forecast: string }[] }).reports.map(({ forecast }) => forecast);

test("the list of all reports leaves out those of personal forecasts, with and without a token", async () => {
  for (const init of [{}, bearer("personal"), bearer(hubToken)])
    expect(await listed(await open("/reports", init))).toEqual(["gold"]);
});

test("the list of a personal forecast needs a token, and states it", async () => {
  for (const token of ["personal", hubToken]) {
    const answer = await open("/reports?forecast=customers", bearer(token));
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(await listed(answer)).toEqual(["customers"]);
  }
  for (const init of [{}, bearer("wrong")]) {
    const answer = await open("/reports?forecast=customers", init);
    expect([answer.status, answer.headers.get("WWW-Authenticate")]).toEqual([401, expect.stringContaining("Bearer")]);
  }
  const answer = await closed("/reports?forecast=customers");
  expect([answer.status, await answer.json()]).toMatchObject([
    403,
    { detail: expect.stringContaining("PERSONAL_TOKEN is not set") },
  ]);
});
