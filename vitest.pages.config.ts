import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { maxWorkers } from "./vitest.config.ts";

/** Tests that run inside workerd, as the pages Worker, which has no bindings. */
export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: "./workers/pages/wrangler.toml" } })],
  test: { name: "pages", include: ["test/pages-worker/**/*.workerd.test.ts"], testTimeout: 60_000, maxWorkers },
});
