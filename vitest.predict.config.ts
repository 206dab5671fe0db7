import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { maxWorkers } from "./vitest.config.ts";
import { sharedRuntime } from "./vitest.workerd.config.ts";

/** Tests that run inside workerd, with the predict Worker's own bindings. */
export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./workers/predict/wrangler.toml" },
      // There is no onnx Worker here. Tests that need one run its code directly, with the R2 bucket of predict.
      miniflare: { serviceBindings: { ONNX: () => new Response(null, { status: 503 }) } },
    }),
  ],
  test: {
    name: "predict",
    include: ["test/predict/**/*.workerd.test.ts"],
    testTimeout: 60_000,
    maxWorkers,
    ...sharedRuntime,
  },
});
