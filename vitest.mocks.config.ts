import { defineConfig } from "vitest/config";
import { inHub, mocking } from "./vitest.workerd.config.ts";

/**
 * Tests in workerd that replace modules and the catalogue of forecasts: their runtime is not shared. Without a setup file, because a
 * module that a setup file has loaded is not replaced.
 */
export default defineConfig(() => inHub({ name: "workerd-mocks", include: mocking, isolate: true, setupFiles: [] }));
