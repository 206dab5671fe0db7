/**
 * Sends the most expensive bodies to the code of predict and hub, in a process of its own whose heap is limited. Prints the
 * status of each answer and the growth of the process's memory.
 */
import { hubInNode, hubToken } from "./hub-in-node.ts";
import { type Answer, predictInNode } from "./predict-in-node.ts";

const size = 4_000_000;
const repeated = (text: string) => text.repeat(Math.floor(size / text.length));

/** Functions, so that only one body is in memory. */
const json: Readonly<Record<string, () => string>> = {
  "opening brackets": () => repeated("["),
  "closing brackets": () => repeated("],"),
  "opening braces": () => repeated('{"a":'),
  "empty arrays": () => `[${repeated("[],")}[]]`,
  "empty objects in a member": () => `{"instances":[${repeated("{},")}{}]}`,
  numbers: () => `{"inputs":[${repeated("1,")}1]}`,
  "a long number": () => repeated("1"),
  "a text without end": () => `"${repeated("a")}`,
  backslashes: () => `"${repeated("\\")}`,
  spaces: () => repeated(" "),
  "members of one object": () => `{"a":{${repeated('"a":1,')}"b":1}}`,
  "values within their limit": () => `{"inputs":{"a":[${"1,".repeat(999_000)}1]}}`,
  "rows within the limit of arrays": () => `{"instances":[${"[1],".repeat(249_000)}[1]]}`,
  "objects within their limit": () => `{"instances":[${"{},".repeat(249_000)}{"a":1,"b":1,"c":1}]}`,
  "NaN within the limit of values": () => `{"inputs":{"a":[${"NaN,".repeat(990_000)}NaN]}}`,
};
const csv: Readonly<Record<string, () => string>> = {
  commas: () => repeated(","),
  "line ends": () => repeated("\n"),
  "short lines": () => repeated("a\n"),
  "short lines of numbers": () => `EUR\n${"1\n".repeat(1_990_000)}`,
  "lines of two empty fields": () => repeated(",\n"),
  quotes: () => repeated('"'),
  "empty quoted fields": () => repeated('"",'),
};

const predict = await predictInNode();
const hub = await hubInNode();
const targets: readonly (readonly [path: string, answer: Answer])[] = [
  ["/predict/milk-mx", predict],
  ["/invocations/milk-mx", predict],
  ["/v2/models/milk-mx/infer", predict],
  ["/feeds/gold-csv/withdraw", hub],
  ["/forecasts/gold/runs", hub],
];
const headersOf = (type: string) => ({ "Content-Type": type, Authorization: `Bearer ${hubToken}` });

const peakMb = () => process.resourceUsage().maxRSS / 1024;

interface Sent {
  readonly answer: Answer;
  readonly path: string;
  readonly type: string;
  readonly bodies: Readonly<Record<string, () => string>>;
}

async function send({ answer, path, type, bodies }: Sent): Promise<void> {
  const headers = headersOf(type);
  // Loads what every request needs.
  await (await answer(path, { method: "POST", headers, body: "{" })).text();
  for (const [body, text] of Object.entries(bodies)) {
    const before = peakMb();
    const response = await answer(path, { method: "POST", headers, body: text() });
    await response.text();
    console.log(JSON.stringify({ path, body, status: response.status, grownMb: Math.round(peakMb() - before) }));
  }
}

for (const [path, answer] of targets) await send({ answer, path, type: "application/json", bodies: json });
for (const path of ["/invocations/milk-mx", "/invocations/gold"])
  await send({ answer: predict, path, type: "text/csv", bodies: csv });
