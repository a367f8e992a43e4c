/** A language tag of Accept-Language as browsers send it: language, script and region. */
const TAG = /^\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?=[-_;,\s]|$)/;

/** The first language of an Accept-Language header in the usual case, such as `pt-BR`; or "". At most 11 characters. */
export function firstLanguage(header: string): string {
  const [, language, script, region] = TAG.exec(header) ?? [];
  if (language === undefined) return "";
  const parts = [
    language.toLowerCase(),
    script && script.charAt(0).toUpperCase() + script.slice(1).toLowerCase(),
    region?.toUpperCase(),
  ];
  return parts.filter(Boolean).join("-");
}
