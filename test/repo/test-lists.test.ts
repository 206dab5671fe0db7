/** The configurations of vitest name existing test files, and no test leaves something behind for the files that share its process. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { longest } from "../support/longest-first.ts";

const configs = readdirSync(".").filter((name) => /^vitest.*\.config\.ts$/.test(name));
const files = globSync("test/**/*.test.ts").map((path) => path.replaceAll("\\", "/"));

/** Returns the paths and patterns of test files in a configuration. */
function namedIn(config: string): string[] {
  return Array.from(readFileSync(config, "utf8").matchAll(/"(test\/[^"]*\.test\.ts)"/g), ([, name = ""]) => name);
}

/** Returns the patterns without their alternatives: `a/{b,c}.ts` is `a/b.ts` and `a/c.ts`. */
function alternatives(pattern: string): string[] {
  const [all, names] = /\{([^}]*)\}/.exec(pattern) ?? [];
  if (all === undefined || names === undefined) return [pattern];
  return names.split(",").flatMap((name) => alternatives(pattern.replace(all, name)));
}

test("every test file that a configuration names exists, so that a renamed one is not left out", () => {
  const named = configs.flatMap((config) => namedIn(config).flatMap(alternatives));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((pattern) => globSync(pattern).length === 0)).toEqual([]);
  expect(longest.filter((name) => !existsSync(`test/${name}.test.ts`))).toEqual([]);
});

test("exactly the tests of `mocking` replace modules: elsewhere a replacement has no effect or reaches other files", () => {
  const replacing = files.filter((path) => /\bvi\.(?:mock|doMock)\(/.test(readFileSync(path, "utf8")));
  const [, list = ""] = /mocking = \[([^\]]*)\]/.exec(readFileSync("vitest.workerd.config.ts", "utf8")) ?? [];
  const mocking = Array.from(list.matchAll(/"([^"]+)"/g), ([, path = ""]) => path);
  expect(replacing.sort()).toEqual(mocking.sort());
});

/** What vitest does not undo after a test, by its pattern. */
const lasting: Readonly<Record<string, RegExp>> = {
  "another folder": /\bprocess\.chdir\(/,
  "a variable of the environment": /\bprocess\.env(?:\.\w+|\["\w+"\]) \??=[^=]|\bvi\.stubEnv\(/,
  "a global": /\bvi\.stubGlobal\(|\bglobalThis\.\w+ =[^=]/,
  "a spy outside a test": /^vi\.spyOn\(/m,
};

test("no test file leaves a changed process behind: files share one", () => {
  const shared = files.filter((path) => !/^test\/(bench|browser|load|e2e|repo)\//.test(path));
  expect(shared.length).toBeGreaterThan(300);
  for (const [what, pattern] of Object.entries(lasting))
    expect([what, shared.filter((path) => pattern.test(readFileSync(path, "utf8")))]).toEqual([what, []]);
  const withClock = shared.filter((path) => readFileSync(path, "utf8").includes("vi.useFakeTimers("));
  expect(withClock.length).toBeGreaterThan(0);
  const restored = /(?:afterEach|onTestFinished)\(\(\) => (?:\{\s*|void )?vi\.useRealTimers\(\)/;
  expect(withClock.filter((path) => !restored.test(readFileSync(path, "utf8")))).toEqual([]);
});
