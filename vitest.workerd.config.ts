import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig, type ViteUserConfig as UserConfig } from "vitest/config";
import { schemaOf } from "./test/support/schema-of.ts";
import { answerWithFile } from "./test/support/workerd-files.ts";
import { maxWorkers } from "./vitest.config.ts";

type TestSettings = NonNullable<UserConfig["test"]>;

/**
 * Lets the files of a project share a runtime and its modules: starting workerd and loading the Worker takes longer than the tests
 * of most files. Each file begins with empty storage, and each test without the replaced functions of the one before.
 */
export const sharedRuntime: TestSettings = {
  isolate: false,
  restoreMocks: true,
  setupFiles: ["./test/support/empty-platform.ts"],
};

/** Returns a project that runs inside workerd, with the hub's own bindings. */
export async function inHub(test: TestSettings): Promise<UserConfig> {
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          // Replaces the other Workers, which have their own tests: these tests check what is sent to them.
          serviceBindings: {
            PREDICT: (request) => Response.json({ predict: `${request.method} ${new URL(request.url).pathname}` }),
            ONNX: () => new Response(null, { status: 503 }),
            PAGES: () => new Response(null, { status: 503 }),
            FILES: answerWithFile,
          },
          bindings: {
            ADMIN_TOKEN: "test-token",
            PERSONAL_TOKEN: "personal-token",
            ALLOW_LOOPBACK: "true",
            TEST_MIGRATIONS: await readD1Migrations("migrations"),
            TEST_SCHEMA: schemaOf("migrations"),
          },
        },
      }),
    ],
    test: { maxWorkers, testTimeout: 60_000, ...sharedRuntime, ...test },
  };
}

/**
 * Settings of tests that replace modules and the catalogue of forecasts: they share no runtime. They have no setup file, because a
 * module that a setup file has loaded is not replaced.
 */
export const ownRuntime: TestSettings = { isolate: true, setupFiles: [] };

/** The tests that replace modules (vitest.mocks.config.ts). */
export const mocking = ["test/hub/who-serves.workerd.test.ts"];

export default defineConfig(() =>
  inHub({
    name: "workerd",
    include: ["test/**/*.workerd.test.ts"],
    exclude: ["test/predict/**", "test/onnx-worker/**", "test/pages-worker/**", "test/real/**", ...mocking],
  }),
);
