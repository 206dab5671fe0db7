/** Names of a model file's outputs, each float32 [N, 1]. */

/** The prediction, in the forecast's unit. */
export const predictionOutput = "prediction";
/** Optional: the probability that the value changes, 0 to 1. */
export const changeOutput = "change_probability";
