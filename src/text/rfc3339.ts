/** A time in milliseconds since 1970 UTC as RFC 3339 has it; null for none. */
export function rfc3339(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
