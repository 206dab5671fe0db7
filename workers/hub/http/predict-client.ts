import type { Context } from "hono";
import { type ApiClient, apiClient } from "../../../shared/api/client.ts";
import type { HubVariables } from "./context.ts";

/** Returns a client of predict for the caller of a request: with its token, and its address, whose computing time predict limits. */
export function predictClient({ req, var: { hub } }: Context<HubVariables>): ApiClient {
  const [authorization, address] = [req.header("Authorization"), req.header("CF-Connecting-IP")];
  const caller = {
    ...(authorization !== undefined && { Authorization: authorization }),
    ...(address !== undefined && { "CF-Connecting-IP": address }),
  };
  return apiClient({
    url: "http://predict",
    send: (url, init) => hub.predict.fetch(new Request(url, { ...init, headers: { ...init.headers, ...caller } })),
  });
}
