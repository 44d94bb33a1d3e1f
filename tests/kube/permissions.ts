/** RBAC as data: what a role allows, what requests need. */
import type { KubeRequest } from "../../crd/kube/contract.ts";
import { operationOf } from "../../crd/kube/counting.ts";
import { arrayOr, type JsonObject, objectOr } from "../apiserver/json.ts";
import { textsOf } from "./manifest_files.ts";

/**
 * One thing that may be done, such as `update spiderpool.spidernet.io/spiderippools/status` or
 * `get /pods`; with a name where a rule has `resourceNames`: `delete batch/jobs spiderpool-init`.
 */
export type Permission = string;

/** What `role` allows, one by one. */
export function permissionsOf(role: JsonObject): Set<Permission> {
  const permissions = new Set<Permission>();
  for (const rule of arrayOr(role.rules).map(objectOr)) {
    const names = rule.resourceNames === undefined ? [""] : textsOf(rule.resourceNames).map((name) => ` ${name}`);
    for (const group of textsOf(rule.apiGroups)) {
      for (const resource of textsOf(rule.resources)) {
        for (const verb of textsOf(rule.verbs)) {
          for (const name of names) permissions.add(`${verb} ${group}/${resource}${name}`);
        }
      }
    }
  }
  return permissions;
}

/** What a request needs: by resource, and by the object's name as well. */
export function needOf(request: KubeRequest): { readonly any: Permission; readonly named: Permission } {
  const group = /^\/apis\/([^/]+)\//.exec(request.path)?.[1] ?? "";
  const [verb = "", resource = ""] = operationOf(request).split(" ");
  const [plural = ""] = resource.split("/");
  const name = new RegExp(`/${plural}/([^/]+)`).exec(request.path)?.[1] ?? "";
  const any = `${verb} ${group}/${resource}`;
  return { any, named: `${any} ${name}` };
}

/** How the needs of requests and the permissions of a role differ; two empty lists: not at all. */
export function compareNeeds(
  permissions: ReadonlySet<Permission>,
  requests: readonly KubeRequest[],
): { readonly missing: readonly string[]; readonly unused: readonly string[] } {
  const needs = requests.map(needOf);
  const used = new Set(needs.flatMap(({ any, named }) => [any, named]));
  const missing = needs.filter(({ any, named }) => !permissions.has(any) && !permissions.has(named));
  return {
    missing: [...new Set(missing.map(({ named }) => named))].sort(),
    unused: [...permissions].filter((permission) => !used.has(permission)).sort(),
  };
}
