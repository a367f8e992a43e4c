/** Where the API is, for ever: `/api` and `/api/v2` belong to the contracts of other programs. */
export const API = "/api/v1";
