/** Lets Node import JSON with `import { version } from "package.json"`, as bundlers do: `node --import ./test/support/json-modules.ts`. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(".json")) return nextLoad(url, context);
    const members: [string, unknown][] = Object.entries(JSON.parse(readFileSync(fileURLToPath(url), "utf8")));
    const source = members.map(
      ([name, value], at) => `const m${at} = ${JSON.stringify(value)}; export { m${at} as ${JSON.stringify(name)} };`,
    );
    return { format: "module", source: source.join("\n"), shortCircuit: true };
  },
});
