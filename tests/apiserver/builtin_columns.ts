/** Columns of built-in Kinds. Source: kubernetes, `pkg/printers/internalversion`. */
import { age } from "./human_time.ts";
import { arrayOr, at, isObject, type Json, objectOr, stringOf } from "./json.ts";
import { type ApiObject, metaMap, metaString } from "./object.ts";
import { podReady, podRestarts, podStatus } from "./pod_columns.ts";
import type { Column } from "./resource.ts";

type Cell = Column["cell"];

const nameColumn: Column = column("Name", (object) => object.metadata.name, {
  format: "name",
  description: "Name must be unique within a namespace.",
});
const ageColumn: Column = column("Age", (object, now) => age(metaString(object, "creationTimestamp"), now), {
  description: "Time since the object was created.",
});
const createdColumn: Column = column("Created At", (object) => metaString(object, "creationTimestamp") ?? "<unknown>", {
  type: "date",
  description: "Time at which the object was created.",
});

function column(name: string, cell: Cell, rest: Partial<Column> = {}): Column {
  return { name, type: "string", format: "", description: name, priority: 0, cell, ...rest };
}

function text(...path: string[]): Cell {
  return (object) => {
    const value = at(object as unknown as Json, ...path);
    return value === undefined || value === null ? "<none>" : typeof value === "string" ? value : JSON.stringify(value);
  };
}

function count(...path: string[]): Cell {
  return (object) => {
    const value = at(object as unknown as Json, ...path);
    return typeof value === "number" ? value : 0;
  };
}

function size(...path: string[]): Cell {
  return (object) => {
    const value = at(object as unknown as Json, ...path);
    return Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
  };
}

const integer = { type: "integer" };
const wide = { priority: 1 };

const columns: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [nameColumn, column("Status", text("status", "phase")), ageColumn],
  Node: [
    nameColumn,
    column("Status", nodeStatus),
    column("Roles", nodeRoles),
    ageColumn,
    column("Version", text("status", "nodeInfo", "kubeletVersion")),
    column("Internal-IP", nodeAddress, wide),
  ],
  Pod: [
    nameColumn,
    column("Ready", podReady),
    column("Status", podStatus),
    column("Restarts", podRestarts),
    ageColumn,
    column("IP", text("status", "podIP"), wide),
    column("Node", text("spec", "nodeName"), wide),
    column("Nominated Node", text("status", "nominatedNodeName"), wide),
    column("Readiness Gates", () => "<none>", wide),
  ],
  Event: [
    column("Last Seen", (object, now) => age(lastSeen(object), now)),
    column("Type", text("type")),
    column("Reason", text("reason")),
    column("Object", eventObject),
    column("Subobject", text("involvedObject", "fieldPath"), wide),
    column("Source", text("source", "component"), wide),
    column("Message", text("message")),
    column("First Seen", (object, now) => age(stringOf(object.firstTimestamp), now), wide),
    column("Count", (object) => (typeof object.count === "number" ? object.count : 1), { ...wide, ...integer }),
    column("Name", (object) => object.metadata.name, { ...wide, format: "name" }),
  ],
  ConfigMap: [nameColumn, column("Data", size("data"), integer), ageColumn],
  Secret: [nameColumn, column("Type", text("type")), column("Data", size("data"), integer), ageColumn],
  Service: [
    nameColumn,
    column("Type", text("spec", "type")),
    column("Cluster-IP", text("spec", "clusterIP")),
    column("External-IP", () => "<none>"),
    column("Port(s)", servicePorts),
    ageColumn,
  ],
  ServiceAccount: [nameColumn, column("Secrets", size("secrets"), integer), ageColumn],
  Deployment: [
    nameColumn,
    column(
      "Ready",
      (object) => `${count("status", "readyReplicas")(object, 0)}/${count("spec", "replicas")(object, 0)}`,
    ),
    column("Up-to-date", count("status", "updatedReplicas"), integer),
    column("Available", count("status", "availableReplicas"), integer),
    ageColumn,
  ],
  ReplicaSet: [
    nameColumn,
    column("Desired", count("spec", "replicas"), integer),
    column("Current", count("status", "replicas"), integer),
    column("Ready", count("status", "readyReplicas"), integer),
    ageColumn,
  ],
  StatefulSet: [
    nameColumn,
    column(
      "Ready",
      (object) => `${count("status", "readyReplicas")(object, 0)}/${count("spec", "replicas")(object, 0)}`,
    ),
    ageColumn,
  ],
  DaemonSet: [
    nameColumn,
    column("Desired", count("status", "desiredNumberScheduled"), integer),
    column("Current", count("status", "currentNumberScheduled"), integer),
    column("Ready", count("status", "numberReady"), integer),
    ageColumn,
  ],
  Lease: [nameColumn, column("Holder", text("spec", "holderIdentity")), ageColumn],
  CustomResourceDefinition: [nameColumn, createdColumn],
  Role: [nameColumn, createdColumn],
  ClusterRole: [nameColumn, createdColumn],
  RoleBinding: [nameColumn, column("Role", roleRef), ageColumn],
  ClusterRoleBinding: [nameColumn, column("Role", roleRef), ageColumn],
};

/** Columns of a built-in Kind; name and age where the Kind has none of its own. */
export function builtinColumns(kind: string): readonly Column[] {
  return columns[kind] ?? [nameColumn, ageColumn];
}

function nodeStatus(object: ApiObject): string {
  const ready = arrayOr(at(object as unknown as Json, "status", "conditions")).find((item) =>
    at(item, "type") === "Ready"
  );
  const status = ready === undefined ? "Unknown" : at(ready, "status") === "True" ? "Ready" : "NotReady";
  return at(object as unknown as Json, "spec", "unschedulable") === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles(object: ApiObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.keys(metaMap(object, "labels")).filter((key) => key.startsWith(prefix));
  return roles.map((key) => key.slice(prefix.length)).sort().join(",") || "<none>";
}

function nodeAddress(object: ApiObject): string {
  const addresses = arrayOr(at(object as unknown as Json, "status", "addresses"));
  return stringOf(at(addresses.find((item) => at(item, "type") === "InternalIP"), "address")) ?? "<none>";
}

function lastSeen(object: ApiObject): string | undefined {
  return stringOf(at(object as unknown as Json, "series", "lastObservedTime")) ?? stringOf(object.lastTimestamp) ??
    stringOf(object.eventTime) ?? stringOf(object.firstTimestamp);
}

function eventObject(object: ApiObject): string {
  const involved = objectOr(object.involvedObject);
  return `${(stringOf(involved.kind) ?? "").toLowerCase()}/${stringOf(involved.name) ?? ""}`;
}

function servicePorts(object: ApiObject): string {
  const ports = arrayOr(at(object as unknown as Json, "spec", "ports"));
  return ports.map((port) => `${at(port, "port")}/${at(port, "protocol") ?? "TCP"}`).join(",") || "<none>";
}

function roleRef(object: ApiObject): string {
  const ref = objectOr(object.roleRef);
  return `${stringOf(ref.kind) ?? ""}/${stringOf(ref.name) ?? ""}`;
}
