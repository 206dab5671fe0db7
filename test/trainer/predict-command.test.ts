/** Tests `almanac predict` with a service that refuses, and options that exclude each other. */
import { createServer, type RequestListener } from "node:http";
import { afterEach, expect, test } from "vitest";
import { almanacHere } from "../support/command-here.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Starts a service with this listener and returns its address. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no address");
  return `http://127.0.0.1:${address.port}`;
}

test("a 401 names the variable from which the command reads the token", async () => {
  const url = await serving(({ headers }, answer) => {
    const detail = `Send the token as: Authorization: Bearer <token>, not ${headers.authorization}`;
    answer.writeHead(401, { "Content-Type": "application/problem+json" });
    answer.end(
      JSON.stringify({ type: "urn:almanac:problem:unauthorized", title: "Unauthorized", status: 401, detail }),
    );
  });
  const without = await almanacHere(["predict", "gold", "--url", url], { env: { PREDICT_TOKEN: "" } });
  expect(without).toMatchObject({ code: 1, err: expect.stringContaining("Set PREDICT_TOKEN") });
  const wrong = await almanacHere(["predict", "gold", "--all", "--url", url], { env: { PREDICT_TOKEN: "wrong" } });
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("rejected the token in PREDICT_TOKEN") });
  const personal = await almanacHere(["predict", "customers", "customer_id=7", "--url", url]);
  expect(personal).toMatchObject({ code: 1, err: expect.stringContaining("Set PERSONAL_TOKEN") });
});

test("tables reject --explain without --json", async () => {
  for (const options of [["--all"], ["--csv"]]) {
    const ran = await almanacHere(["predict", "gold", "--explain", ...options, "--url", "http://127.0.0.1:1"]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("Add --json") });
  }
});

test("CSV rejects a path, because it has one row for each series", async () => {
  const ran = await almanacHere(["predict", "gold", "steps=3", "--csv", "--url", "http://127.0.0.1:1"]);
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining("remove steps=3") });
});
