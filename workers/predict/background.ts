/** Work of a request that goes on behind its answer. */
export type Background = Pick<ExecutionContext, "waitUntil">;
