/** The IANA name of the zone in which times written without one are read: `app.timezone`, or the machine's. */
export function effectiveZone(settings: { readonly "app.timezone": string }): string {
  return settings["app.timezone"] || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The name as IANA writes it; null when there is no such zone. An offset such as +01:00 is none: it has no summer. */
export function canonicalZone(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
