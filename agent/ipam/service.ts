import type { IpamService } from "../api/service.ts";
import { type AttachmentArgs, attachmentFields, type AttachmentVerb } from "../log_fields.ts";
import { add } from "./add.ts";
import type { IpamDeps } from "./deps.ts";
import { endpointInTime } from "./endpoint_lookup.ts";
import { explain, type ExplainDeps } from "./explain.ts";
import { release } from "./release.ts";
import { releaseBatch } from "./release_batch.ts";

/**
 * What plugins and people ask about the Pods of the node. Spreading the dependencies fixes the configuration of a request:
 * what changes meanwhile is the next one's.
 */
export function serviceOf(explainDeps: ExplainDeps): IpamService {
  const deps = explainDeps.ipam;
  return {
    explain: (query, signal) => explain({ ...explainDeps, ipam: { ...deps } }, query, signal),
    add(args, signal) {
      deps.owed?.void(args); // the runtime is past that DEL
      return add(depsOf("ADD", args), args, signal);
    },
    release: (args, signal) => release(depsOf("DEL", args), args, signal),
    releaseBatch: (args, signal) => releaseBatch(depsOf("batch DEL", args), args, signal),
    endpoint: (key, signal) => endpointInTime(deps, key, signal),
  };

  /** Every line of a request says whose it is. */
  function depsOf(verb: AttachmentVerb, args: AttachmentArgs): IpamDeps {
    return { ...deps, log: deps.log.child(attachmentFields(verb, args)) };
  }
}
