import { defineConfig } from "vitest/config";

/** Pages, as Chromium shows them: `npm run test:browser`. */
export default defineConfig({
  test: {
    name: "browser",
    include: ["test/browser/**/*.browser.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
