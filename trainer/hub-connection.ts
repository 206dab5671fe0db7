/** How the command line speaks to a hub: where it is, the token, and what becomes of a refusal. */
import type { z } from "zod";
import { problemShape } from "../shared/api/problem-shape.ts";
import { Failure } from "./failure.ts";

export interface HubAddress {
  readonly url: string;
  readonly token: string | undefined;
}

export class HubConnection {
  readonly url: string;
  readonly authorization: Readonly<Record<string, string>>;

  constructor({ url, token }: HubAddress) {
    this.url = url.replace(/\/$/, "");
    this.authorization = token ? { Authorization: `Bearer ${token}` } : {};
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(this.url + path, init);
    } catch {
      throw new Failure(`No hub answers at ${this.url}. Start one with \`npm start\`, or name another with --url URL.`);
    }
  }

  async json<T>(path: string, shape: z.ZodType<T>, init?: RequestInit): Promise<T> {
    return shape.parse(await this.checked(await this.request(path, init)));
  }

  /** The JSON of an answer. @throws Failure with the hub's own words when it refused. */
  async checked(response: Response): Promise<unknown> {
    if (response.ok) return response.json();
    const text = await response.text();
    const refusal = problemShape.safeParse(parseJson(text));
    if (!refusal.success)
      throw new Failure(`The hub at ${this.url} answered ${response.status}: ${text.slice(0, 200)}`);
    const { title, detail, found, expected, allowed, didYouMean } = refusal.data;
    const parts = [
      `${title}. ${detail ?? ""}`.trim(),
      found && `Found: ${found}.`,
      expected && `Expected: ${expected}.`,
      allowed && `Allowed: ${allowed.join(", ")}.`,
      // Most details end with it already.
      didYouMean && !detail?.includes(didYouMean) && `Did you mean ${didYouMean}?`,
    ];
    throw new Failure(parts.filter(Boolean).join(" "));
  }
}

/** `Content-Digest` (RFC 9530) of a SHA-256 in hexadecimal. */
export function contentDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
