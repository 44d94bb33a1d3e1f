/** Facts of upstream's v2beta1 schema: what clients of an existing cluster rely on. */
import assert from "node:assert/strict";
import { parse } from "yaml";

/** The definition in `<plural>.yaml`. */
function definitionOf(plural: string): unknown {
  return parse(Deno.readTextFileSync(new URL(`${plural}.yaml`, import.meta.url)));
}

/** Goes down `path`; numbers are indexes. */
function at(value: unknown, path: string): unknown {
  return path.split("/").filter((key) => key !== "").reduce((inner: unknown, key) => {
    return typeof inner === "object" && inner !== null
      ? Object.entries(inner).find(([name]) => name === key)?.[1]
      : undefined;
  }, value);
}

const schemaPath = "spec/versions/0/schema/openAPIV3Schema";

/** The schema of a field such as `spec.routes[].dst`. */
function fieldOf(plural: string, field: string): unknown {
  const path = field.replaceAll("[]", ".items").split(".").map((key) => key === "items" ? key : `properties/${key}`);
  return at(definitionOf(plural), `${schemaPath}/${path.join("/")}`);
}

const kinds = [
  { kind: "SpiderIPPool", plural: "spiderippools", short: "sp", scope: "Cluster", subresources: { status: {} } },
  { kind: "SpiderSubnet", plural: "spidersubnets", short: "ss", scope: "Cluster", subresources: { status: {} } },
  { kind: "SpiderReservedIP", plural: "spiderreservedips", short: "sr", scope: "Cluster", subresources: {} },
  { kind: "SpiderEndpoint", plural: "spiderendpoints", short: "se", scope: "Namespaced", subresources: {} },
  {
    kind: "SpiderMultusConfig",
    plural: "spidermultusconfigs",
    short: "smc",
    scope: "Namespaced",
    subresources: undefined,
  },
  {
    kind: "SpiderCoordinator",
    plural: "spidercoordinators",
    short: "scc",
    scope: "Cluster",
    subresources: { status: {} },
  },
];
for (const { kind, plural, short, scope, subresources } of kinds) {
  Deno.test(`CRD of ${kind}: names, scope, version and subresources`, () => {
    const crd = definitionOf(plural);
    assert.deepEqual(at(crd, "metadata"), {
      name: `${plural}.spiderpool.spidernet.io`,
      annotations: { "controller-gen.kubebuilder.io/version": "(unknown)" },
    });
    assert.deepEqual(at(crd, "spec/names"), {
      kind,
      listKind: `${kind}List`,
      plural,
      singular: kind.toLowerCase(),
      shortNames: [short],
      categories: ["spiderpool"],
    });
    assert.equal(at(crd, "spec/group"), "spiderpool.spidernet.io");
    assert.equal(at(crd, "spec/scope"), scope);
    assert.deepEqual([at(crd, "spec/versions/0/name"), at(crd, "spec/versions/1")], ["v2beta1", undefined]);
    assert.deepEqual([at(crd, "spec/versions/0/served"), at(crd, "spec/versions/0/storage")], [true, true]);
    assert.deepEqual(at(crd, "spec/versions/0/subresources"), subresources);
    assert.equal(at(crd, `${schemaPath}/required`), undefined);
  });
}

const age = "Age date .metadata.creationTimestamp 10";
const columns = [
  {
    plural: "spiderippools",
    want: [
      "VERSION string .spec.ipVersion 0",
      "SUBNET string .spec.subnet 0",
      "ALLOCATED-IP-COUNT integer .status.allocatedIPCount 0",
      "TOTAL-IP-COUNT integer .status.totalIPCount 0",
      "DEFAULT boolean .spec.default 0",
      "DISABLE boolean .spec.disable 10",
      "NodeName string .spec.nodeName 10",
      "MultusName string .spec.multusName 10",
      String.raw`APP-NAMESPACE string .spec.podAffinity.matchLabels['ipam\.spidernet\.io/app\-namespace'] 10`,
      age,
    ],
  },
  {
    plural: "spidersubnets",
    want: [
      "VERSION string .spec.ipVersion 0",
      "SUBNET string .spec.subnet 0",
      "ALLOCATED-IP-COUNT integer .status.allocatedIPCount 0",
      "TOTAL-IP-COUNT integer .status.totalIPCount 0",
      age,
    ],
  },
  { plural: "spiderreservedips", want: ["VERSION string .spec.ipVersion 0", age] },
  {
    plural: "spiderendpoints",
    want: [
      "INTERFACE string .status.current.ips[0].interface 0",
      "IPV4POOL string .status.current.ips[0].ipv4Pool 0",
      "IPV4 string .status.current.ips[0].ipv4 0",
      "IPV6POOL string .status.current.ips[0].ipv6Pool 0",
      "IPV6 string .status.current.ips[0].ipv6 0",
      "NODE string .status.current.node 0",
      age,
    ],
  },
  { plural: "spidercoordinators", want: [] },
  { plural: "spidermultusconfigs", want: [] },
];
for (const { plural, want } of columns) {
  Deno.test(`CRD ${plural}: printer columns`, () => {
    const found = at(definitionOf(plural), "spec/versions/0/additionalPrinterColumns") ?? [];
    assert.ok(Array.isArray(found));
    const rows = found.map((column: unknown) =>
      `${at(column, "name")} ${at(column, "type")} ${at(column, "jsonPath")} ${at(column, "priority") ?? 0}`
    );
    assert.deepEqual(rows, want);
  });
}

