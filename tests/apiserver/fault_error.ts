import { ApiError } from "./api_error.ts";
import { conflict } from "./object_refusals.ts";

/** The refusal an injected fault answers with. */
export function errorForFault(
  { status, retryAfterSeconds }: { status: number; retryAfterSeconds?: number },
  target: { group: string; plural: string; name: string } | undefined,
): ApiError {
  if (status === 409) {
    return conflict({ group: target?.group ?? "", plural: target?.plural ?? "", kind: "" }, target?.name ?? "");
  }
  const [reason, message] = faultTexts[status] ?? ["InternalError", `Internal error occurred: injected ${status}`];
  return new ApiError({
    code: status,
    reason,
    message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }),
  });
}

const faultTexts: Readonly<Record<number, readonly [string, string]>> = {
  429: ["TooManyRequests", "Too many requests, please try again later."],
  500: ["InternalError", "Internal error occurred: etcdserver: leader changed"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: ["Timeout", "Timeout: request did not complete within the allotted timeout"],
};
