/** Names of a model file's outputs. `prediction` is required; the others are optional. All are float32, N is the number of rows. */

/** [N, 1]: the prediction, in the forecast's unit. Of the candidate `changes` it is the mean of the distribution. */
export const predictionOutput = "prediction";
/** [N, 1]: the probability that the value changes, 0 to 1. If the file has them, it is `down_probability` + `up_probability`. */
export const changeOutput = "change_probability";
/** [N, 1]: the probability that the value falls, 0 to 1. */
export const downOutput = "down_probability";
/** [N, 1]: the probability that the value rises, 0 to 1. */
export const upOutput = "up_probability";
/**
 * [N, M]: the possible changes from the last value, in the forecast's unit: falls are negative, one is 0. Not sorted; a change
 * may occur more than once, and one with mass 0 has no meaning. M is a constant of the file.
 */
export const changesOutput = "changes";
/** [N, M]: the probability of each change of `changes`. The sum of a row is 1 up to float32 rounding. */
export const massesOutput = "change_masses";

/** All names, in the order in which they are listed. A feature must not have one of them. */
export const outputNames: readonly string[] = [
  predictionOutput,
  changeOutput,
  downOutput,
  upOutput,
  changesOutput,
  massesOutput,
];
