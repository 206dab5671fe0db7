/** Names of a model file's outputs, each float32 [N, 1]. */

/** In the forecast's unit. */
export const predictionOutput = "prediction";
/** How likely the value is to change, 0 to 1; a file need not have it. */
export const changeOutput = "change_probability";
