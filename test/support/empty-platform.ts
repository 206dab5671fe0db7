/**
 * Runs before and after each file of tests in workerd. Files share a runtime, because its start takes longer than most of them, and
 * each begins with empty storage and without Workflows.
 */
import { introspectWorkflow } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll } from "vitest";
import { emptyStores } from "./empty-stores.ts";

const workflows = Object.entries(env).flatMap(([name, binding]) =>
  name.endsWith("_FLOW") ? [binding as Workflow] : [],
);
let introspectors: Awaited<ReturnType<typeof introspectWorkflow>>[] = [];

beforeAll(async () => {
  await emptyStores();
  introspectors = await Promise.all(workflows.map(introspectWorkflow));
});

// Workflows continue when the stores are emptied.
afterAll(async () => {
  await Promise.all(introspectors.map((introspector) => introspector.dispose()));
});
