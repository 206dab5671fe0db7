import { defineConfig } from "vitest/config";
import { inHub, mocking, ownRuntime } from "./vitest.workerd.config.ts";

export default defineConfig(() => inHub({ name: "workerd-mocks", include: mocking, ...ownRuntime }));
