import type { WorkloadEndpointStatus } from "../../agent/api/mod.ts";
import { formatPrefix, tryParsePrefix } from "../../net/ip/mod.ts";
import {
  addressesOf,
  agentFailure,
  type CniCall,
  CniError,
  parseArgs,
  type PodArgs,
  previousResultOf,
} from "../cni/mod.ts";
import { agentOf, CHECK_MISMATCH } from "./agent.ts";
import { type IpamConf, parseIpamConf } from "./config.ts";

const failure = { token: "spiderpool IP check error", refusedCode: CHECK_MISMATCH };

/** CHECK: compares the addresses that ADD returned for the link with those that the SpiderEndpoint records. */
export async function check(call: CniCall): Promise<string> {
  const conf = parseIpamConf(call.config);
  const args = parseArgs(call.environment.args);
  const { ifname } = call.environment;
  const returned = addressesOf(previousResultOf(call.config), ifname);
  const missing = missingAddresses(returned, { endpoint: await endpointOf(conf, args), ifname });
  if (missing.length === 0) return "";
  throw new CniError(
    CHECK_MISMATCH,
    `Cannot find ${
      missing.join(", ")
    } of ${ifname} in the SpiderEndpoint of Pod "${args.podNamespace}/${args.podName}"`,
  );
}

/** Which of `returned` the endpoint does not record for `ifname`. */
export function missingAddresses(
  returned: readonly string[],
  { endpoint, ifname }: { endpoint: WorkloadEndpointStatus | undefined; ifname: string },
): string[] {
  const own = (endpoint?.interfaces ?? []).filter((link) => link.interface === ifname);
  const recorded = new Set(own.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]).map((text) => canonical(text ?? "")));
  return returned.filter((address) => !recorded.has(canonical(address)));
}

/** IPv6 has many spellings. */
function canonical(text: string): string {
  const prefix = tryParsePrefix(text);
  return prefix === undefined ? text : formatPrefix(prefix);
}

async function endpointOf(conf: IpamConf, args: PodArgs): Promise<WorkloadEndpointStatus | undefined> {
  try {
    return await agentOf(conf).endpoint({ namespace: args.podNamespace, name: args.podName });
  } catch (err) {
    throw agentFailure(err, failure);
  }
}
