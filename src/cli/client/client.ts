import type { Given, OperationName, Outputs } from "./client-operations.ts";

/** Calls operations of the API: in this process on the data folder, or at a site. */
export interface Client {
  /** Null: on this machine. Otherwise the origin of the site. */
  readonly site: string | null;
  /** What short URLs begin with because no other is set on this machine. */
  readonly assumedOrigin: string | null;
  /** @throws Problem */
  call<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Outputs[Name]>;
  /**
   * Calls an operation that answers bytes.
   * @throws Problem
   */
  open<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Response>;
}
