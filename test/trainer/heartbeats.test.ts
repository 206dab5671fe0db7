import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Hub } from "../../trainer/hub.ts";
import { startHeartbeats } from "../../trainer/training/heartbeats.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const minutes = 60_000;

test("a training sends a heartbeat at its start and every 5 minutes until it stops, also if one fails", async () => {
  const sent: string[] = [];
  const sendHeartbeat: Hub["api"]["sendHeartbeat"] = ({ run }) => {
    sent.push(run);
    return Promise.reject(new Error("the hub restarts"));
  };
  const heartbeats = startHeartbeats({ api: { sendHeartbeat } }, "run-1");
  expect(sent).toEqual(["run-1"]);
  await vi.advanceTimersByTimeAsync(16 * minutes);
  expect(sent).toHaveLength(4);
  heartbeats.stop();
  await vi.advanceTimersByTimeAsync(60 * minutes);
  expect(sent).toHaveLength(4);
});
