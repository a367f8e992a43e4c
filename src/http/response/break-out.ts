/**
 * The only inline script of ours, of the page around a user's HTML page. In a frame, where that page went by a script, it
 * asks the page around to go there as a whole. In a sandbox, browsers load no script of ours by its address.
 */
export const BREAK_OUT =
  'if (parent !== window) parent.postMessage({ destination: location.href }, "*");';

export const BREAK_OUT_HASH = `sha256-${new Bun.CryptoHasher("sha256").update(BREAK_OUT).digest("base64")}`;
