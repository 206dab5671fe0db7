/** Registers work that continues after the answer was sent. */
export type Background = Pick<ExecutionContext, "waitUntil">;