const v4v6 = { type: "integer", format: "int64", enum: [4, 6] };
const text = { type: "string" };
const count = { type: "integer", format: "int64", minimum: 0 };
const mtu = { type: "integer", format: "int32", default: 0, minimum: 0 };
const vlanId = { type: "integer", format: "int32", minimum: 0, maximum: 4094 };
const trunkId = { type: "integer", minimum: 0, maximum: 4094 };
const rate = { type: "integer", minimum: 0 };
const off = { type: "boolean", default: false };
const on = { type: "boolean", default: true };
const mode = { type: "string", default: "auto", enum: ["auto", "underlay", "overlay", "disabled"] };
const podCidrType = { type: "string", enum: ["auto", "cluster", "calico", "cilium", "none"] };
const cniTypes = ["macvlan", "ipvlan", "vlan", "sriov", "ovs", "ib-sriov", "ipoib", "custom"];
const zero = { type: "integer", default: 0 };

/** Fields that hold one value: all that the schema says of them but the description. */
const fields: readonly (readonly [plural: string, fields: Record<string, unknown>])[] = [
  ["spiderippools", {
    "spec.ipVersion": v4v6,
    "spec.subnet": text,
    "spec.ips[]": text,
    "spec.excludeIPs[]": text,
    "spec.gateway": text,
    "spec.routes[].dst": text,
    "spec.routes[].gw": text,
    "spec.podAffinity.matchExpressions[].operator": text,
    "spec.namespaceName[]": text,
    "spec.nodeName[]": text,
    "spec.multusName[]": text,
    "spec.default": off,
    "spec.disable": off,
    "spec.vlan": undefined,
    "status.allocatedIPs": text,
    "status.totalIPCount": count,
    "status.allocatedIPCount": count,
  }],
  ["spidersubnets", {
    "spec.ipVersion": v4v6,
    "spec.subnet": text,
    "spec.gateway": text,
    "status.controlledIPPools": text,
    "status.totalIPCount": count,
    "status.allocatedIPCount": count,
  }],
  ["spiderreservedips", { "spec.ipVersion": v4v6, "spec.ips[]": text, "spec.subnet": undefined, "status": undefined }],
  ["spiderendpoints", {
    "spec": undefined,
    "status.current.uid": text,
    "status.current.node": text,
    "status.current.ips[].interface": text,
    "status.current.ips[].ipv4": text,
    "status.current.ips[].ipv6Pool": text,
    "status.current.ips[].ipv6Gateway": text,
    "status.current.ips[].vlan": { type: "integer", format: "int64", default: 0, minimum: 0, maximum: 4094 },
    "status.current.ips[].cleanGateway": { type: "boolean" },
    "status.current.ips[].mac": text,
    "status.ownerControllerType": text,
    "status.ownerControllerName": text,
  }],
  ["spidercoordinators", {
    "spec.mode": mode,
    "spec.podCIDRType": podCidrType,
    "spec.hijackCIDR[]": text,
    "spec.policyRoutes[].dst": text,
    "spec.podMACPrefix": text,
    "spec.tunePodRoutes": on,
    "spec.podDefaultRouteNIC": text,
    "spec.hostRuleTable": { type: "integer", default: 500 },
    "spec.podRPFilter": zero,
    "spec.txQueueLen": zero,
    "spec.vethLinkAddress": text,
    "spec.vethMTU": { type: "integer", minimum: 1 },
    "status.phase": text,
    "status.reason": text,
    "status.overlayPodCIDR[]": text,
    "status.serviceCIDR[]": text,
  }],
  ["spidermultusconfigs", {
    "spec.cniType": { type: "string", default: "custom", enum: cniTypes },
    "spec.macvlan.master[]": text,
    "spec.macvlan.mtu": mtu,
    "spec.macvlan.vlanID": vlanId,
    "spec.macvlan.vlanMode": undefined,
    "spec.macvlan.bond.mode": { type: "integer", format: "int32", minimum: 0, maximum: 6 },
    "spec.macvlan.bond.options": text,
    "spec.macvlan.rdmaResourceName": text,
    "spec.macvlan.ippools.ipv4[]": text,
    "spec.macvlan.ippools.matchMasterSubnet": { type: "boolean", default: false, enum: [true, false] },
    "spec.ipvlan.mtu": mtu,
    "spec.vlan.vlanMode": { type: "string", default: "manual", enum: ["manual", "auto"] },
    "spec.vlan.vlanID": vlanId,
    "spec.sriov.resourceName": text,
    "spec.sriov.mtu": mtu,
    "spec.sriov.minTxRateMbps": rate,
    "spec.sriov.maxTxRateMbps": rate,
    "spec.sriov.rdmaIsolation": off,
    "spec.ibsriov.linkState": { type: "string", default: "enable", enum: ["auto", "enable", "disable"] },
    "spec.ibsriov.rdmaIsolation": on,
    "spec.ibsriov.enableIbKubernetes": off,
    "spec.ipoib.master": text,
    "spec.ovs.bridge": text,
    "spec.ovs.vlan": { type: "integer", format: "int32" },
    "spec.ovs.trunk[].minID": trunkId,
    "spec.ovs.trunk[].id": trunkId,
    "spec.customCNI": text,
    "spec.chainCNIJsonData[]": text,
    "spec.enableCoordinator": on,
    "spec.disableIPAM": off,
    "spec.coordinator.mode": mode,
    "spec.coordinator.hostRuleTable": { type: "integer", default: 500 },
    "status": undefined,
  }],
];
for (const [plural, rows] of fields) {
  for (const [field, want] of Object.entries(rows)) {
    Deno.test(`CRD ${plural}: ${field}`, () => {
      assert.deepEqual(withoutDescription(fieldOf(plural, field)), want);
    });
  }
}

