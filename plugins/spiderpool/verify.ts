import type { IpamAddResponse } from "../../agent/api/mod.ts";
import { formatAddress } from "../../net/ip/mod.ts";
import { defaultProbeSettings, type Detection, LinkProbe, type ProbeTarget } from "../../net/probe/mod.ts";
import { CniError } from "../cni/mod.ts";
import { GATEWAY_UNREACHABLE, IP_CONFLICT, NETWORK_NOT_ASKED } from "./agent.ts";
import { addressesToAnnounce, asksNetwork, settingsOf, targetsOf } from "./detection.ts";
import { type Conflict, conflictText, giveBackAnswer, type Holder, reportConflicts } from "./give_back.ts";

/** Most addresses that one ADD tries. */
const MAX_ROUNDS = 32;

/** An ADD whose addresses are looked at on the network. */
export interface Verification extends Holder {
  /** When the ADD must have ended, on `performance.now()`. */
  readonly untilMs: number;
  /** Asks the agent once more for what was asked first. */
  readonly allocate: () => Promise<IpamAddResponse>;
}

/**
 * Asks the network what the agent's answer asks for. An address that another host has is set aside and another one
 * asked for, until one is free; then it is announced.
 *
 * @returns the answer that holds
 * @throws {CniError} after everything was given back that may go
 */
export async function verified(run: Verification, first: IpamAddResponse): Promise<IpamAddResponse> {
  const { ifname } = run.call.environment;
  const setAside: Conflict[] = [];
  const passed = new Set<string>();
  let response = first;
  await using probe = await openProbe(run, first);
  while (asksNetwork(response, ifname)) {
    const targets = targetsOf(response, { ifname, passed });
    const conflicts = await look(run, { response, targets, probe });
    if (conflicts.length === 0) {
      tell(run, { response, probe });
      return response;
    }
    const stolen = new Set(conflicts.map(({ ip }) => ip));
    for (const ip of targets.map(({ address }) => formatAddress(address))) if (!stolen.has(ip)) passed.add(ip);
    run.log.warn("somebody else has an address", { conflicts, round: setAside.length });
    await setConflictsAside(run, { response, conflicts, setAside });
    response = await allocateAnother(run, setAside);
  }
  return response;
}

/** An ADD that fails now has the conflicts to thank for it: its pools may be full of them. */
async function allocateAnother(run: Verification, setAside: readonly Conflict[]): Promise<IpamAddResponse> {
  try {
    return await run.allocate();
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const details = conflictText(setAside, run.call.environment.ifname);
    throw new CniError(cause.code, cause.message, { cause, details });
  }
}

interface Round {
  readonly response: IpamAddResponse;
  readonly conflicts: readonly Conflict[];
  /** Those of earlier rounds; gets these too. */
  readonly setAside: Conflict[];
}

/** @throws {CniError} when there is no sense in another round */
async function setConflictsAside(run: Verification, { response, conflicts, setAside }: Round): Promise<void> {
  await reportConflicts(run, conflicts);
  const again = conflicts.find(({ ip }) => setAside.some((former) => former.ip === ip));
  setAside.push(...conflicts.filter(({ ip }) => ip !== again?.ip));
  const why = again !== undefined
    ? `the agent gave ${again.ip} once more`
    : setAside.length >= MAX_ROUNDS
    ? `${setAside.length} addresses were in use`
    : performance.now() >= run.untilMs
    ? "the time for the ADD is over"
    : undefined;
  if (why === undefined) return;
  const told = conflictText(setAside, run.call.environment.ifname);
  throw await giveBackAnswer(run, response, new CniError(IP_CONFLICT, told, { details: why }));
}

interface Looking {
  readonly probe: LinkProbe;
  readonly response: IpamAddResponse;
  readonly targets: readonly ProbeTarget[];
}

/** @returns addresses that another host has. @throws {CniError} when a gateway is missing or nothing can be asked */
async function look(run: Verification, { response, targets, probe }: Looking): Promise<Conflict[]> {
  if (targets.length === 0) return [];
  const startMs = performance.now();
  const found = await detectFor(run, { response, targets, probe });
  const conflicts = found.conflicts.map(({ address, mac }) => ({ ip: formatAddress(address), mac }));
  const silent = found.unreachable.map(formatAddress);
  const durationMs = Math.round(performance.now() - startMs);
  run.log.debug("asked the network", { conflicts, silentGateways: silent, skipped: found.skipped, durationMs });
  if (found.skipped !== undefined) run.log.warn("detection is not possible on this link", { reason: found.skipped });
  if (conflicts.length > 0 || silent.length === 0) return conflicts;
  if (response.detection?.gatewayWarnOnly) {
    run.log.warn("no answer from the gateway", { gateways: silent });
    return [];
  }
  const told = silent.map((gateway) => `gateway ${gateway} of ${run.call.environment.ifname} is unreachable`);
  throw await giveBackAnswer(run, response, new CniError(GATEWAY_UNREACHABLE, told.join(", ")));
}

async function detectFor(run: Verification, { response, targets, probe }: Looking): Promise<Detection> {
  const settings = settingsOf(response.detection, defaultProbeSettings);
  const timeoutMs = Math.max(1, run.untilMs - performance.now());
  try {
    return await probe.detect({ targets, settings, timeoutMs });
  } catch (cause) {
    throw await giveBackAnswer(run, response, notAsked(cause));
  }
}

async function openProbe(run: Verification, response: IpamAddResponse): Promise<LinkProbe> {
  const { netns, ifname } = run.call.environment;
  try {
    return new LinkProbe({ netns, ifname });
  } catch (cause) {
    throw await giveBackAnswer(run, response, notAsked(cause));
  }
}

function notAsked(cause: unknown): CniError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CniError(NETWORK_NOT_ASKED, `spiderpool IP detection error: ${reason}`, { cause });
}

/** A Pod does not fail for an announcement: its neighbors ask when they need to know. */
function tell({ call, log }: Verification, { response, probe }: Omit<Looking, "targets">): void {
  try {
    const addresses = addressesToAnnounce(response, call.environment.ifname);
    const skipped = probe.announce(addresses);
    log.debug("announced addresses", { addresses: addresses.map(formatAddress), skipped });
  } catch (err) {
    log.warn("could not announce addresses", { err });
  }
}
