/** Returns the name of the actor for logs of changes: the user of this machine. */
export function actor(): string {
  return process.env.ALMANAC_ACTOR ?? process.env.USER ?? "command line";
}
