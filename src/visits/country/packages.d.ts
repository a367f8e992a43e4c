declare module "mmdb-lib" {
  /** A MaxMind database in memory. */
  export class Reader {
    constructor(file: Buffer);
    /** What the database has of an address; throws for what is no address. */
    get(address: string): unknown;
  }
}
