/** The Kinds the walk creates, and what their bodies may be. */
import type { Json, JsonObject } from "../../apiserver/json.ts";
import type { Choose } from "./choose.ts";

/** One Kind. */
export interface WalkKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Path of the collection, `<ns>` for the namespace. */
  readonly collection: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
  readonly custom: boolean;
  /** Everything of a body but metadata, `apiVersion` and `kind`. */
  readonly content: (choose: Choose) => JsonObject;
  /** A status to write. */
  readonly status: (choose: Choose) => JsonObject;
  /** A merge patch that changes the content. */
  readonly change: (choose: Choose) => JsonObject;
  /** Content the server must refuse. */
  readonly broken: (choose: Choose) => JsonObject;
}

/** Node of all Pods of the walk; it must be there. */
export const WALK_NODE = "walk-node";

const spiderpool = "spiderpool.spidernet.io/v2beta1";

function poolSpec(choose: Choose): JsonObject {
  return {
    subnet: "10.0.0.0/24",
    ...choose.some({
      ips: choose.one([["10.0.0.1"], ["10.0.0.2-10.0.0.9", "10.0.0.20"], []]),
      ipVersion: 4,
      gateway: choose.one<Json>(["10.0.0.254", null]),
      default: choose.one<Json>([true, false, null]),
      disable: choose.one([true, false]),
      routes: choose.one<Json>([[{ dst: "10.1.0.0/16", gw: "10.0.0.254" }], []]),
      podAffinity: { matchLabels: { app: choose.one(["web", "db"]) } },
      nodeName: ["n1", "n2"],
    }),
  };
}

const pool: WalkKind = {
  apiVersion: spiderpool,
  kind: "SpiderIPPool",
  collection: `/apis/${spiderpool}/spiderippools`,
  namespaced: false,
  hasStatus: true,
  custom: true,
  content: (choose) => ({ spec: poolSpec(choose), ...choose.some({ status: { allocatedIPCount: 9 } }) }),
  status: (choose) => ({
    allocatedIPs: `{"10.0.0.${choose.below(9)}":{"pod":"a/b","podUid":"u"}}`,
    allocatedIPCount: choose.below(9),
    ...choose.some({ totalIPCount: choose.below(3) }),
  }),
  change: (choose) => ({ spec: choose.some(poolSpec(choose)) }),
  broken: (choose) =>
    choose.one<JsonObject>([
      { spec: {} },
      {},
      { spec: null },
      { spec: "text" },
      { spec: { subnet: 5 } },
      { spec: { subnet: "10.0.0.0/24", ipVersion: 5 } },
      { spec: { subnet: "10.0.0.0/24", ipVersion: 4.5 } },
      { spec: { subnet: "10.0.0.0/24", ipVersion: "4" } },
      { spec: { subnet: "10.0.0.0/24", ips: ["10.0.0.1", 7, null] } },
      { spec: { subnet: "10.0.0.0/24", default: "yes" } },
      { spec: { subnet: "10.0.0.0/24", routes: [{ dst: "a" }, { gw: 5 }] } },
      { spec: { subnet: "10.0.0.0/24", podAffinity: { matchLabels: { a: 1 } } } },
      { spec: { subnet: "10.0.0.0/24", podAffinity: { matchExpressions: [{ key: "a" }] } } },
    ]),
};

function endpointStatus(choose: Choose): JsonObject {
  return {
    current: {
      uid: "u",
      node: choose.one(["n1", "n2"]),
      ips: choose.one<Json>([[], [{ interface: "eth0", ipv4: "10.0.0.1/24", ipv4Pool: "p", vlan: choose.below(9) }]]),
    },
    ownerControllerType: "Pod",
    ownerControllerName: "p",
  };
}

const endpoint: WalkKind = {
  apiVersion: spiderpool,
  kind: "SpiderEndpoint",
  collection: `/apis/${spiderpool}/namespaces/<ns>/spiderendpoints`,
  namespaced: true,
  hasStatus: false,
  custom: true,
  content: (choose) => choose.some({ status: endpointStatus(choose) }),
  status: endpointStatus,
  change: (choose) => ({ status: { current: { node: choose.one(["n3", "n4"]) } } }),
  broken: (choose) =>
    choose.one<JsonObject>([
      { status: {} },
      { status: { current: {} } },
      { status: { current: { uid: "u", node: "n", ips: {} }, ownerControllerType: 1, ownerControllerName: "a" } },
      { status: { current: { uid: "u", node: "n", ips: [{}] }, ownerControllerType: "", ownerControllerName: "a" } },
    ]),
};

const configMap: WalkKind = {
  apiVersion: "v1",
  kind: "ConfigMap",
  collection: "/api/v1/namespaces/<ns>/configmaps",
  namespaced: true,
  hasStatus: false,
  custom: false,
  content: (choose) => choose.some({ data: { one: `${choose.below(3)}`, two: "2" } }),
  status: () => ({}),
  change: (choose) => ({ data: choose.some<Json>({ one: `${choose.below(9)}`, two: null, three: "3" }) }),
  broken: () => ({ data: { "no/key": "a" } }),
};

const pod: WalkKind = {
  apiVersion: "v1",
  kind: "Pod",
  collection: "/api/v1/namespaces/<ns>/pods",
  namespaced: true,
  hasStatus: true,
  custom: false,
  content: (choose) => ({
    spec: {
      nodeName: WALK_NODE, // a Pod without a node is also the business of controllers once it is deleted
      containers: [{ name: "main", image: choose.one(["busybox", "busybox:1"]) }],
      ...choose.some({ restartPolicy: "Never", terminationGracePeriodSeconds: choose.one([0, 5]) }),
    },
  }),
  status: (choose) => ({ phase: choose.one(["Running", "Failed", "Pending"]), ...choose.some({ reason: "Because" }) }),
  change: (choose) => choose.one<JsonObject>([{ spec: { activeDeadlineSeconds: 100 } }, { spec: { nodeName: "n2" } }]),
  broken: (choose) => choose.one<JsonObject>([{}, { spec: {} }, { spec: { containers: [] } }]),
};

const lease: WalkKind = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  collection: "/apis/coordination.k8s.io/v1/namespaces/<ns>/leases",
  namespaced: true,
  hasStatus: false,
  custom: false,
  content: (choose) => ({ spec: choose.some({ holderIdentity: choose.one(["me", "you"]), leaseDurationSeconds: 5 }) }),
  status: () => ({}),
  change: (choose) => ({ spec: { holderIdentity: choose.one(["me", "you", "him"]) } }),
  broken: (choose) =>
    choose.one<JsonObject>([{ spec: { leaseDurationSeconds: -1 } }, { spec: { leaseTransitions: -1 } }]),
};

/** All of them. */
export const walkKinds: readonly WalkKind[] = [pool, endpoint, configMap, pod, lease];
