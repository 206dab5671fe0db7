/** Signatures, bodies and the times of retries. */
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { reportId, reportMessage } from "../../shared/webhooks/message.ts";
import { nextTryAt, triesMax } from "../../shared/webhooks/retries.ts";
import { signedHeaders, webhookSecret } from "../../shared/webhooks/sign.ts";

const report = {
  forecast: "prices",
  title: "Prices of milk, años 2025–2026",
  origin: "2026-11-20",
  revision: 1,
  publishedAt: "2026-11-20T18:30:00.000Z",
  version: "20261120-1a2b3c4d",
  summary: ["Three prices are likely to move.", "Ninguno <más>."],
};

test("the signature is that of the standard's reference library", () => {
  for (const length of [24, 25, 26, 32, 64]) {
    const secret = webhookSecret(Uint8Array.from({ length }, (_, at) => (at * 37 + length) % 256));
    const body = reportMessage(report, "https://almanac.example.com");
    const at = new Date("2026-11-20T18:31:07.900Z");
    const headers = signedHeaders({ id: "prices:2026-11-20:1", body }, { secret, at });
    expect(headers["webhook-timestamp"]).toBe("1795199467");
    expect(headers["webhook-signature"]).toBe(new Webhook(secret).sign("prices:2026-11-20:1", at, body));
  }
});

test("the signature of the standard's documented example is reproduced", () => {
  // https://github.com/standard-webhooks/standard-webhooks: the test vector of its libraries.
  const headers = signedHeaders(
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' },
    { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", at: new Date(1614265330_000) },
  );
  expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("the body has the findings and links, and the same report gives the same bytes", () => {
  const body = reportMessage(report, "https://almanac.example.com");
  expect(reportMessage({ ...report }, "https://almanac.example.com")).toBe(body);
  expect(JSON.parse(body)).toEqual({
    type: "report.published",
    timestamp: report.publishedAt,
    data: {
      forecast: "prices",
      title: report.title,
      origin: "2026-11-20",
      revision: 1,
      model_version: report.version,
      summary: report.summary,
      links: {
        html: "https://almanac.example.com/reports/prices/2026-11-20.html",
        json: "https://almanac.example.com/reports/prices/2026-11-20.json",
        csv: "https://almanac.example.com/reports/prices/2026-11-20.csv",
        png: "https://almanac.example.com/reports/prices/2026-11-20.png",
      },
    },
  });
});

test("the id of a report has no full stop, which would end the signed id", () => {
  expect(reportId(report)).toBe("prices:2026-11-20");
  expect(reportId({ forecast: "prices", origin: "2026-11-20T07" })).not.toContain(".");
});

test("retries wait longer each time and end after about a day", () => {
  const start = new Date("2026-11-20T18:00:00.000Z");
  let at = start;
  const waits: number[] = [];
  for (let tries = 1; ; tries++) {
    const next = nextTryAt(tries, at);
    if (next === null) break;
    waits.push((Date.parse(next) - at.getTime()) / 60_000);
    at = new Date(next);
  }
  expect(waits).toHaveLength(triesMax - 1);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  const hours = (at.getTime() - start.getTime()) / 3_600_000;
  expect(hours).toBeGreaterThan(20);
  expect(hours).toBeLessThan(28);
});
