import { IpamError, type IpamErrorCode } from "../../crd/ipam/errors.ts";
import { type ErrorChapter, type ErrorRow, made } from "./error_row.ts";

type IpamText = Pick<ErrorRow, "meaning" | "remedy"> & { readonly detail: string };

/** Every code has a text: the compiler holds this table against the class. */
const texts: Readonly<Record<IpamErrorCode, IpamText>> = {
  "no-ippool-available": {
    detail: "IPv<4 or 6> of <NIC> from <source>: IPPool <name>: <reason>; …",
    meaning:
      "Nothing names an IPPool for the Pod, or none of those that are named may be used. Each is listed with its " +
      "reason.",
    remedy: "Look up the [reasons](#why-a-pool-is-not-used), or ask `GET /v1/ipam/explain`.",
  },
  "ip-used-out": {
    detail: "IPv<4 or 6> of <NIC> from <source>: IPPool <name>: all IP addresses used out",
    meaning: "A pool is fit for the Pod, but full.",
    remedy: "Add addresses to `spec.ips` of the pool, or another pool; look for Pods that are gone but still recorded.",
  },
  "pool-not-found": {
    detail: "IPPool <names> of <source> does not exist",
    meaning: "An annotation or the CNI configuration names a pool that is not there.",
    remedy: "Create the pool, or correct its name where the message says.",
  },
  "wrong-input": {
    detail: "<annotation and what is wrong with it>",
    meaning: "An annotation of the Pod cannot be read, names a pool twice, or has bad routes.",
    remedy: "Correct the annotation in the template of the application; Pods must be made anew.",
  },
  "namespace-annotation": {
    detail: "<annotation and what is wrong with it>",
    meaning: "An annotation of the Pod's namespace cannot be read.",
    remedy: "Correct it; the next try of the Pod reads it anew.",
  },
  "auto-pool-missing": {
    detail:
      "no matching auto-created IPPool for labels <labels>: spiderpool-controller creates it from SpiderSubnet <name>",
    meaning: "The pool of the application is not there yet.",
    remedy:
      "Look at the log of spiderpool-controller and at the Events of the application: the SpiderSubnet may be full.",
  },
  "auto-pool-unusable": {
    detail: "<why>",
    meaning:
      "A subnet annotation cannot be served: auto pools are off, or there are none for this kind of application.",
    remedy: "Do what the message says, or name pools by `ipam.spidernet.io/ippools`.",
  },
  "dead-pod": {
    detail: "Pod <namespace/name> <is being deleted, has succeeded, has failed, was evicted>",
    meaning: "The Pod that asks is ending, so it needs no address.",
    remedy: "Nothing.",
  },
  "pod-not-found": {
    detail: "there is no Pod <namespace/name> in the API",
    meaning: "The runtime starts a Pod that the API server does not have any more.",
    remedy: "Nothing, if it was just deleted; otherwise look at the kubelet of the node.",
  },
  "pod-uid-mismatch": {
    detail: "Pod <namespace/name> has UID <one> by now, the runtime asks for UID <another>",
    meaning: "A new Pod has the name of the one that asks.",
    remedy: "Nothing: the runtime starts the new one.",
  },
  "owner-not-found": {
    detail: "<Kind> <namespace/name> that controls the Pod is gone",
    meaning: "The application was deleted while its Pod starts.",
    remedy: "Nothing.",
  },
  "retries-exhausted": {
    detail: "nothing came of it within <n> ms, last: <reason>",
    meaning:
      "`agent.ipamDeadline` passed. The last thing that went wrong is named: mostly the API server is slow, or many " +
      "agents write one pool.",
    remedy: "Look at the API server, then at conflicts and queue in the metrics.",
  },
  "data-broken": {
    detail:
      "IPv<4 or 6> of <NIC> from <source>: IPPool <name>: records <address>, which this Pod keeps, for <another Pod>",
    meaning: "The fixed address of a StatefulSet's Pod or VM is recorded for somebody else.",
    remedy: "Delete the Pod's SpiderEndpoint to give it another address, or the record in `status.allocatedIPs`.",
  },
  internal: {
    detail: "<what went wrong>",
    meaning: "Something unexpected.",
    remedy: "Look at the agent's log at level `debug` (`agent.logLevel`), and report it.",
  },
};

/** Requests that are refused. */
export const ipamErrors: ErrorChapter = {
  title: "An ADD or DEL was refused",
  intro: "In the Event `IPAllocationFailed` of the Pod, in the kubelet's Event `FailedCreatePodSandBox`, and in the " +
    "agent's log. A DEL begins with `Cannot release addresses` instead.",
  rows: Object.entries(texts).map(([code, { detail, ...about }]) => ({
    ...made(new IpamError(code as IpamErrorCode, detail), about), // a key of that type
    code,
    isQuoted: true,
  })),
};