const required = [
  { plural: "spiderippools", object: "spec", want: ["subnet"] },
  { plural: "spiderippools", object: "spec.routes[]", want: ["dst", "gw"] },
  { plural: "spiderippools", object: "spec.nodeAffinity.matchExpressions[]", want: ["key", "operator"] },
  { plural: "spiderippools", object: "status", want: undefined },
  { plural: "spidersubnets", object: "spec", want: ["subnet"] },
  { plural: "spiderreservedips", object: "spec", want: undefined },
  { plural: "spiderendpoints", object: "status", want: ["current", "ownerControllerName", "ownerControllerType"] },
  { plural: "spiderendpoints", object: "status.current", want: ["ips", "node", "uid"] },
  { plural: "spiderendpoints", object: "status.current.ips[]", want: ["interface"] },
  { plural: "spidercoordinators", object: "spec", want: undefined },
  { plural: "spidercoordinators", object: "status", want: ["phase"] },
  { plural: "spidermultusconfigs", object: "spec", want: undefined },
  { plural: "spidermultusconfigs", object: "spec.macvlan", want: ["master"] },
  { plural: "spidermultusconfigs", object: "spec.ipvlan", want: ["master"] },
  { plural: "spidermultusconfigs", object: "spec.vlan", want: ["master"] },
  { plural: "spidermultusconfigs", object: "spec.vlan.bond", want: ["mode", "name"] },
  { plural: "spidermultusconfigs", object: "spec.sriov", want: undefined },
  { plural: "spidermultusconfigs", object: "spec.ibsriov", want: undefined },
  { plural: "spidermultusconfigs", object: "spec.ipoib", want: undefined },
  { plural: "spidermultusconfigs", object: "spec.ovs", want: ["bridge"] },
  { plural: "spidermultusconfigs", object: "spec.ovs.trunk[]", want: undefined },
];
for (const { plural, object, want } of required) {
  Deno.test(`CRD ${plural}: ${object} requires ${want ?? "nothing"}`, () => {
    const schema = fieldOf(plural, object);
    assert.equal(at(schema, "type"), "object");
    assert.deepEqual(at(schema, "required"), want);
  });
}

for (const selector of ["podAffinity", "namespaceAffinity", "nodeAffinity"]) {
  Deno.test(`CRD spiderippools: spec.${selector} is a label selector`, () => {
    const schema = fieldOf("spiderippools", `spec.${selector}`);
    assert.equal(at(schema, "x-kubernetes-map-type"), "atomic");
    assert.equal(at(schema, "properties/matchExpressions/x-kubernetes-list-type"), "atomic");
    assert.equal(at(schema, "properties/matchExpressions/items/properties/values/x-kubernetes-list-type"), "atomic");
    assert.deepEqual(at(schema, "properties/matchLabels/additionalProperties"), text);
  });
}

Deno.test("CRD spidermultusconfigs: spec.coordinator has the fields of a SpiderCoordinator's spec", () => {
  assert.deepEqual(
    at(fieldOf("spidermultusconfigs", "spec.coordinator"), "properties"),
    at(fieldOf("spidercoordinators", "spec"), "properties"),
  );
});

function withoutDescription(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== "description"));
}
