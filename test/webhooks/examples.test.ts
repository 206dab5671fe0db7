/** The examples of docs/REPORTS.md accept the messages of the service and reject all others. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { signedHeaders, webhookSecret } from "../../shared/webhooks/sign.ts";
import golden from "../golden/webhook-example.json" with { type: "json" };

const document = readFileSync("docs/REPORTS.md", "utf8");

function exampleIn(language: string): string {
  const code = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(document)?.[1];
  if (code === undefined) throw new Error(`docs/REPORTS.md has no example in ${language}`);
  return code;
}

const secret = webhookSecret(Uint8Array.from({ length: 32 }, (_, at) => at * 7));
const body = '{"type":"report.published","data":{"title":"Año 2026"}}';
const now = new Date();
const headers = signedHeaders({ id: "prices:2026-11-20:1", body }, { secret, at: now });
const old = signedHeaders({ id: "m", body }, { secret, at: new Date(now.getTime() - 600_000) });
const otherSecret = webhookSecret(new Uint8Array(32));

/** Each case: secret, headers, body, and whether the message is accepted. */
const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, string, boolean])[] = [
  ["a message", secret, headers, body, true],
  [
    "a message with several signatures",
    secret,
    { ...headers, "webhook-signature": `v1,AAAA ${headers["webhook-signature"]}` },
    body,
    true,
  ],
  ["another body", secret, headers, body.replace("2026", "2027"), false],
  ["another secret", otherSecret, headers, body, false],
  ["another id", secret, { ...headers, "webhook-id": "x" }, body, false],
  ["an old message", secret, old, body, false],
  ["a signature of another version", secret, { ...headers, "webhook-signature": "v2,AAAA" }, body, false],
];

const verifierShape = z.object({
  verify: z.function({ input: [z.string(), z.unknown(), z.string()], output: z.unknown() }),
});

test("the example in Node accepts what the service signed, and nothing else", async () => {
  const code = `data:text/javascript,${encodeURIComponent(exampleIn("js"))}`;
  const { verify } = verifierShape.parse(await import(/* @vite-ignore */ code));
  for (const [name, key, sent, text, isAccepted] of cases)
    expect(verify(key, sent, text), name).toEqual(isAccepted ? JSON.parse(body) : null);
});

test("the example in Python accepted what the service signs, and nothing else, when its golden file was written", () => {
  expect(sha256Hex(exampleIn("python")), "run test/golden/webhook-example.py again").toBe(golden.codeSha256);
  const { headers: signed, body: text } = golden.message;
  const at = new Date(Number(signed["webhook-timestamp"]) * 1000);
  expect(signedHeaders({ id: signed["webhook-id"], body: text }, { secret: golden.secret, at })).toEqual(signed);
  expect(golden.accepted).toEqual({
    "a message": JSON.parse(text),
    "several signatures": JSON.parse(text),
    "another body": null,
    "another secret": null,
    "another id": null,
    "an old message": null,
    "another version of signatures": null,
  });
});
