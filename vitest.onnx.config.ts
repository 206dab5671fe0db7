import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { maxWorkers } from "./vitest.config.ts";

/** Tests that run inside workerd, with the onnx Worker's own bindings. */
export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: "./workers/onnx/wrangler.toml" } })],
  test: { name: "onnx", include: ["test/onnx-worker/**/*.workerd.test.ts"], testTimeout: 60_000, maxWorkers },
});
