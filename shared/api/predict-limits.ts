/** How much one request for predictions may ask. */

/** As many instances as one request may hold. */
export const instancesMax = 1_000;
/** Explaining follows every path of every tree: some milliseconds an instance. */
export const explainedMax = 100;
/** A thousand instances with every feature given are about 1 MB. */
export const bodyBytesMax = 4_000_000;
