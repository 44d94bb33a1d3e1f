import assert from "node:assert/strict";
import type { Pod } from "../core/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { endpointBody } from "./endpoint_fixture.ts";
import { decideRelease, type ReleaseDecision, type ReleaseFacts } from "./release_decide.ts";

function pod(uid: string, state: "alive" | "terminating" | "succeeded" = "alive"): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "p",
      namespace: "ns1",
      uid,
      ...(state === "terminating" && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    },
    spec: { restartPolicy: state === "succeeded" ? "Never" : "Always" },
    status: { phase: state === "succeeded" ? "Succeeded" : "Running" },
  };
}

/** The mirror of a static Pod: its own UID in the API, `hash` at the runtime. */
function mirror(uid: string, hash: string, state: "alive" | "terminating" = "alive"): Pod {
  const base = pod(uid, state);
  const annotations = { "kubernetes.io/config.mirror": hash, "kubernetes.io/config.hash": hash };
  return { ...base, metadata: { ...base.metadata, annotations } };
}

/** An endpoint of `uid`; `containers` by NIC, as the last ADDs said. */
function endpoint(uid: string, containers?: Record<string, string> | string): SpiderEndpoint {
  const attachments = typeof containers === "string" ? containers : JSON.stringify(
    Object.fromEntries(Object.entries(containers ?? {}).map(([nic, containerId]) => [nic, { containerId }])),
  );
  return endpointBody({ uid, attachments: containers === undefined ? undefined : attachments });
}

/** The endpoint that an ADD of a static Pod wrote: `uid` is its mirror's, `hash` the runtime's. */
function ofStatic(uid: string, hash: string): SpiderEndpoint {
  return endpoint(uid, JSON.stringify({ eth0: { containerId: "c1", runtimeUid: hash } }));
}

/** The endpoint of a VM that Pod `U2` had last, in vain; the sandboxes before its own were those of Pod `U1`. */
function afterMigration(...former: string[]): SpiderEndpoint {
  return endpoint("U2", JSON.stringify({ eth0: { containerId: "t1", ...(former.length > 0 && { former }) } }));
}

/** The source of a migration in vain, whose VM nobody wants any more. */
const source = { pod: pod("U1", "terminating"), isFixed: true, isVm: true } as const;

type Facts = Omit<Partial<ReleaseFacts>, "podUid" | "containerId" | "ifname"> & {
  uid?: string;
  container?: string;
  nic?: string;
};

function decide({ uid = "U1", container = "c1", nic = "eth0", ...rest }: Facts): string {
  return textOf(decideRelease({
    podUid: uid,
    containerId: container,
    ifname: nic,
    pod: undefined,
    endpoint: undefined,
    isKeptForOwner: false,
    ...rest,
  }));
}

function textOf(decision: ReleaseDecision): string {
  if (decision.kind === "keep") return `keep: ${decision.reason}`;
  const where = decision.endpoint === undefined
    ? "in every pool"
    : decision.isWhole
    ? "and all of the endpoint"
    : "of the endpoint";
  return `free ${decision.podUid} ${where}`;
}

