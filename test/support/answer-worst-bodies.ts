/**
 * Sends the most expensive JSON bodies to the code of predict and hub, in a process of its own whose heap is limited. Prints the
 * status of each answer and the growth of the process's memory.
 */
import { hubInNode, hubToken } from "./hub-in-node.ts";
import { type Answer, predictInNode } from "./predict-in-node.ts";

const size = 4_000_000;
const repeated = (text: string) => text.repeat(Math.floor(size / text.length));

const bodies: Readonly<Record<string, string>> = {
  "opening brackets": repeated("["),
  "opening braces": repeated('{"a":'),
  "empty arrays": `[${repeated("[],")}[]]`,
  "empty objects in a member": `{"instances":[${repeated("{},")}{}]}`,
  numbers: `{"inputs":[${repeated("1,")}1]}`,
  "a long number": repeated("1"),
  "a text without end": `"${repeated("a")}`,
  backslashes: `"${repeated("\\")}`,
  spaces: repeated(" "),
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
const headers = { "Content-Type": "application/json", Authorization: `Bearer ${hubToken}` };

// Loads what every request needs.
for (const [path, answer] of targets) await (await answer(path, { method: "POST", headers, body: "{" })).text();
const peakMb = () => process.resourceUsage().maxRSS / 1024;
for (const [path, answer] of targets) {
  for (const [body, text] of Object.entries(bodies)) {
    const before = peakMb();
    const response = await answer(path, { method: "POST", headers, body: text });
    await response.text();
    console.log(JSON.stringify({ path, body, status: response.status, grownMb: Math.round(peakMb() - before) }));
  }
}
