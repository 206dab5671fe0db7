/** Returns whether a host of a URL is this machine: `localhost`, `127.0.0.0/8` or `[::1]`. Other names are not resolved. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
