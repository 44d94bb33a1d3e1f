import assert from "node:assert/strict";
import type { Pod } from "../../crd/core/mod.ts";
import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { endpointWith, podOf } from "./gc_fixture.ts";
import { gcVerdict } from "./gc_verdict.ts";

const lan = { containerId: "c1", network: "lan" };
const deletionTimestamp = "2026-01-01T00:00:00Z";
const one = endpointWith({ eth0: lan });
const two = endpointWith({ eth0: lan, net1: { ...lan, network: "storage" } });
const ofStatic = endpointWith({ eth0: { ...lan, runtimeUid: "hash" } });
const none = { isKeptForOwner: false, isFixed: false, isShared: false, isVm: false };

function mirror(uid: string): Pod {
  return podOf(uid, {
    annotations: { "kubernetes.io/config.mirror": "hash", "kubernetes.io/config.hash": "hash" },
  });
}

const cases: {
  name: string;
  endpoint?: SpiderEndpoint;
  pod?: Pod;
  stale?: string[];
  owner?: Partial<typeof none>;
  lately?: string[];
  want: string;
}[] = [
  { name: "the Pod is gone", want: "end U1" },
  { name: "the Pod lives", pod: podOf("U1"), want: "keep pod-alive" },
  { name: "the Pod terminates", pod: podOf("U1", { deletionTimestamp }), want: "end U1" },
  { name: "another Pod has the name", pod: podOf("U2"), want: "end U1" },
  { name: "another network has the Pod's other NIC", endpoint: two, want: "nics U1 eth0" },
  { name: "all NICs are stale", endpoint: two, stale: ["eth0", "net1"], want: "end U1" },
  { name: "the container came lately", lately: ["c1"], want: "keep added-lately" },
  { name: "another container came lately", lately: ["c0"], want: "end U1" },
  {
    name: "a StatefulSet wants the Pod back",
    owner: { isFixed: true, isKeptForOwner: true },
    want: "keep kept-for-owner",
  },
  { name: "a StatefulSet does not want it", owner: { isFixed: true }, want: "end U1 whole" },
  { name: "a fixed owner has other NICs", endpoint: two, owner: { isFixed: true }, want: "keep other-nics" },
  { name: "a static Pod is gone", endpoint: ofStatic, want: "end U1" },
  {
    name: "a static Pod lives, its mirror was made anew",
    endpoint: ofStatic,
    pod: mirror("U2"),
    want: "keep pod-alive",
  },
];
for (const { name, endpoint = one, pod, stale = ["eth0"], owner = {}, lately = [], want } of cases) {
  Deno.test(`gcVerdict(): ${name}`, () => {
    const verdict = gcVerdict({
      endpoint,
      pod,
      stale: stale.map((nic) => ({ nic, containerId: "c1" })),
      owner: { ...none, ...owner },
      wasAddedLately: (containerId) => lately.includes(containerId),
    });
    const text = verdict.kind === "keep"
      ? `keep ${verdict.reason}`
      : verdict.kind === "nics"
      ? `nics ${verdict.podUid} ${verdict.nics.map(({ nic }) => nic)}`
      : `end ${verdict.decision.podUid}${verdict.decision.isWhole ? " whole" : ""}`;
    assert.equal(text, want);
  });
}
