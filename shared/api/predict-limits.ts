/** Limits of one request for predictions. */

/** Maximum number of instances. */
export const instancesMax = 1_000;
/** Maximum number of explained instances. */
export const explainedMax = 100;
/** Maximum number of operations of all explanations of a request: about a second. An explanation visits every path of every tree. */
export const explainingOperationsMax = 25_000_000;
/** Operations of reading, evaluating and writing one value of a row, in the same unit: about 30 per microsecond. */
export const operationsPerValue = 60;
/** Maximum number of rows that set the value of a period. Each of them needs a pass through the history. */
export const givenRowsMax = 10_000;
/**
 * Maximum number of values of a table: 4 bytes each, in a Worker with 128 MB. A body of the allowed size contains
 * fewer.
 */
export const tableValuesMax = 4_000_000;
/** 1,000 instances with all features are about 1 MB. */
export const bodyBytesMax = 4_000_000;
/**
 * Limits of a JSON body. No protocol nests deeper than 6 levels; 4 MB cannot contain more numbers than this. Each row is an array or
 * an object, which needs up to 20 times the memory of its text.
 */
export const bodyJsonLimits = { depthMax: 64, valuesMax: 2_000_000, containersMax: 400_000 };

/** Operations that a request for several steps or for a group counts as: some ten distributions of a thousand values. */
export const operationsPerPath = 200_000;
