/** Decides from objects of the API what a cluster still waits for. */

/** On a node until the node controller has seen that it is Ready. Source: kubernetes.io/docs/reference/labels-annotations-taints. */
const NOT_READY_TAINT = "node.kubernetes.io/not-ready";

/** Names the nodes that take no Pods yet, each with the reason, or `undefined`: all of `names` do. */
export function nodesNotReady(nodes: readonly unknown[], names: readonly string[]): string | undefined {
  const waiting = names.flatMap((name) => {
    const node = nodes.find((node) => nameOf(node) === name);
    return node === undefined ? [`${name} has not registered`] : whyNotReady(name, node);
  });
  return waiting.length === 0 ? undefined : waiting.join("; ");
}

function whyNotReady(name: string, node: unknown): string[] {
  const ready = items(member(node, "status"), "conditions").find((condition) => member(condition, "type") === "Ready");
  if (member(ready, "status") !== "True") {
    return [`${name} is not Ready: ${member(ready, "message") ?? "its kubelet has not told yet"}`];
  }
  const isTainted = items(member(node, "spec"), "taints").some((taint) => member(taint, "key") === NOT_READY_TAINT);
  return isTainted ? [`${name} still has the taint ${NOT_READY_TAINT}`] : [];
}

function nameOf(object: unknown): unknown {
  return member(member(object, "metadata"), "name");
}

function items(object: unknown, key: string): readonly unknown[] {
  const value = member(object, key);
  return Array.isArray(value) ? value : [];
}

function member(object: unknown, key: string): unknown {
  return typeof object === "object" && object !== null ? Reflect.get(object, key) : undefined;
}
