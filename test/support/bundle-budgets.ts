/**
 * Every isolate loads the bundle before its first answer, so a large library makes that answer slow. The bundle is not minified.
 * About 60 KB of it answer and record groups and steps after the first; V8 compiles them with the first request that needs them.
 */
export const predictBundleBytesMax = 440 * 1024;
