import { formatAddress } from "../../net/ip/address.ts";
import { resultsOfEndpoint } from "../../crd/ipam/endpoint.ts";
import { isPodAlive } from "../../crd/ipam/pod_alive.ts";
import { isPodUid } from "../../crd/ipam/pod_identity.ts";
import { withDeadline } from "./deadline.ts";
import type { IpamDeps } from "./deps.ts";
import { isFixedEndpoint } from "./endpoint_facts.ts";
import { giveBack } from "./give_back.ts";
import type { JournalEntry } from "./journal.ts";

/** Pause between two looks through the journal, in milliseconds. */
const INTERVAL_MS = 30_000;

/**
 * Looks through the journal at once and then regularly until `signal` is aborted, and ends what no request will end.
 * Failures are logged; the next look tries again.
 */
export async function runRecovery(deps: IpamDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await recover(deps, signal).catch((err) => deps.log.error("cannot read the journal", { err }));
    await deps.clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}

/** One look through the journal. */
export async function recover(deps: IpamDeps, signal: AbortSignal): Promise<void> {
  for (const entry of await deps.journal.list()) {
    if (signal.aborted) return;
    if (deps.running.isBusy(entry)) continue; // its own request ends it
    try {
      await withDeadline(
        { clock: deps.clock, ms: deps.config.deadlineMs, signal, action: "Cannot settle a journal entry" },
        ({ signal }) => deps.running.alone(entry, () => settle(deps, entry, signal), { signal }),
      );
    } catch (err) {
      deps.log.warn("cannot settle a journal entry yet", { podUid: entry.podUid, ifname: entry.ifname, err });
    }
  }
}

/**
 * Ends one entry: when the endpoint lists its NIC only what goes beyond is freed; when its Pod is gone everything is.
 * What the endpoint of a StatefulSet's Pod or a VM lists stays, whichever incarnation re-owned it last.
 * An entry of a living Pod stays, so that the retry of its ADD gets the same address.
 */
async function settle(deps: IpamDeps, entry: JournalEntry, signal: AbortSignal): Promise<void> {
  if (await deps.journal.get(entry) === undefined) return; // ended while this waited for its turn
  const key = { namespace: entry.podNamespace, name: entry.podName };
  const endpoint = await deps.endpoints.get({ ...key, name: entry.endpointName ?? entry.podName }, signal);
  const isOwn = endpoint?.status?.current.uid === entry.podUid;
  const isKept = endpoint !== undefined && (isOwn || isFixedEndpoint(endpoint, deps.config.features));
  const results = isKept ? resultsOfEndpoint(endpoint) : [];
  const isRecorded = isOwn && results.some(({ nic }) => nic === entry.ifname);
  const pod = isRecorded ? undefined : await deps.view.livePod(key, signal);
  if (pod !== undefined && isPodUid(pod, entry.podUid) && isPodAlive(pod)) return;
  const keep = results.map(({ address }) => formatAddress(address));
  const isDone = await giveBack(deps, { entry, pools: entry.pools, keep });
  if (isDone) deps.log.info("settled a journal entry", { podUid: entry.podUid, ifname: entry.ifname });
}
