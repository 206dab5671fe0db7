/** Generates a client from an OpenAPI document with a public generator, compiles it and runs it in its own process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: "ES2024",
  module: "ESNext",
  moduleResolution: "bundler",
  lib: ["ES2024", "DOM", "DOM.Iterable"],
  types: ["node"],
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

const command = (name: string) => resolve("node_modules/.bin", name);

/**
 * Runs a program that imports the generated client as `./client.ts`. Returns its output. Throws if it does not compile.
 */
export function runGeneratedClient(document: string, program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "almanac-client-"));
  const run = (name: string, args: readonly string[]) => runNode(folder, [command(name), ...args]);
  try {
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(folder, "openapi.json"), document);
    writeFileSync(join(folder, "program.ts"), program);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    run("oazapfts", ["openapi.json", "client.ts"]);
    run("tsc", ["-p", "tsconfig.json"]);
    return runNode(folder, ["program.ts"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a Node program in a folder and returns its output. @throws Error with everything that it printed. */
function runNode(cwd: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
