import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { answerWithFile } from "./test/support/workerd-files.ts";

/** Tests that run inside workerd, with the hub's own bindings. */
export default defineConfig(async () => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        // Replaces the other Workers, which have their own tests: these tests check what is sent to them.
        serviceBindings: {
          PREDICT: (request) => Response.json({ predict: `${request.method} ${new URL(request.url).pathname}` }),
          ONNX: () => new Response(null, { status: 503 }),
          FILES: answerWithFile,
        },
        bindings: {
          ADMIN_TOKEN: "test-token",
          ALLOW_LOOPBACK: "true",
          TEST_MIGRATIONS: await readD1Migrations("migrations"),
        },
      },
    }),
  ],
  test: {
    name: "workerd",
    maxWorkers: "100%",
    include: ["test/**/*.workerd.test.ts"],
    exclude: ["test/predict/**", "test/onnx-worker/**"],
    testTimeout: 60_000,
  },
}));
