/** Stands for all accounts and sessions in the change counters; no short code has a NUL. */
export const ACCOUNTS = "\0accounts";

/** Whether a statement may change an account or a session: it names their tables. No trigger changes these. */
export function namesAccounts(sql: string): boolean {
  return /\b(?:user|session)\b/i.test(sql);
}
