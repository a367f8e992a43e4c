/** What triggers raise where a database that is being moved is to change; see move-mark.ts. */
export const MOVE_FAILURE = { message: "database_move", sqlState: "T8MOV" } as const;
