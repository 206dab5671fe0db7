/** Example calls of every command, for its help and for docs/CLI.md. Versions are written as `VERSION`, as `almanac models` lists them. */

export interface Example {
  /** The arguments after `almanac`. */
  readonly call: string;
  /** What the call does: a sentence without a full stop, which begins with a verb. */
  readonly does: string;
}

const examples: Readonly<Record<string, readonly Example[]>> = {
  start: [
    { call: "start", does: "starts all forecasts and keeps running; `npm start` is the same" },
    { call: "start --only gold,sickness --once", does: "trains two forecasts and exits" },
    { call: "start --state /tmp/trial --port 0", does: "starts a second platform beside the first one" },
  ],
  feeds: [{ call: "feeds", does: "lists what is stored, held and late" }],
  ingest: [
    {
      call: "ingest sniim-milk Leche03012025.xlsx Leche06012025.xlsx",
      does: "uploads two workbooks and waits until predictions use them",
    },
  ],
  simulate: [
    { call: "simulate transactions-json --out shop --seed 7", does: "writes two years of synthetic purchases" },
  ],
  flows: [
    { call: "flows", does: "lists the newest flows" },
    { call: "flows --only held,failed", does: "lists what waits for a person, with the command that continues it" },
  ],
  release: [{ call: "release FLOW", does: "ingests a held file; `almanac flows` lists the ids" }],
  retry: [{ call: "retry FLOW", does: "runs a failed flow again; `almanac flows` lists the ids" }],
  withdraw: [
    {
      call: 'withdraw gold-csv 12 --why "prices of another currency"',
      does: "removes what ingest 12 brought; `almanac ingest` prints the number",
    },
  ],
  parse: [
    { call: "parse gold-csv Daily.csv", does: "shows the observations and the rejected cells of a file" },
    { call: "parse sniim-milk Leche03012025.xlsx --as-of 2025-01-03", does: "parses a file as on the day it arrived" },
  ],
  lake: [{ call: "lake gold-csv --out lake", does: "copies the Parquet files, for DuckDB or pandas" }],
  models: [
    { call: "models", does: "lists the versions of all forecasts" },
    { call: "models milk-mx", does: "also prints the leaderboard of the champion" },
  ],
  train: [
    { call: "train milk-mx", does: "trains, and promotes the model if the gate allows it" },
    {
      call: "train gold --budget 5m --only ridge,gradient-boosting",
      does: "tries two candidates for about five minutes",
    },
    { call: "train gold --seed 1 --resume RUN", does: "continues a training that was killed" },
  ],
  backtest: [
    { call: "backtest gold --files Daily.csv", does: "prints the leaderboard of a file" },
    {
      call: "backtest milk-cl --files precio_leche.csv precipitaciones.csv banco_central.csv --steps 1",
      does: "judges the next month only, from files of three feeds",
    },
  ],
  replay: [
    {
      call: "replay gold --files Daily.csv --from 2023-01-02 --retrain every:60 --out replayed",
      does: "predicts every day since then, and writes the predictions",
    },
  ],
  export: [
    { call: "export gold --files Daily.csv --out model", does: "writes model.onnx, card.json and rows to verify them" },
  ],
  import: [
    {
      call: "import gold model.onnx --trained-to 2023-06-30 --producer scikit-learn",
      does: "judges the file on all later days",
    },
  ],
  promote: [
    { call: 'promote milk-mx VERSION --why "tested by hand"', does: "asks the gate" },
    { call: 'promote milk-mx VERSION --force --why "it was better"', does: "promotes without the gate" },
  ],
  rollback: [
    { call: 'rollback milk-mx --why "wrong prices since Monday"', does: "returns to the previous champion" },
    { call: 'rollback milk-mx --to VERSION --why "the last good one"', does: "returns to an earlier champion" },
  ],
  predict: [
    { call: "predict gold", does: "predicts from the newest price" },
    { call: "predict gold Date=2023-10-01 EUR=1200", does: "predicts from a given price" },
    { call: "predict milk-mx --all --csv", does: "predicts every series, in the columns of the source" },
    { call: "predict milk-cl steps=12 --json", does: "predicts a year" },
    { call: "predict sickness --explain", does: "shows what each feature contributes" },
    { call: "predict customers customer_id=7", does: "predicts the next purchase of a customer" },
  ],
  report: [{ call: "report customers --out report --lang en", does: "writes the page and its files" }],
  record: [
    { call: "record milk-mx", does: "shows the record of the next period" },
    { call: "record milk-cl --step 12", does: "shows the record of one year ahead" },
    { call: "record gold --files --from 2026-01", does: "lists the Parquet files since January" },
  ],
  help: [
    { call: "help train", does: "shows the options of a command" },
    { call: "help skill", does: "explains a term" },
  ],
};

/** Returns the example calls of a command; none for an unknown command. */
export function examplesOf(command: string): readonly Example[] {
  return examples[command] ?? [];
}

/** Returns the example calls as the end of a command's help. */
export function examplesHelp(command: string): string {
  const lines = examplesOf(command).map(({ call, does }) => `  almanac ${call}\n      ${does}`);
  return lines.length === 0 ? "" : `\nExamples:\n${lines.join("\n")}`;
}
