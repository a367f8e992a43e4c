import { fillPattern } from "../../http/fill-pattern.ts";
import { apiUrls } from "../../http/urls/api-urls.ts";
import { type AnyGiven, clientOperations, type OperationName } from "./client-operations.ts";

/** A request of the API, without the site that it is sent to. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | null;
}

/** The request of an operation. */
export function apiRequest(
  name: OperationName,
  { params = {}, query = {}, json }: AnyGiven,
): ApiRequest {
  const { url, method } = clientOperations[name];
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    for (const each of [value].flat()) if (each !== undefined) search.append(key, String(each));
  const path = fillPattern(apiUrls[url].pattern, params);
  const body = json === undefined ? null : JSON.stringify(json);
  return { method, path: search.size === 0 ? path : `${path}?${search}`, body };
}

/** What an answer says: its JSON, or null where it has no body. */
export async function readAnswer(response: Response): Promise<unknown> {
  return response.status === 204 ? null : await response.json();
}
