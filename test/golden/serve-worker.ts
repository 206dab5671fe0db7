/**
 * Serves the code of predict, or of the hub, at 127.0.0.1, for `inference-clients.py` and `lake-clients.py`:
 * `node --import ./test/support/json-modules.ts test/golden/serve-worker.ts predict 8799`.
 */
import { hubInNode } from "../support/hub-in-node.ts";
import { predictInNode } from "../support/predict-in-node.ts";
import { serve } from "../support/serve.ts";

const [worker = "predict", port = "8799"] = process.argv.slice(2);
await serve(worker === "hub" ? await hubInNode() : await predictInNode(), Number(port));
