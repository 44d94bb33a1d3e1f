/**
 * IPAM on one node: the shell around `crd/ipam`.
 *
 * @example
 * ```ts
 * const ipam = createIpam({ transport, journal, config, clock: systemClock, random: systemRandom, log });
 * ipam.run(signal);
 * await ipam.ready(signal);
 * const answer = await ipam.service.add(args, signal);
 * ```
 *
 * @module
 */
export type { IpamConfig } from "./deps.ts";
export { FileJournal } from "./file_journal.ts";
export { FileOwedDels } from "./file_owed_dels.ts";
export { createIpam, type Ipam } from "./ipam.ts";
export type { IpamOptions } from "./ipam_options.ts";
export { type Journal, type JournalEntry, type JournalKey, MemoryJournal } from "./journal.ts";
export type { ReadMaster } from "./master.ts";
export type { PeerOptions } from "./peers.ts";
export type { IpamState } from "./state.ts";
