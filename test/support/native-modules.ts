/** Prepares Node for tests that it runs without a bundler: JSON modules, and drizzle-orm, which Node loads slowly. */
import "./json-modules.ts";
import { type ResolveFnOutput, registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const drizzle = pathToFileURL("node_modules/drizzle-orm/").href;
const resolved = new Map<string, ResolveFnOutput>();

registerHooks({
  /**
   * Resolves the modules of drizzle-orm without its package.json. Node would parse the list of exports, of 180 kB, again for each
   * of its files and for each import of it, which takes a second.
   */
  resolve(specifier, context, nextResolve) {
    const { parentURL = "" } = context;
    if (specifier.startsWith(".") && parentURL.startsWith(drizzle)) {
      return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
    }
    if (!specifier.startsWith("drizzle-orm")) return nextResolve(specifier, context);
    const known = resolved.get(specifier) ?? { ...nextResolve(specifier, context), shortCircuit: true };
    resolved.set(specifier, known);
    return known;
  },
});
