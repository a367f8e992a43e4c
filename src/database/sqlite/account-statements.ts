/** Stands for all accounts, sessions and API keys in the change counters; no short code has a NUL. */
export const ACCOUNTS = "\0accounts";

/** Whether a statement may change an account, a session or an API key: it names their tables. No trigger changes these. */
export function namesAccounts(sql: string): boolean {
  return /\b(?:user|session|api_key)\b/i.test(sql);
}
