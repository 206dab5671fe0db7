/** Every isolate loads the bundle before its first answer, so a large library makes that answer slow. The bundle is not minified. */
export const predictBundleBytesMax = 420 * 1024;
