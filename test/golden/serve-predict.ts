/** Serves the predict Worker of the tests at 127.0.0.1, for `inference-clients.py`: `node --import ./test/support/json-modules.ts test/golden/serve-predict.ts 8799`. */
import { createServer } from "node:http";
import { predictInNode } from "../support/predict-in-node.ts";

const answer = await predictInNode();
const port = Number(process.argv[2] ?? 8799);

createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const { method = "GET", url = "/" } = request;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(pieces);
  const answered = await answer(url, { method, headers, body });
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}).listen(port, "127.0.0.1");
