/** Options of lists and watches in the query. Source: apimachinery, `apis/meta/internalversion/validation`. */
import { type FieldError, forbidden, notSupported } from "./field_error.ts";
import { asksWatch } from "./request.ts";
import { badRequest } from "./request_refusals.ts";
import { optionsError } from "./write_options.ts";

type Query = Readonly<Record<string, string>>;

const matchPath = "resourceVersionMatch";

/** @throws {ApiError} 422 for options that do not go together */
export function checkListOptions(query: Query): void {
  const errors = asksWatch(query) ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw optionsError("ListOptions", errors);
}

function listErrors(query: Query): FieldError[] {
  const { resourceVersionMatch: match = "", resourceVersion = "", continue: token = "", sendInitialEvents } = query;
  const errors: FieldError[] = [];
  const forbid = (words: string) => errors.push(forbidden(matchPath, words));
  if (match !== "" && resourceVersion === "") {
    forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (match !== "" && token !== "") forbid("resourceVersionMatch is forbidden when continue is provided");
  if (match !== "" && match !== "Exact" && match !== "NotOlderThan") {
    errors.push(notSupported(matchPath, match, ["Exact", "NotOlderThan", ""]));
  }
  if (match === "Exact" && resourceVersion === "0") {
    forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (sendInitialEvents !== undefined) {
    errors.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  return errors;
}

function watchErrors(query: Query): FieldError[] {
  const { resourceVersionMatch: match = "", continue: token = "", sendInitialEvents } = query;
  const errors: FieldError[] = [];
  const forbid = (words: string) => errors.push(forbidden(matchPath, words));
  if (sendInitialEvents !== undefined && match !== "NotOlderThan") {
    forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  if (match === "") return errors;
  if (sendInitialEvents === undefined) {
    forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (match !== "NotOlderThan") errors.push(notSupported(matchPath, match, ["NotOlderThan"]));
  if (token !== "") forbid("resourceVersionMatch is forbidden when continue is provided");
  return errors;
}

/**
 * The `limit` of a list, 0 for none.
 *
 * @throws {ApiError} 400
 */
export function readLimit(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (/^[+-]?\d{1,15}$/.test(text)) return Math.max(0, Number(text));
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A resourceVersion of a query, 0 for none. */
export function tryReadRevision(text: string | undefined): number | "malformed" {
  if (text === undefined || text === "") return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : "malformed";
}

/** What the server says about a resourceVersion of a query that is none. */
export function malformedRevision(text: string | undefined): string {
  const quoted = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
}
