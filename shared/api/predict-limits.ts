/** How much one request for predictions may ask. */

/** As many instances as one request may hold. */
export const instancesMax = 1_000;
/** Explaining follows every path of every tree: some tens of milliseconds an instance of a large forest. */
export const explainedMax = 100;
/** Rows of raw features that give the value of a day: the history is gone through for each. */
export const givenRowsMax = 10_000;
/** Values of one table, 4 bytes each in a Worker of 128 MB: more than a body can spell out. */
export const tableValuesMax = 4_000_000;
/** A thousand instances with every feature given are about 1 MB. */
export const bodyBytesMax = 4_000_000;
