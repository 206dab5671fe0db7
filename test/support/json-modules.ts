/** Lets Node import JSON with `import { version } from "package.json"`, as bundlers do: `node --import ./test/support/json-modules.ts`. */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(".json") || url.includes("/node_modules/")) return nextLoad(url, context);
    const text = readFileSync(fileURLToPath(url), "utf8");
    const members: [string, unknown][] = Object.entries(JSON.parse(text));
    const named = members.map(
      ([name, value], at) => `const m${at} = ${JSON.stringify(value)}; export { m${at} as ${JSON.stringify(name)} };`,
    );
    const source = [...named, `export default ${text};`].join("\n");
    return { format: "module", source, shortCircuit: true };
  },
});