const cases: { name: string; facts: Facts; want: string }[] = [
  // A live Pod of the same UID keeps its address.
  { name: "ipam row 89: the Pod lives", facts: { pod: pod("U1"), endpoint: endpoint("U1") }, want: "keep: pod-alive" },
  { name: "the Pod lives, no endpoint yet", facts: { pod: pod("U1") }, want: "keep: pod-alive" },
  {
    name: "the Pod lives, the endpoint is of an earlier one",
    facts: { pod: pod("U1"), endpoint: endpoint("U0") },
    want: "keep: pod-alive",
  },
  // A Pod that is gone or over.
  { name: "the Pod is gone", facts: { endpoint: endpoint("U1", { eth0: "c1" }) }, want: "free U1 of the endpoint" },
  {
    name: "the Pod is gone, the container is another: its UID says enough",
    facts: { endpoint: endpoint("U1", { eth0: "c2" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "the Pod succeeded",
    facts: { pod: pod("U1", "succeeded"), endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  // A Pod that is terminating but still runs is freed only by the container ID of its last ADD.
  {
    name: "terminating, the container of the last ADD",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "terminating, an older container",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { eth0: "c2" }) },
    want: "keep: newer-container",
  },
  {
    name: "terminating, an older container's NIC that got no ADD since: the other NICs tell",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { net1: "c2" }) },
    want: "keep: newer-container",
  },
  {
    name: "terminating, a NIC whose ADD failed in the last container",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { net1: "c1" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "terminating, no container recorded: at once, as upstream",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1") },
    want: "free U1 of the endpoint",
  },
  {
    name: "terminating, the annotation is damaged: as not recorded",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", "{") },
    want: "free U1 of the endpoint",
  },
  {
    name: "terminating, no endpoint: its ADD failed",
    facts: { pod: pod("U1", "terminating") },
    want: "free U1 in every pool",
  },
  {
    name: "ipam row 91: terminating, each NIC by the container of its own last ADD",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { eth0: "c2", net1: "c1" }), nic: "net1" },
    want: "free U1 of the endpoint",
  },
  // The DEL's own UID is never replaced by the current Pod's.
  {
    name: "ipam row 92: another Pod has the name and the endpoint",
    facts: { pod: pod("U2"), endpoint: endpoint("U2", { eth0: "c2" }) },
    want: "free U1 in every pool",
  },
  {
    name: "another Pod has the name, the endpoint is still the old one's",
    facts: { pod: pod("U2"), endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "another Pod has the name and is terminating",
    facts: { pod: pod("U2", "terminating"), endpoint: endpoint("U2", { eth0: "c1" }) },
    want: "free U1 in every pool",
  },
  { name: "neither Pod nor endpoint", facts: {}, want: "free U1 in every pool" },
  // No UID: the container ID decides.
  { name: "ipam row 90: no UID, no endpoint", facts: { uid: "" }, want: "keep: unknown-owner" },
  {
    name: "no UID, the container is recorded",
    facts: { uid: "", endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "no UID, the container is another",
    facts: { uid: "", endpoint: endpoint("U1", { eth0: "c2" }) },
    want: "keep: unknown-owner",
  },
  {
    name: "no UID, nothing recorded",
    facts: { uid: "", endpoint: endpoint("U1") },
    want: "keep: unknown-owner",
  },
  {
    name: "no UID, the container is recorded, its Pod lives",
    facts: { uid: "", pod: pod("U1"), endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "keep: pod-alive",
  },
  {
    name: "no UID, the container is recorded for an earlier Pod of the name",
    facts: { uid: "", pod: pod("U2"), endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  {
    name: "no UID, the container of another NIC of the same sandbox",
    facts: { uid: "", nic: "net1", endpoint: endpoint("U1", { eth0: "c1" }) },
    want: "free U1 of the endpoint",
  },
  // StatefulSets.
  {
    name: "ipam row 76: a StatefulSet wants its Pod back",
    facts: { endpoint: endpoint("U1", { eth0: "c1" }), isKeptForOwner: true },
    want: "keep: kept-for-owner",
  },
  {
    name: "a StatefulSet wants its terminating Pod back",
    facts: { pod: pod("U1", "terminating"), endpoint: endpoint("U1", { eth0: "c1" }), isKeptForOwner: true },
    want: "keep: kept-for-owner",
  },
  {
    name: "the StatefulSet's next Pod has the name",
    facts: { pod: pod("U2"), endpoint: endpoint("U2", { eth0: "c2" }), isKeptForOwner: true },
    want: "keep: kept-for-owner",
  },
  // The records of a static Pod have the UID of its mirror; the runtime knows its config.hash.
  {
    name: "a static Pod lives, by its own UID",
    facts: { uid: "h1", pod: mirror("M1", "h1"), endpoint: ofStatic("M1", "h1") },
    want: "keep: pod-alive",
  },
  {
    name: "a static Pod lives, by its mirror's UID",
    facts: { uid: "M1", pod: mirror("M1", "h1"), endpoint: ofStatic("M1", "h1") },
    want: "keep: pod-alive",
  },
  {
    name: "a static Pod lives under another mirror than the endpoint's",
    facts: { uid: "h1", pod: mirror("M2", "h1"), endpoint: ofStatic("M1", "h1") },
    want: "keep: pod-alive",
  },
  {
    name: "a static Pod lives under another mirror, and only the container is told",
    facts: { uid: "", pod: mirror("M2", "h1"), endpoint: ofStatic("M1", "h1") },
    want: "keep: pod-alive",
  },
  {
    name: "a terminating static Pod by its mirror's UID",
    facts: { uid: "M1", pod: mirror("M1", "h1", "terminating"), endpoint: ofStatic("M1", "h1") },
    want: "free M1 of the endpoint",
  },
  {
    name: "a terminating static Pod whose endpoint is of an earlier mirror",
    facts: { uid: "h1", pod: mirror("M2", "h1", "terminating"), endpoint: ofStatic("M1", "h1") },
    want: "free M1 of the endpoint",
  },
  {
    name: "ipam row 96: a static Pod is gone",
    facts: { uid: "h1", endpoint: ofStatic("M1", "h1") },
    want: "free M1 of the endpoint",
  },
  {
    name: "a static Pod was changed, and its ADD has not come: the old one is freed",
    facts: { uid: "h1", pod: mirror("M2", "h2"), endpoint: ofStatic("M1", "h1") },
    want: "free M1 of the endpoint",
  },
  {
    name: "a static Pod was changed: the new one's endpoint stays",
    facts: { uid: "h1", pod: mirror("M2", "h2"), endpoint: ofStatic("M2", "h2") },
    want: "free h1 in every pool",
  },
  // The endpoint of a name outlives Pods; the last DEL of a name that nobody wants takes it along.
  {
    name: "ipam row 77: nobody wants the name any more, another incarnation had it last",
    facts: { endpoint: endpoint("U0"), isFixed: true },
    want: "free U1 and all of the endpoint",
  },
  {
    name: "nobody wants the name any more, but it has a Pod again",
    facts: { endpoint: endpoint("U2"), pod: pod("U2"), isFixed: true },
    want: "free U1 in every pool",
  },
  {
    name: "nobody wants the VM any more, but it still runs elsewhere",
    facts: { endpoint: endpoint("U2"), pod: pod("U1", "terminating"), isFixed: true, isShared: true },
    want: "keep: shared-with-pod",
  },
  {
    name: "a VM after a migration in vain: the source's last sandbox",
    facts: { ...source, endpoint: afterMigration("c1", "c2"), container: "c2" },
    want: "free U1 and all of the endpoint",
  },
  {
    name: "a VM after a migration in vain: a late DEL of the source's earlier sandbox",
    facts: { ...source, endpoint: afterMigration("c1", "c2"), container: "c1" },
    want: "keep: newer-container",
  },
  {
    name: "a VM after a migration in vain: a late DEL of a sandbox of the source whose ADD failed",
    facts: { ...source, endpoint: afterMigration("c2"), container: "c1" },
    want: "keep: newer-container",
  },
  {
    name: "a VM after a migration in vain: this process has seen a later sandbox of the source",
    facts: { ...source, endpoint: afterMigration("c1"), container: "c1", isOlderSandbox: true },
    want: "keep: newer-container",
  },
  {
    name: "a VM after a migration in vain: this process has seen the source's last sandbox, and the target had two",
    facts: { ...source, endpoint: afterMigration("c1", "t0"), container: "c1", isOlderSandbox: false },
    want: "free U1 and all of the endpoint",
  },
  {
    name: "a VM after a migration in vain: nothing is known of earlier sandboxes",
    facts: { ...source, endpoint: afterMigration(), container: "c1" },
    want: "free U1 and all of the endpoint",
  },
];

for (const { name, facts, want } of cases) {
  Deno.test(`decideRelease(): ${name}`, () => assert.equal(decide(facts), want));
}
