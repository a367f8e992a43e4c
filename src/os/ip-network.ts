import { isIP } from "node:net";

/** Returns the canonical text of an IP address (RFC 5952; v4-mapped as IPv4, without a zone); null for anything else. */
export function normaliseAddress(text: string): string | null {
  const [address = ""] = text.split("%");
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return normaliseV6(address);
    default:
      return null;
  }
}

const V4_MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

function normaliseV6(address: string): string {
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = V4_MAPPED.exec(shortest) ?? [];
  if (high === undefined || low === undefined) return shortest;
  return [...bytesOf(high), ...bytesOf(low)].join(".");
}

function bytesOf(group: string): [number, number] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
}

/**
 * Returns what counts as one client for a limit: an IPv4 address, or the /64 of an IPv6 one, since a household has a
 * whole /64. Anything else ("local") is returned unchanged.
 */
export function networkOf(address: string): string {
  const known = normaliseAddress(address);
  if (known === null) return address;
  return known.includes(":") ? `${prefixOf(known, 4)}::/64` : known;
}

/** How much of a client's address is logged. */
export type AddressForm = "short" | "full" | "none";

/** Returns an address as logs may have it: whole, or its first part (/24, of IPv6 /48), or null for none of it. */
export function loggedAddress(address: string, form: AddressForm): string | null {
  switch (form) {
    case "full":
      return address;
    case "short":
      return shorten(address);
    case "none":
      return null;
  }
}

function shorten(address: string): string {
  const known = normaliseAddress(address) ?? address;
  if (isIP(known) === 6) return `${prefixOf(known, 3)}::`;
  return known.replace(/^(\d+\.\d+\.\d+)\.\d+$/, "$1.0");
}

/** Returns the first groups of a canonical IPv6 address, with its left-out zeros. */
function prefixOf(address: string, count: number): string {
  const [head = [], tail] = address.split("::").map(groupsOf);
  const zeros: string[] = Array(8).fill("0");
  const groups =
    tail === undefined ? head : [...head, ...zeros.slice(head.length + tail.length), ...tail];
  return groups.slice(0, count).join(":");
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
