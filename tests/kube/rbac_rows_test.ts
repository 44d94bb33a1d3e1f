/** What the agent's roles allow, against the tables of spec/operations.md 3: not a right that is not in its row. */
import assert from "node:assert/strict";
import { manifestOf } from "./manifest_files.ts";
import { permissionsOf } from "./permissions.ts";

const granted = permissionsOf(manifestOf("ClusterRole", "spiderpool-agent"));
const inNamespace = permissionsOf(manifestOf("Role", "spiderpool-agent"));

/** Rights of this project's own, with who tests that they are needed. */
const own: readonly string[] = [
  "create /events", // rbac_test.ts
  "patch /events",
  "create authentication.k8s.io/tokenreviews", // peer_port_test.ts
];

const read = ["get", "list", "watch"];
const spiderpool = "spiderpool.spidernet.io";

/** Rights of `verbs` at `resources`, which are `group/plural`; the core group is empty. */
function rightsOf(resources: readonly string[], verbs: readonly string[]): Set<string> {
  return new Set(resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
}

/** What the agent has of `resources`, as in the role. */
function grantedOf(resources: readonly string[]): Set<string> {
  return new Set([...granted].filter((right) => resources.includes(right.split(" ")[1] ?? "")));
}

interface Need {
  readonly row: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Resources of the row that this agent does without. @default none */
  readonly unused?: readonly string[];
}

const kinds = ["spiderippools", "spiderreservedips", "spiderendpoints", "spidercoordinators"];
const needs: readonly Need[] = [
  { row: "3.2.1", resources: ["/pods", "/namespaces", "/nodes"], verbs: read },
  {
    row: "3.2.2",
    resources: ["apps/replicasets", "apps/statefulsets", "batch/jobs"],
    verbs: read,
    unused: ["apps/deployments", "apps/daemonsets", "batch/cronjobs"], // the owner's reference says enough
  },
  {
    row: "3.2.3",
    resources: kinds.map((plural) => `${spiderpool}/${plural}`),
    verbs: [...read, "create", "update", "patch", "delete"], // of endpoints: row 3.2.5
    unused: [`${spiderpool}/spidersubnets`, `${spiderpool}/spidermultusconfigs`],
  },
  { row: "3.2.4", resources: [`${spiderpool}/spiderippools/status`], verbs: ["update"] },
  {
    row: "3.2.5",
    resources: [`${spiderpool}/spiderendpoints`],
    verbs: ["get", "list", "create", "update", "patch", "delete"],
  },
  {
    row: "3.2.7",
    resources: ["virtualmachines", "virtualmachineinstances", "virtualmachineinstancemigrations"]
      .map((plural) => `kubevirt.io/${plural}`),
    verbs: ["get", "list"],
  },
];
for (const { row, resources, verbs, unused = [] } of needs) {
  Deno.test(`operations row ${row}: the agent has rights at ${resources.join(", ")}, and none beyond the row`, () => {
    for (const resource of resources) {
      const rights = grantedOf([resource]);
      assert.ok(rights.size > 0, resource);
      assert.deepEqual([...rights.difference(rightsOf([resource], verbs))], []);
    }
    assert.deepEqual([...grantedOf(unused)], []);
  });
}

Deno.test("operations row 3.2.3: the agent may not change what it only reads", () => {
  const changes = ["create", "update", "patch", "delete", "deletecollection"];
  const readOnly = kinds.filter((plural) => plural !== "spiderendpoints").map((plural) => `${spiderpool}/${plural}`);
  assert.deepEqual([...granted.intersection(rightsOf(readOnly, changes))], []);
});

Deno.test("operations row 3.2.6: the agent makes no pools, so it may neither create pools nor write subnets", () => {
  const makes = rightsOf([`${spiderpool}/spiderippools`], ["create", "update", "patch"]);
  const subnets = rightsOf([`${spiderpool}/spidersubnets`, `${spiderpool}/spidersubnets/status`], ["update", "patch"]);
  assert.deepEqual([...granted.intersection(makes.union(subnets))], []);
});

Deno.test("operations row 14.4: the agent has no right that the rows of 3.2 and its own list do not name", () => {
  const known = needs.map(({ resources, verbs }) => rightsOf(resources, verbs))
    .reduce((all, more) => all.union(more), new Set(own));
  assert.deepEqual([...granted.difference(known)], []);
});

/** Upstream's role of everybody: at what an agent has no business with, ours gives it nothing; elsewhere no other verb. */
const upstream: readonly Need[] = [
  {
    row: "3.1.1",
    resources: ["/namespaces", "/pods"],
    verbs: read,
    unused: ["/configmaps", "/endpoints", "/pods/status"],
  },
  { row: "3.1.2", resources: ["/events"], verbs: ["create", "patch"] },
  { row: "3.1.3", resources: ["/nodes"], verbs: read },
  {
    row: "3.1.4",
    resources: [],
    verbs: [],
    unused: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]
      .map((plural) => `admissionregistration.k8s.io/${plural}`),
  },
  { row: "3.1.5", resources: [], verbs: [], unused: ["apiextensions.k8s.io/customresourcedefinitions"] },
  {
    row: "3.1.6",
    resources: ["apps/replicasets", "apps/statefulsets"],
    verbs: read,
    unused: ["apps/deployments", "apps/daemonsets"],
  },
  { row: "3.1.7", resources: ["batch/jobs"], verbs: read, unused: ["batch/cronjobs"] },
  { row: "3.1.8", resources: [], verbs: [], unused: ["apps.kruise.io/clonesets", "apps.kruise.io/statefulsets"] },
  { row: "3.1.9", resources: [], verbs: [], unused: ["coordination.k8s.io/leases"] }, // in its namespace: see below
  { row: "3.1.10", resources: [], verbs: [], unused: ["networking.k8s.io/servicecidrs"] },
  { row: "3.1.11", resources: [], verbs: [], unused: ["crd.projectcalico.org/ippools"] },
  { row: "3.1.12", resources: [], verbs: [], unused: ["cilium.io/ciliumpodippools"] },
  {
    row: "3.1.13",
    resources: ["kubevirt.io/virtualmachines", "kubevirt.io/virtualmachineinstances"],
    verbs: ["get", "list"],
  },
  { row: "3.1.14", resources: [], verbs: [], unused: ["k8s.cni.cncf.io/network-attachment-definitions"] },
  {
    row: "3.1.15",
    resources: [],
    verbs: [],
    unused: ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates", "resourceclasses"]
      .map((plural) => `resource.k8s.io/${plural}`),
  },
  { row: "3.1.16", resources: [`${spiderpool}/spiderippools`], verbs: read },
  {
    row: "3.1.17",
    resources: ["spiderendpoints", "spiderreservedips", "spidercoordinators"].map((plural) =>
      `${spiderpool}/${plural}`
    ),
    verbs: [...read, "create", "update", "patch", "delete"],
    unused: ["spidersubnets", "spidermultusconfigs", "spiderclaimparameters"].map((plural) =>
      `${spiderpool}/${plural}`
    ),
  },
  {
    row: "3.1.18",
    resources: [`${spiderpool}/spiderippools/status`],
    verbs: ["get", "update", "patch"],
    unused: [`${spiderpool}/spidersubnets/status`, `${spiderpool}/spidercoordinators/status`],
  },
];
for (const { row, resources, verbs, unused = [] } of upstream) {
  const words = resources.length === 0 ? "none of its rights" : `no more at ${resources.join(", ")}`;
  Deno.test(`operations row ${row}: of upstream's one role for all the agent has ${words}`, () => {
    for (const resource of resources) assert.ok(grantedOf([resource]).size > 0, resource);
    assert.deepEqual([...grantedOf(resources).difference(rightsOf(resources, verbs))], []);
    assert.deepEqual([...grantedOf(unused)], []);
  });
}

Deno.test("operations row 3.1.9: the agent has Leases in its own namespace alone, for its certificate", () => {
  const leases = rightsOf(["coordination.k8s.io/leases"], [...read, "create", "update", "delete"]);
  const slices = rightsOf(["discovery.k8s.io/endpointslices"], ["list", "watch"]);
  assert.deepEqual([...inNamespace.symmetricDifference(leases.union(slices))], []);
});
