/** The task of a start that publishes the report of a forecast. */
import { expect, test } from "vitest";
import { openHub } from "../../trainer/hub.ts";
import { withReport } from "../../trainer/local/publish-report.ts";

const time = "2026-11-20T00:00:00.000Z";
const champion = {
  number: 1,
  version: "v1",
  rule: "first",
  who: "a",
  why: "b",
  flowId: null,
  since: time,
  until: null,
};
const refused = { type: "urn:almanac:problem:unavailable", title: "", status: 503, detail: "pages is down" };

/** Returns a hub that has a champion and cannot make reports. */
function hubWithoutReports() {
  return openHub({
    url: "http://hub",
    token: "secret",
    send: async (url) =>
      url.includes("/champion")
        ? Response.json({
            forecast: "gold",
            champion,
            decision: null,
            looks: [],
            dataChanged: false,
            changes: [],
          })
        : Response.json(refused, { status: 503 }),
  });
}

test("a report that cannot be published is stated with its reason, because the task list does not print it", async () => {
  const failed: string[] = [];
  const hub = hubWithoutReports();
  const training = { title: "Train gold", isOptional: true, run: async () => {} };
  const task = withReport(training, { forecast: "gold", hub: () => hub, onFailed: (reason) => failed.push(reason) });
  const shown = { title: "", output: "", skip: () => {} };
  await expect(task.run(shown)).rejects.toThrow("pages is down");
  expect(failed).toEqual([expect.stringContaining("pages is down")]);
});
