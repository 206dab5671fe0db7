/**
 * The layers of the code, lowest first: a file imports only its own folder and lower layers. Folders on one line do not
 * import each other. A file in a folder that is not listed fails the test, so that each new folder gets its place.
 */
export const layers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  shared: [
    ["lib", "glossary.ts"],
    ["period.ts", "stats"],
    ["models", "search", "feeds"],
    ["onnx", "lake"],
    ["features"],
    ["candidates"],
    ["forecasts"],
    ["drift", "sources"],
    ["registry"],
    ["api", "judging", "explain"],
    ["db", "training", "predict"],
    ["reports"],
  ],
  trainer: [
    ["failure.ts", "terminal.ts", "simulate", "write-docs.ts"],
    ["hub.ts", "upload-progress.ts", "known.ts", "read-publication.ts", "task-list.ts", "predictions-table.ts"],
    ["flows.ts"],
    ["lake.ts", "local"],
    ["connect.ts", "training"],
    ["commands"],
    ["main.ts"],
  ],
  "workers/hub": [
    ["variables.ts"],
    ["hub.ts"],
    ["fetch", "ingest", "predictions", "registry"],
    ["dead-letters.ts", "flows"],
    ["actions", "queue.ts", "upkeep.ts", "workflows.ts"],
    ["http"],
    ["index.ts"],
  ],
};

/** Upward imports that exist today. Remove a line with its import: a line that names none fails the test. */
export const upwardImportsToRemove: readonly string[] = [];

/** Files that are part of an import cycle today. Remove a line with its cycle: a line without one fails the test. */
export const cyclesToRemove: readonly string[] = [];
