import { formatAddress, parseAddress } from "../../net/ip/mod.ts";
import type { SpiderEndpoint } from "../generated/mod.ts";
import { resultsOf } from "./answer.ts";
import type { EndpointWrite } from "./endpoint.ts";
import { resultsOfEndpoint } from "./endpoint_entry.ts";
import type { EndpointOwner } from "./endpoint_metadata.ts";
import { factsOf, podOf, v4a, v4b, v6a } from "./plan_fixture.ts";

const deployment = { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns1", name: "web", uid: "D1" };

/** A StatefulSet. */
export const statefulSet = { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "ns1", name: "db", uid: "S1" };

/** A virtual machine. */
export const vmi = {
  apiVersion: "kubevirt.io/v1",
  kind: "VirtualMachineInstance",
  namespace: "ns1",
  name: "vm1",
  uid: "V1",
};

/** What is switched on: fixed addresses of both sorts. */
export const features = factsOf({}).features;

/** Pod `ns1/p` of a Deployment. */
export const web: EndpointOwner = { pod: podOf(), topController: deployment, features };

/** The same of a StatefulSet. */
export const db: EndpointOwner = { pod: podOf(), topController: statefulSet, features };

/** When it is written. */
export const now = "2026-01-02T03:04:05Z";
const pools = { v4a: v4a(), v4b: v4b(), v6a: v6a() };

/** Claims as `nic=pool:address`. */
export function write(claims: readonly string[], rest: Partial<EndpointWrite> = {}): EndpointWrite {
  const allocations = claims.map((claim) => {
    const [, nic = "", pool = "", text = ""] = /^([^=]*)=([^:]*):(.*)$/.exec(claim) ?? [];
    const address = parseAddress(text);
    return { nic, family: address.family, address, pool: pools[pool as keyof typeof pools], cleanGateway: false };
  });
  return { results: resultsOf(allocations, []).results, now, maxHistory: 3, ...rest };
}

/** The owner after its Pod was made anew on another node. */
export function reborn(owner: EndpointOwner, uid: string): EndpointOwner {
  const { pod } = owner;
  return { ...owner, pod: { ...pod, metadata: { ...pod.metadata, uid }, spec: { nodeName: "n2" } } };
}

/** What an endpoint lists: NIC and address. */
export function listed(endpoint: SpiderEndpoint): string[] {
  return resultsOfEndpoint(endpoint).map(({ nic, address }) => `${nic} ${formatAddress(address)}`);
}
