import { LateError } from "../../agent/ipam/deadline.ts";
import { EndpointHeldError } from "../../agent/ipam/endpoint_tries.ts";
import { CancelledByDelError, TooManyAddsError } from "../../agent/ipam/running_adds.ts";
import { ReleaseForbiddenError } from "../../agent/api/mod.ts";
import { MalformedPoolError } from "../../crd/ipam/pool_view.ts";
import { MalformedRecordsError } from "../../crd/ipam/record.ts";
import { DeadlineError } from "../../crd/ipam/requests.ts";
import { type ErrorChapter, made } from "./error_row.ts";

const attachment = {
  podNamespace: "<namespace>",
  podName: "<name>",
  podUID: "<uid>",
  containerID: "<container>",
  ifName: "<NIC>",
};

/** While addresses are written. */
export const writeErrors: ErrorChapter = {
  title: "While addresses are written",
  intro: "In the same places, mostly as the reason after `last:`, and in the agent's log.",
  rows: [
    made(new LateError({ ms: 30_000, action: "Cannot allocate addresses" }), {
      meaning: "`agent.ipamDeadline` passed.",
      remedy: "See `exhaust all retries` above.",
    }),
    made(new DeadlineError("<pool>"), {
      meaning: "The pool could not be written before the request's deadline.",
      remedy: "Look at the API server's answers to PUT of `spiderippools/status`.",
    }),
    made(new MalformedPoolError("<pool>", "<subnet>"), {
      meaning: "The pool was written without the webhook, or by hand.",
      remedy: "Correct `spec.subnet`.",
    }),
    made(new MalformedRecordsError("<what is wrong>"), {
      meaning: "Somebody wrote into `status.allocatedIPs`; nothing is written over what cannot be read.",
      remedy: "Repair the JSON. Removing the field forgets who has which address: only with the pool's Pods gone.",
    }),
    made(new EndpointHeldError({ namespace: "<namespace>", name: "<name>" }), {
      meaning: "The SpiderEndpoint of an earlier Pod of this name waits for a finalizer that is not this project's.",
      remedy: "Look at `metadata.finalizers` and whose they are.",
    }),
    made(new CancelledByDelError(attachment), {
      meaning: "The runtime gave up on the sandbox. What the ADD took is given back.",
      remedy: "Nothing.",
    }),
    made(new TooManyAddsError(attachment, 1000), {
      meaning: "More ADDs run on this node than the agent keeps at a time; the runtime tries again.",
      remedy: "If it stays: look for what makes ADDs slow.",
    }),
    made(new ReleaseForbiddenError("stateless", "<details>"), {
      meaning: "An address is in conflict, and `SPIDERPOOL_ENABLED_RELEASE_CONFLICT_IPS` is false (status 521).",
      remedy: "Find the other host by its MAC, or allow the release.",
    }),
    made(new ReleaseForbiddenError("stateful", "<details>"), {
      meaning: "An address is in conflict, and its owner keeps it (status 522).",
      remedy: "Find the other host by its MAC.",
    }),
  ],
};
