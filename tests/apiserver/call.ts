import { type ApiAnswer, jsonAnswer } from "./answer.ts";
import type { Core } from "./core.ts";
import type { WatchFault } from "./faults.ts";
import { negotiateForm, textIn } from "./forms.ts";
import type { ApiRequest, PathTarget } from "./request.ts";
import type { Resource } from "./resource.ts";
import type { StoredVersion } from "./version.ts";

/** What a verb gets. */
export interface Call {
  readonly request: ApiRequest;
  readonly path: PathTarget;
  readonly resource: Resource;
  readonly watchFault: WatchFault | undefined;
}

/** Answers a call with one object, in the form it asks for. */
export function versionAnswer(
  core: Core,
  { call, version, status }: { call: Call; version: StoredVersion; status: number },
): ApiAnswer {
  const { request, resource } = call;
  const form = negotiateForm(request.accept, { purpose: "object", query: request.query });
  return jsonAnswer(status, textIn(form, version, { resource, nowMs: core.clock.now() }));
}
