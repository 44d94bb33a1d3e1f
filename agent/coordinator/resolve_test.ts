import assert from "node:assert/strict";
import type { SpiderCoordinator } from "../../crd/generated/mod.ts";
import { chooseCoordinator, coordinatorConfigOf } from "./resolve.ts";

function coordinator(name: string, rest: Partial<SpiderCoordinator> = {}, created = "2026-01-01T00:00:00Z") {
  const metadata = { name, creationTimestamp: created };
  const object: SpiderCoordinator = {
    apiVersion: "spiderpool.spidernet.io/v2beta1",
    kind: "SpiderCoordinator",
    metadata,
    status: { phase: "Synced" },
    ...rest,
  };
  return object;
}

const choices = [
  { name: "none", all: [], want: undefined },
  { name: "default before an older one", all: ["old@2020", "default@2026"], want: "default" },
  { name: "the oldest without default", all: ["b@2026", "a@2025", "c@2024"], want: "c" },
  { name: "equally old ones by name", all: ["b@2025", "a@2025"], want: "a" },
];
for (const { name, all, want } of choices) {
  Deno.test(`chooseCoordinator() takes: ${name}`, () => {
    const objects = all.map((text) => {
      const [own = "", year] = text.split("@");
      return coordinator(own, {}, `${year}-01-01T00:00:00Z`);
    });
    assert.equal(chooseCoordinator(objects)?.metadata.name, want);
  });
}

Deno.test("coordinatorConfigOf() fills what is not set", () => {
  assert.deepEqual(coordinatorConfigOf(coordinator("default"), {}), {
    mode: "auto",
    overlayPodCIDR: [],
    serviceCIDR: [],
    tunePodRoutes: true,
    hijackCIDR: null,
    policyRoutes: null,
    podMACPrefix: "",
    podDefaultRouteNIC: "",
    hostRuleTable: 0,
    podRPFilter: 0,
    txQueueLen: 0,
    vethLinkAddress: "",
    vethMTU: 0,
  });
});

Deno.test("coordinatorConfigOf() says what spec and status say", () => {
  const spec: SpiderCoordinator["spec"] = {
    mode: "underlay",
    hijackCIDR: ["169.254.0.0/16"],
    policyRoutes: [{ dst: "10.9.0.0/16", gw: "10.1.0.1" }],
    podMACPrefix: "0a:1b",
    podDefaultRouteNIC: "net1",
    tunePodRoutes: false,
    hostRuleTable: 600,
    podRPFilter: -1,
    txQueueLen: 2000,
    vethLinkAddress: "169.254.100.1",
    vethMTU: 9000,
  };
  const status = { phase: "Synced", overlayPodCIDR: ["10.160.0.0/16"], serviceCIDR: ["10.150.0.0/16"] };
  const { mode, ...rest } = spec;
  assert.deepEqual(coordinatorConfigOf(coordinator("default", { spec, status }), {}), {
    mode,
    ...rest,
    ...prefixesOf(status),
  });
});

function prefixesOf({ overlayPodCIDR, serviceCIDR }: { overlayPodCIDR: string[]; serviceCIDR: string[] }) {
  return { overlayPodCIDR, serviceCIDR };
}

Deno.test("coordinatorConfigOf() lets the Pod's annotation choose the link of the default route, an empty one too", () => {
  const spec = { podDefaultRouteNIC: "net1" };
  const nic = (annotations: Record<string, string>) =>
    coordinatorConfigOf(coordinator("default", { spec }), annotations).podDefaultRouteNIC;
  const key = "ipam.spidernet.io/default-route-nic";
  assert.deepEqual([nic({}), nic({ [key]: "eth0" }), nic({ [key]: "" })], ["net1", "eth0", ""]);
});

const refusals = [
  { name: "no object", object: undefined, want: /^no SpiderCoordinator found/ },
  { name: "one without status", object: withoutStatus(), want: /"default" is not synced yet$/ },
  {
    name: "one whose prefixes could not be found",
    object: coordinator("default", { status: { phase: "NotReady", reason: "no kubeadm-config" } }),
    want: /"default" is NotReady: no kubeadm-config$/,
  },
];
for (const { name, object, want } of refusals) {
  Deno.test(`coordinatorConfigOf() refuses ${name}`, () => {
    assert.throws(() => coordinatorConfigOf(object, {}), { message: want });
  });
}

function withoutStatus(): SpiderCoordinator {
  const { status: _, ...rest } = coordinator("default");
  return rest;
}
