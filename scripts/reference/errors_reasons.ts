import { formatReason, type Reason } from "../../crd/ipam/reasons.ts";
import type { ErrorChapter, ErrorRow } from "./error_row.ts";

type Code = Reason["code"];

/** An example of each reason, and what it means: the compiler holds this table against the type. */
const reasons: { readonly [C in Code]: [example: Extract<Reason, { code: C }>, meaning: string, remedy: string] } = {
  "spec-unreadable": [
    { code: "spec-unreadable", field: "spec.<field>", detail: "<what is wrong>" },
    "The pool was written without the webhook, or by hand.",
    "Correct the pool.",
  ],
  terminating: [{ code: "terminating", since: "<time>" }, "The pool is going.", "Name another pool."],
  disabled: [{ code: "disabled" }, "Somebody switched it off.", "Set `spec.disable` to false."],
  family: [
    { code: "family", want: 4, have: 6 },
    "The pool is named where one of the other family is asked for.",
    "Move it to the other list of the annotation or CNI configuration.",
  ],
  "node-name": [
    { code: "node-name", node: "<node>", allowed: ["<nodes>"] },
    "The pool is for other nodes.",
    "Add the node, or a pool for it.",
  ],
  "node-affinity": [
    { code: "node-affinity", node: "<node>", detail: "<label>" },
    "The pool is for nodes with other labels.",
    "Label the node, or add a pool for it.",
  ],
  "namespace-name": [
    { code: "namespace-name", namespace: "<namespace>", allowed: ["<namespaces>"] },
    "The pool is for other namespaces.",
    "Add the namespace, or a pool for it.",
  ],
  "namespace-affinity": [
    { code: "namespace-affinity", namespace: "<namespace>", detail: "<label>" },
    "The pool is for namespaces with other labels.",
    "Label the namespace, or add a pool for it.",
  ],
  "pod-affinity": [
    { code: "pod-affinity", detail: "<label>" },
    "The pool is for Pods with other labels.",
    "Label the Pod's template, or add a pool.",
  ],
  "other-application": [
    { code: "other-application", owner: "<application>", application: "<the Pod's application>" },
    "The pool was created for another application.",
    "Name a pool that is for all, or none.",
  ],
  "multus-unknown": [
    { code: "multus-unknown", nic: "<NIC>", detail: "<why>" },
    "The pool is for certain networks, and it is not known which one the NIC is on.",
    "For eth0 set `clusterNetwork` in the ConfigMap; look at the Pod's networks annotation.",
  ],
  "multus-name": [
    { code: "multus-name", nic: "<NIC>", network: "<network>", allowed: ["<networks>"] },
    "The pool is for other networks.",
    "Add the network to `spec.multusName`, or a pool for it.",
  ],
  "master-subnet": [
    { code: "master-subnet", subnet: "<subnet>", addresses: ["<addresses>"] },
    "`match_master_subnet` is set, and the NIC's parent is in another subnet.",
    "Add a pool of that subnet.",
  ],
  "master-unknown": [
    { code: "master-unknown", detail: "<what is missing>" },
    "`match_master_subnet` is set, and the agent cannot look at the NIC's parent.",
    "Give the agent what the message says: `manifests/50-agent.yaml` has it as comments.",
  ],
  "record-of-other": [
    { code: "record-of-other", address: "<address>", holder: "<another Pod>" },
    "The Pod keeps an address that is recorded for somebody else.",
    "Delete the SpiderEndpoint or the record.",
  ],
  "used-out": [
    { code: "used-out", detail: "<counts>" },
    "No address is free, those that are reserved or in quarantine left aside.",
    "Add addresses or a pool; see SpiderReservedIPs.",
  ],
  "record-limit": [
    { code: "record-limit", limit: 5000 },
    "`SPIDERPOOL_IPPOOL_MAX_ALLOCATED_IPS` addresses are handed out.",
    "Use a second pool, which is also quicker, or raise the variable.",
  ],
  "record-size": [
    { code: "record-size", bytes: 1_400_000, limit: 1_300_000 },
    "The records of the pool would be larger than what the API server stores.",
    "Use a second pool.",
  ],
  failed: [{ code: "failed", detail: "<what went wrong>" }, "Something else.", "See the other chapters for the text."],
};

/** Why a pool was not used. */
export const reasonErrors: ErrorChapter = {
  title: "Why a pool is not used",
  intro:
    'After `IPPool "<name>":` in the texts above, in Events, and in the answer of `GET /v1/ipam/explain`, which has ' +
    "the codes of the last column, too.",
  rows: Object.values(reasons).map(([example, meaning, remedy]): ErrorRow => ({
    type: "",
    code: example.code,
    text: formatReason(example),
    meaning,
    remedy,
    isQuoted: false,
  })),
};
