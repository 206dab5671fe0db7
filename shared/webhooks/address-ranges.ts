/** Networks that are not part of the public internet (IANA's registries of special-purpose addresses). */

/** Prefixes of IPv4 and their lengths in bits. */
const notPublic: readonly (readonly [prefix: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

const numberOf = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Returns whether an IPv4 address is public. The address has four decimal numbers, as the URL parser writes it. */
export function isPublicIpv4(address: string): boolean {
  const value = numberOf(address);
  return !notPublic.some(([prefix, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(numberOf(prefix) / size);
  });
}

/**
 * Returns whether an IPv6 address is public: global unicast, without the ranges that contain an IPv4 address (6to4, Teredo)
 * and without those for documentation. The address is compressed, as the URL parser writes it, without brackets.
 */
export function isPublicIpv6(address: string): boolean {
  // An empty part is the beginning of a sequence of zeros.
  const [first = 0, second = 0] = address.split(":", 2).map((part) => Number.parseInt(part || "0", 16));
  if (first < 0x2000 || first > 0x3fff) return false;
  if (first === 0x2001) return second > 0x01ff && second !== 0x0db8;
  if (first === 0x3fff) return second > 0x0fff;
  return first !== 0x2002;
}
