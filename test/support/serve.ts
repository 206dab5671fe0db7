/** Serves a function that answers requests at 127.0.0.1, for clients that need an address. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./predict-in-node.ts";

export interface Serving extends AsyncDisposable {
  readonly url: string;
}

export async function serve(answer: Answer, port = 0): Promise<Serving> {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method = "GET", url = "/" } = request;
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(pieces);
    const answered = await answer(url, { method, headers, body });
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(method === "HEAD" ? undefined : Buffer.from(await answered.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: used } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${used}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
