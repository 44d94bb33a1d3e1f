import type { KubeRequest } from "../../crd/kube/contract.ts";

const NOISE = new Set(["", "apis", "api", "v1", "namespaces", "spiderpool.spidernet.io", "v2beta1"]);

/** A request in a few words; for a write of a pool with the version it goes over and what is recorded then. */
export function labelOf({ method, path, body }: KubeRequest): string {
  const short = path.split("/").filter((part) => !NOISE.has(part)).join("/");
  return `${method} ${short}${summaryOf(path, body)}`;
}

/** What a watch is of: Kind and selection. */
export function watchNameOf({ path, query }: KubeRequest): string {
  return `${path} ${query?.fieldSelector ?? ""}`;
}

function summaryOf(path: string, body: string | undefined): string {
  if (body === undefined || !path.endsWith("/status") || !path.includes("/spiderippools/")) return "";
  const { metadata, status } = JSON.parse(body);
  return ` @${metadata.resourceVersion} {${recordsText(status.allocatedIPs)}}`;
}

/** `status.allocatedIPs` in short: last part of each address, UID, NIC. */
export function recordsText(allocatedIPs: string | undefined): string {
  const records = Object.entries<{ podUid: string; nic?: string }>(JSON.parse(allocatedIPs ?? "{}"));
  return records.map(([ip, { podUid, nic }]) => `${lastPart(ip)}=${podUid.slice(0, 4)}${nic ? `/${nic}` : ""}`).join(
    " ",
  );
}

function lastPart(ip: string): string {
  return ip.slice(ip.search(/[^.:]*$/));
}
