import type { SpiderEndpoint } from "../../crd/generated/mod.ts";
import { isGone } from "../../crd/kube/errors.ts";
import type { AgentReads } from "./clients.ts";

/** SpiderEndpoints a page: a large cluster has tens of thousands, and few of them are of this node. */
const PAGE_SIZE = 500;
/** How often a list is begun again whose pages the server has forgotten. */
const MAX_RESTARTS = 2;

/**
 * The SpiderEndpoints of the cluster that `isWanted`, page by page: only those are kept in memory.
 *
 * @throws what the API server said, or the reason of `signal`
 */
export async function endpointsThat(
  isWanted: (endpoint: SpiderEndpoint) => boolean,
  { endpoints }: Pick<AgentReads, "endpoints">,
  signal: AbortSignal,
): Promise<readonly SpiderEndpoint[]> {
  for (let restarts = 0;; restarts++) {
    try {
      return await inPages(isWanted, endpoints, signal);
    } catch (err) {
      if (!isGone(err) || restarts >= MAX_RESTARTS) throw err;
    }
  }
}

async function inPages(
  isWanted: (endpoint: SpiderEndpoint) => boolean,
  endpoints: AgentReads["endpoints"],
  signal: AbortSignal,
): Promise<readonly SpiderEndpoint[]> {
  const wanted: SpiderEndpoint[] = [];
  let token: string | undefined;
  do {
    const page = await endpoints.list({ limit: PAGE_SIZE, continue: token, signal });
    wanted.push(...page.items.filter(isWanted));
    token = page.continue;
  } while (token !== undefined);
  return wanted;
}
