/**
 * The layers of the code, lowest first. A file imports only its own folder and lower layers. Folders of one layer do not
 * import each other. A folder that is not listed fails the test, so that every new folder is assigned to a layer.
 */
export const layers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  shared: [
    ["lib", "glossary.ts"],
    ["period.ts", "stats", "webhooks"],
    ["models", "search", "feeds", "distributions", "charts"],
    ["onnx", "lake"],
    ["features"],
    ["candidates"],
    ["forecasts"],
    ["drift", "sources"],
    ["registry"],
    ["api", "judging", "explain"],
    ["db", "training", "predict"],
    ["track-record"],
    ["reports"],
  ],
  trainer: [
    ["actor.ts", "examples.ts", "failure.ts", "interruption.ts", "terminal.ts", "simulate"],
    ["cli-markdown.ts", "disk.ts"],
    ["make-folder.ts"],
    [
      "hub.ts",
      "upload-progress.ts",
      "write-inside.ts",
      "known.ts",
      "read-publication.ts",
      "read-simulated-day.ts",
      "task-list.ts",
      "predictions-table.ts",
      "record-table.ts",
      "rasterizer.ts",
    ],
    ["flows.ts", "check-files.ts", "report-feeds.ts", "serving.ts"],
    ["lake.ts", "local"],
    ["connect.ts", "training"],
    ["replay"],
    ["commands"],
    ["program.ts"],
    ["run-command.ts", "write-docs.ts"],
    ["main.ts"],
  ],
  "workers/hub": [
    ["variables.ts", "object-digest.ts", "user-agent.ts"],
    ["hub.ts"],
    ["registry"],
    ["fetch", "ingest", "predictions"],
    ["reports", "serving", "outbox"],
    ["dead-letters.ts", "flows"],
    ["actions", "queue.ts", "upkeep.ts", "workflows.ts"],
    ["http", "tick.ts"],
    ["index.ts"],
  ],
};

/** Known upward imports. Remove a line together with its import: a line without an import fails the test. */
export const upwardImportsToRemove: readonly string[] = [];

/** Files in a known import cycle. Remove a line together with its cycle: a line without a cycle fails the test. */
export const cyclesToRemove: readonly string[] = [];
