/** The terms that Almanac uses in code, tables, addresses, pages and messages: one list for documents, tooltips and help. */

export interface Term {
  readonly term: string;
  /** Other words for the same thing, for people who search by them. */
  readonly also?: readonly string[];
  /** One or two sentences, plain text. */
  readonly meaning: string;
}

export interface TermGroup {
  readonly title: string;
  readonly terms: readonly Term[];
}

export const glossary: readonly TermGroup[] = [
  {
    title: "Data",
    terms: [
      {
        term: "feed",
        meaning:
          "One publication on the internet, such as a workbook or a CSV file: how to fetch it and how to parse it.",
      },
      {
        term: "publication",
        meaning: "One file of a feed, as it was fetched or uploaded. Its bytes are never changed.",
      },
      { term: "observation", meaning: "One parsed fact: feed, series, variable, period and value." },
      {
        term: "problem",
        meaning: "One thing that a parser rejected: the row, the column, what was found and what was expected.",
      },
      {
        term: "revision",
        meaning: "A change of an observation that was already stored. The latest publication's value is used.",
      },
      {
        term: "retraction",
        also: ["deletion", "tombstone"],
        meaning:
          "A publication's statement that a fact does not exist, such as a purchase that failed. Its stored value is not used while the publication is the latest one.",
      },
      {
        term: "held",
        meaning:
          "A publication or a promotion that waits for a person or for more data. Its flow has the reason. Nothing is lost.",
      },
      {
        term: "series",
        meaning: "A thing with a history, identified by its dimensions, for example one city, kind and channel.",
      },
      { term: "dimension", meaning: "A property that identifies a series, such as the city." },
      { term: "period", meaning: "The hour, day, month or quarter of an observation." },
      {
        term: "lake",
        meaning:
          "All observations as Parquet files that other tools can read. It is rebuilt from the stored publications.",
      },
    ],
  },
  {
    title: "Forecasts",
    terms: [
      {
        term: "forecast",
        meaning: "One use case, declared in one file: sources, target, features, candidates and rules.",
      },
      {
        term: "source",
        meaning:
          "The part of a feed that a forecast uses: its variables, and the number of periods until they are published.",
      },
      { term: "target", meaning: "The value that is predicted." },
      { term: "origin", meaning: "The last period that is known when a prediction is made." },
      {
        term: "step",
        also: ["horizon"],
        meaning: "The number of periods from the origin to the predicted period. Step 1 is the next period.",
      },
      {
        term: "headline step",
        meaning: "A step by which versions of a forecast are compared. The first is step 1.",
      },
      {
        term: "group",
        meaning:
          "Series with the same values of some dimensions, such as all cities of a state. Its level is the mean of the series that have a value at both ends of a step.",
      },
      {
        term: "lag",
        meaning: "The number of periods between a period and the publication of its values.",
      },
      {
        term: "feature",
        meaning:
          "One input of a model. It is computed only from data that was published by the origin, or from the calendar.",
      },
      {
        term: "distribution",
        also: ["predictive distribution"],
        meaning:
          "The possible next values with a probability each. The prediction is its median; its mean, quantiles and intervals are published too.",
      },
      {
        term: "quantile",
        also: ["percentile"],
        meaning:
          "The value of a distribution that is not exceeded with a given probability, the level. The median is the quantile of 0.5.",
      },
      {
        term: "interval",
        also: ["prediction interval"],
        meaning: "A range that contains the value with the stated probability, for example 80 %.",
      },
      {
        term: "hypothetical",
        meaning: "An answer to inputs that the caller supplied instead of the stored history.",
      },
      {
        term: "stale",
        meaning:
          "The answer is correct for the data that it names, but newer data or a newer model could not be loaded.",
      },
    ],
  },
  {
    title: "Models",
    terms: [
      {
        term: "model",
        meaning: "One trained artefact, an ONNX file. It is never changed; a newer training gives a new version.",
      },
      { term: "card", meaning: "The description of a model: data, features, scores, calibration and lineage." },
      { term: "version", meaning: "The name of one model of a forecast, for example 20261120-c86b058d." },
      {
        term: "champion",
        meaning:
          "The version that serves. A forecast has at most one champion. Each change of it is numbered and recorded.",
      },
      { term: "challenger", meaning: "A version whose promotion was requested." },
      {
        term: "incumbent",
        meaning: "The champion at the time when a challenger is judged.",
      },
      {
        term: "candidate",
        meaning: "A method that can be trained, such as gradient boosting, with the parameters to search.",
      },
      { term: "contender", meaning: "A candidate with its best parameters, as one row of the leaderboard." },
      {
        term: "baseline",
        also: ["naive forecast"],
        meaning:
          "The simplest forecast: the last value, the value of the season before, or the usual share of events. A model must be significantly better to serve.",
      },
      { term: "recipe", meaning: "A candidate and its parameters. The same recipe can be fitted again on newer data." },
      {
        term: "refresh",
        meaning: "The champion's recipe, fitted on newer data. It serves unless it is significantly worse.",
      },
      {
        term: "replacement",
        meaning: "Another recipe than the champion's. It serves only if it is significantly better.",
      },
      {
        term: "built-in engine",
        meaning: "Almanac's own code that runs model files. Other files run in onnxruntime-web.",
      },
      {
        term: "golden rows",
        meaning: "Inputs with the expected outputs, in the card. An engine must reproduce them before a model serves.",
      },
      { term: "promotion", meaning: "The step that makes a version the champion." },
      { term: "rollback", meaning: "The step that makes an earlier champion serve again." },
      {
        term: "gate",
        meaning:
          "The rule that decides on a promotion. It compares losses on periods that were not used for any choice.",
      },
      {
        term: "look",
        meaning:
          "One test of contenders on the test window. It needs periods that no earlier look has used, or data that the publisher has corrected.",
      },
      {
        term: "fingerprint",
        meaning:
          "A hash of everything that changes the value of a feature. Two models with one fingerprint read the same inputs.",
      },
    ],
  },
  {
    title: "Scores",
    terms: [
      {
        term: "validation",
        meaning: "The periods on which parameters and the best contender are chosen. They are before the test window.",
      },
      {
        term: "test window",
        meaning: "The last periods. They are used once, after all choices, to measure the chosen models.",
      },
      {
        term: "leaderboard",
        meaning: "The table of all contenders with their scores on validation and on the test window.",
      },
      { term: "loss", meaning: "The size of an error by the forecast's metric. Lower is better." },
      { term: "RMSE", meaning: "Root mean squared error, in the unit of the target. Large errors weigh more." },
      { term: "MAE", meaning: "Mean absolute error, in the unit of the target." },
      {
        term: "Brier score",
        meaning:
          "Mean squared difference between a probability and what happened (0 or 1). 0 is perfect; a constant probability of 50 % has 0.25.",
      },
      {
        term: "AUC",
        meaning:
          "The probability that a case with the event has a higher score than a case without it. 0.5 is no better than chance.",
      },
      {
        term: "balanced accuracy",
        meaning:
          "The mean of the share of events and the share of non-events that were recognised. 50 % is no better than chance.",
      },
      {
        term: "calibration",
        meaning: "The agreement of probabilities and intervals with observed frequencies.",
      },
      {
        term: "coverage",
        meaning: "The share of values that were inside their interval. It should equal the interval's level.",
      },
      {
        term: "CRPS",
        also: ["continuous ranked probability score"],
        meaning:
          "The error of a whole distribution, in the unit of the target; lower is better. For a single value it is the absolute error.",
      },
      {
        term: "WIS",
        also: ["weighted interval score"],
        meaning:
          "The error of the median and of the intervals of 50, 80 and 95 %, in the unit of the target; lower is better. It rewards narrow intervals and punishes values outside.",
      },
      {
        term: "skill",
        meaning:
          "The share by which the loss is below the baseline's loss. 0 % is as good as the baseline; a negative skill is worse.",
      },
      {
        term: "significance",
        also: ["p-value", "beyond chance"],
        meaning:
          "p is the probability of an advantage of at least this size if both forecasts are equally good. If p is below the gate's level, the advantage is significant.",
      },
    ],
  },
  {
    title: "Operation",
    terms: [
      {
        term: "flow",
        meaning: "A durable run of steps, such as an ingest or a promotion. It continues after a crash.",
      },
      { term: "run", meaning: "One training with all its trials." },
      { term: "trial", meaning: "One set of parameters that was tried for one candidate." },
      { term: "snapshot", meaning: "Everything that is needed to answer for one forecast without a database." },
      {
        term: "history",
        meaning:
          "The recent observations of a forecast, as many as its features read. Predictions are computed from it.",
      },
      {
        term: "pointer",
        meaning: "The entry in KV that names the champion for the prediction service. It is a copy of the database.",
      },
      {
        term: "lease",
        meaning: "The right to change a feed. Only one run at a time has it, and it expires if the run stops.",
      },
      {
        term: "upkeep",
        meaning: "The hourly job that resumes flows, repairs KV and deletes old predictions.",
      },
      {
        term: "dead letter",
        meaning: "A queue message that could not be processed after all retries. It can be sent again.",
      },
      {
        term: "subscription",
        meaning: "An address that receives a signed message about each new report.",
      },
      {
        term: "outbox",
        meaning: "The messages to subscribers, each recorded before it is sent, with its tries and their outcome.",
      },
      {
        term: "track record",
        meaning:
          "Every published forecast with its later error. It shows skill against the baseline, and how often values were inside the intervals.",
      },
      {
        term: "confidence sequence",
        meaning:
          "A range for the skill that holds at all times at once with a probability of 95 %. The record claims a difference only if it excludes 0.",
      },
      {
        term: "replay",
        meaning:
          "Runs a forecast over its history as if it had been live, and shows the trainings and the track record that it would have had.",
      },
      { term: "episode", meaning: "One continuous time of drift or of worse accuracy: opened, worsened, closed." },
      { term: "action", meaning: "One thing that a person or a program can do, such as promote, retry or release." },
    ],
  },
];

/** Returns the glossary as a Markdown document. */
export function glossaryMarkdown(): string {
  const sections = glossary.map(({ title, terms }) => {
    const rows = terms.map(({ term, also = [], meaning }) => {
      const others = also.length === 0 ? "" : ` (also: ${also.join(", ")})`;
      return `| **${term}**${others} | ${meaning} |`;
    });
    return [`## ${title}`, "", "| term | meaning |", "| --- | --- |", ...rows].join("\n");
  });
  const head = "# Glossary\n\nGenerated from `shared/glossary.ts` by `npm run docs`. Change the list there.";
  return `${[head, ...sections].join("\n\n")}\n`;
}
