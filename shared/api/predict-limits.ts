/** Limits of one request for predictions. */

/** Maximum number of instances. */
export const instancesMax = 1_000;
/** Maximum number of explained instances. */
export const explainedMax = 100;
/** Maximum number of operations of all explanations of a request: about a second. An explanation visits every path of every tree. */
export const explainingOperationsMax = 25_000_000;
/** Operations of reading, evaluating and writing one value of a row, in the same unit: about 30 per microsecond. */
export const operationsPerValue = 60;
/** Operations of reading one byte of a body, in the same unit. Refused bodies are charged too. */
export const operationsPerByte = 1;
/** Maximum number of rows that set the value of a period. Each of them needs a pass through the history. */
export const givenRowsMax = 10_000;
/** Maximum number of values of a table: rows times inputs. A body cannot contain more. */
export const rawValuesMax = 1_000_000;
/** Maximum number of rows of a table. A body can have millions of them, and each is an array and has an answer. */
export const rawRowsMax = 100_000;
/** 1,000 instances with all features are about 1 MB. */
export const bodyBytesMax = 4_000_000;
/**
 * Limits of a JSON body. No protocol nests deeper than 6 levels; a million numbers of three digits are 4 MB. Each row is an array or
 * an object, which needs up to 20 times the memory of its text. An object with many members takes microseconds for each.
 */
export const bodyJsonLimits = { depthMax: 64, valuesMax: 1_000_000, containersMax: 250_000, membersMax: 10_000 };
/** Limits of a CSV body. It has the same values as JSON, and a header has at most as many names as an object. */
export const bodyCsvLimits = {
  fieldsMax: bodyJsonLimits.membersMax,
  // The header is a row too.
  rowsMax: rawRowsMax + 1,
  valuesMax: rawValuesMax + bodyJsonLimits.membersMax,
};

/** Operations that a request for several steps or for a group counts as: some ten distributions of a thousand values. */
export const operationsPerPath = 200_000;
