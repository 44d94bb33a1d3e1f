/** Random reads and deletes. */
import { arrayOr, type Json, type JsonObject, objectOr } from "../../apiserver/json.ts";
import type { Call } from "../../kube/call.ts";
import type { Choose } from "./choose.ts";
import { walkKinds } from "./kinds.ts";
import type { Memory, Remembered } from "./memory.ts";
import { type Context, someVersion } from "./parts.ts";

/** What a client accepts that wants no more of objects. */
export const metadataOnly = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

/** A GET of one object. */
export function getCall(target: Remembered, { choose, memory }: Context): Call {
  const isStatus = choose.chance(0.08);
  const accept = choose.chance(0.1) ? { accept: choose.one([metadataOnly, "text/plain", "*/*"]) } : {};
  const version = choose.chance(0.1)
    ? { query: { resourceVersion: choose.one(["0", "abc", ...target.versions.slice(-1)]) } }
    : {};
  return { method: "GET", path: `${memory.path(target)}${isStatus ? "/status" : ""}`, ...accept, ...version };
}

/** A list: whole, by selector, by pages. */
export function listCall(context: Context): Call {
  const { choose, memory } = context;
  if (memory.pages.length > 0 && choose.chance(0.35)) {
    const page = choose.one(memory.pages);
    return { method: "GET", path: page.path, query: page.query };
  }
  const kind = choose.one(walkKinds);
  const query = {
    ...someSelector(context),
    ...(choose.chance(0.4) ? { limit: choose.one(["1", "2", "3", "0"]) } : {}),
    ...(choose.chance(0.06) ? { limit: choose.one(["-1", "abc"]) } : {}),
    ...somePosition(memory.collection(kind), context),
  };
  return { method: "GET", path: memory.collection(kind), query };
}

/** Selectors, good and bad. */
export function someSelector({ choose, memory }: Context): Record<string, string> {
  if (choose.chance(0.5)) return {};
  const name = choose.one(memory.objects).name;
  const label = choose.one([
    "app=web",
    "app!=web",
    "app in (web,db),tier",
    "!app",
    "app notin (db)",
    "tier==front",
    "app",
  ]);
  const bad = choose.one(["a in (", "=x", "app=web,,", "app=no good", "app>x", "(a)", "-a=b", "app in web"]);
  const field = choose.one([
    `metadata.name=${name}`,
    `metadata.name!=${name}`,
    `metadata.namespace=${memory.options.namespace}`,
  ]);
  const badField = choose.one(["spec.unknown=1", "nonsense", "metadata.labels=a", "metadata.uid=x"]);
  return choose.weighted<Record<string, string>>([
    [6, { labelSelector: label }],
    [4, { fieldSelector: field }],
    [2, { labelSelector: label, fieldSelector: field }],
    [1, { labelSelector: bad }],
    [1, { fieldSelector: badField }],
  ]);
}

function somePosition(path: string, { choose, memory }: Context): Record<string, string> {
  const past = memory.positions.filter((position) => position.path === path).slice(-3);
  if (past.length === 0 || choose.chance(0.7)) return {};
  const resourceVersion = choose.one(past).symbol;
  // A list may be newer than what the real server's cache knows of this Kind; a write of an object is not.
  const written = choose.one(memory.objects.filter(({ kind }) => memory.collection(kind) === path)).versions.at(-1);
  return choose.weighted<Record<string, string>>([
    [4, { resourceVersion, resourceVersionMatch: "Exact" }],
    [4, written === undefined ? {} : { resourceVersion: written, resourceVersionMatch: "NotOlderThan" }],
    [2, written === undefined ? {} : { resourceVersion: written }],
    [1, { resourceVersion: "abc" }],
    [1, { resourceVersionMatch: "Exact" }],
    [1, { resourceVersion: written ?? "1", resourceVersionMatch: "Roughly" }],
    [1, { resourceVersion: "0", resourceVersionMatch: "Exact" }],
  ]);
}

/** A DELETE of one object. */
export function deleteCall(target: Remembered, { choose, memory }: Context): Call {
  const uid = objectOr(target.last?.metadata).uid ?? "nobody";
  const body: JsonObject = {
    ...(choose.chance(0.4) ? { propagationPolicy: choose.one(["Background", "Foreground", "Orphan"]) } : {}),
    ...(choose.chance(0.2)
      ? {
        preconditions: choose.some<Json>({
          uid: choose.chance(0.8) ? uid : "other",
          resourceVersion: someVersion(target, choose) ?? "1",
        }),
      }
      : {}),
    ...(choose.chance(0.3) ? { gracePeriodSeconds: choose.one([0, 1, 7]) } : {}),
    ...(choose.chance(0.06) ? { dryRun: ["All"] } : {}),
    ...(choose.chance(0.04)
      ? choose.one<JsonObject>([{ propagationPolicy: "Never" }, { gracePeriodSeconds: "x" }, { dryRun: ["Some"] }, {
        orphanDependents: true,
      }])
      : {}),
  };
  if (body.propagationPolicy === "Foreground" && endsEitherWay(target, memory)) body.propagationPolicy = "Background";
  const path = memory.path(target);
  const options = Object.keys(body).length === 0 ? {} : { body: { kind: "DeleteOptions", apiVersion: "v1", ...body } };
  return {
    method: "DELETE",
    path,
    ...options,
    ...(choose.chance(0.05) ? { query: { propagationPolicy: "Background", gracePeriodSeconds: "0" } } : {}),
  };
}

/**
 * Whether a foreground deletion may end in two ways on a real server: the owner waits for dependents that block it only. Others are deleted if
 * a worker of the garbage collector looks at them before another one has let the owner go on, and stay if the owner stays after that, for a
 * finalizer of its own or as a Pod that nobody ends. Source: kubernetes/kubernetes, garbagecollector.go, processDeletingDependentsItem().
 */
function endsEitherWay({ kind, last }: Remembered, memory: Memory): boolean {
  const { uid, finalizers } = objectOr(last?.metadata);
  const stays = kind.kind === "Pod" || arrayOr(finalizers).length > 0;
  return stays && memory.hasLooseDependents(uid);
}

/** A DELETE of what a selector fits. */
export function deleteCollectionCall(context: Context): Call {
  const { choose, memory } = context;
  const kind = choose.one(walkKinds);
  return {
    method: "DELETE",
    path: memory.collection(kind),
    query: { labelSelector: someDeletable(choose) },
    body: { gracePeriodSeconds: 0 },
  };
}

function someDeletable(choose: Choose): string {
  return choose.one(["app=web", "tier=front,app=db", "app=none"]);
}
