import type { AddFacts } from "../../crd/ipam/plan.ts";
import type { NeedsContext } from "./needs.ts";

/** Reads everything that choosing pools for an ADD looks at. */
export async function addFactsOf({ deps, args, owner, signal }: NeedsContext): Promise<AddFacts> {
  const { config, view, dryRun } = deps;
  const [namespace, node, pools, master] = await Promise.all([
    view.namespace(args.podNamespace, signal),
    view.node(signal),
    view.pools(signal),
    args.matchMasterSubnet === true ? deps.master?.(args) : undefined,
  ]);
  return {
    request: {
      nic: args.ifName,
      defaultIPv4Pools: args.defaultIPv4IPPool,
      defaultIPv6Pools: args.defaultIPv6IPPool,
      arePoolsUnknown: dryRun?.arePoolsUnknown,
      cleanGateway: args.cleanGateway,
      matchMasterSubnet: args.matchMasterSubnet,
    },
    ...owner,
    namespace,
    node: { name: config.nodeName, labels: node.labels },
    pools,
    features: config.features,
    agentNamespace: config.agentNamespace,
    clusterNetwork: config.clusterNetwork,
    master,
  };
}
