/** The last test: it kills workerd. `npm run test:matrix` kills the other processes. */
import { test } from "vitest";
import { expectAllEnd } from "../../support/ended-processes.ts";
import { platform } from "./platform.ts";

test("when workerd is killed, every process of the platform ends", () => expectAllEnd(platform, "workerd"));
