import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/**
 * More workers than cores, because tests of the platform often wait: for queues, retries and child processes. As a number, because
 * vitest limits a percentage to the number of cores.
 */
export const maxWorkers = Math.ceil(availableParallelism() * 1.5);

/** Lets the processes that tests start share compiled code. A command then starts with half the processor time. */
export function useCompileCache(): void {
  process.env["NODE_COMPILE_CACHE"] ??= resolve(".wrangler/compile-cache");
}

useCompileCache();

/**
 * Node loads the modules and removes their types, as it does for the command line. Vite would transform every module and replace
 * every use of an import by a getter, which doubles the processor time of numeric code.
 */
export const nativeModules = {
  experimental: { viteModuleRunner: false, nodeLoader: false },
  // The Workers import JSON as bundlers do.
  execArgv: ["--import", resolve("test/support/native-modules.ts")],
};

export const unitTests = {
  name: "unit",
  include: ["test/**/*.test.ts"],
  exclude: [
    "test/**/*.workerd.test.ts",
    "test/e2e/**",
    "test/load/**",
    "test/matrix/**",
    "test/real/**",
    "test/browser/**",
    "test/bench/**",
  ],
  maxWorkers,
  testTimeout: 60_000,
  // One module cache for each worker: importing took a third of the time. So a replaced function is restored before the next test.
  isolate: false,
  restoreMocks: true,
  ...nativeModules,
};

export const endToEndTests = {
  name: "e2e",
  include: ["test/e2e/**/*.test.ts"],
  globalSetup: ["test/support/e2e-setup.ts"],
  maxWorkers,
  testTimeout: 300_000,
  hookTimeout: 120_000,
  ...nativeModules,
};

/** Projects: unit tests in Node, tests in workerd with the bindings of one Worker, and end-to-end tests of all Workers. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: unitTests },
      "./vitest.workerd.config.ts",
      "./vitest.mocks.config.ts",
      "./vitest.predict.config.ts",
      "./vitest.onnx.config.ts",
      "./vitest.pages.config.ts",
      // `npm run test:matrix` cuts the power, kills each process and interrupts each phase.
      { test: { ...endToEndTests, exclude: ["test/e2e/{crash,interrupts,processes}.e2e.test.ts"] } },
    ],
  },
});
