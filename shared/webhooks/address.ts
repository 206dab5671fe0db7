/**
 * Decides which addresses may receive webhooks: https and public. The URL parser converts other forms of an IP address
 * (decimal, octal, hexadecimal, shortened, full-width digits) to the usual one, so this file sees only that form. A name is
 * not resolved: Cloudflare's Workers cannot connect to private networks.
 */
import { isLoopback } from "../lib/loopback.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { isPublicIpv4, isPublicIpv6 } from "./address-ranges.ts";

declare class URL {
  static parse(text: string): URL | null;
  readonly protocol: string;
  readonly hostname: string;
  readonly username: string;
  readonly password: string;
  readonly href: string;
  hash: string;
}

export const addressExpected = "an https address with a public host and without credentials";

/** A longer address is not stored. */
export const addressMax = 2_000;

/** Names of private networks and of this machine (RFC 6761, 6762, 8375, 9476, and common private names). */
const privateNames = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "home.arpa"];
const reservedNames = ["test", "example", "invalid", "onion", "alt", "arpa"];

/** At least two labels of 1 to 63 characters. With an empty label, `localhost..` would not look like `localhost`. */
const hostName = /^(?=.{1,253}$)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/;

export interface AddressRules {
  /** True if an address of this machine is allowed, also over http; only in local configuration. */
  readonly allowLoopback: boolean;
}

/** Returns the address in its usual form without fragment, or the reason why it may not receive webhooks. */
export function webhookAddress(text: string, { allowLoopback }: AddressRules): Result<string> {
  const url = URL.parse(text);
  if (url === null) return failure("The address is not a URL.");
  if (text.length > addressMax || url.href.length > addressMax)
    return failure(`The address is longer than ${addressMax} characters.`);
  if (url.username !== "" || url.password !== "") return failure("The address contains credentials.");
  url.hash = "";
  if (allowLoopback && isLoopback(url.hostname) && ["http:", "https:"].includes(url.protocol)) return success(url.href);
  if (url.protocol !== "https:") return failure(`The address begins with ${url.protocol}`);
  return isPublicHost(url.hostname) ? success(url.href) : failure(`The host ${url.hostname} is not public.`);
}

function isPublicHost(host: string): boolean {
  if (host.startsWith("[")) return isPublicIpv6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicIpv4(host);
  const name = host.replace(/\.$/, "");
  if (!hostName.test(name)) return false;
  const isReserved = [...privateNames, ...reservedNames].some((end) => name === end || name.endsWith(`.${end}`));
  return !isReserved;
}
