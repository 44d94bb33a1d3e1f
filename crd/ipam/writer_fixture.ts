import { FakeClock } from "../../net/base/fake_clock.ts";
import { silentLog } from "../../net/base/log.ts";
import { AddressSet } from "../../net/ip/set.ts";
import { FakePoolStore, poolObject } from "./fake_pool_store.ts";
import { outcomeText } from "./outcome_fixture.ts";
import type { ClaimRequest, PoolOutcome, QuarantineRequest, ReleaseRequest, RequestOptions } from "./requests.ts";
import { PoolWriter } from "./writer.ts";
import type { PoolWriterDeps } from "./writer_deps.ts";

/** `status.allocatedIPs` with one record: 10.1.0.1 is the Pod A's. */
export const one = '{"10.1.0.1":{"pod":"ns/A","podUid":"A"}}';

/** What {@linkcode writerFixture} takes: deps of the writer, and the pool. */
export interface WriterFixtureOptions extends Partial<PoolWriterDeps> {
  /** `spec.ips`. @default 254 addresses */
  readonly ips?: string[];
  /** `status.allocatedIPs`. @default none */
  readonly records?: string;
}

/** Fields that differ from the usual ones. */
export type Fields<T> = Partial<T> & { readonly options?: Partial<RequestOptions> };

/** {@linkcode writerFixture}'s result. */
export type WriterFixture = ReturnType<typeof writerFixture>;

/** A writer for tests, over a store in memory and a clock that moves when told to. */
export function writerFixture({ ips = ["10.1.0.1-10.1.0.254"], records, ...deps }: WriterFixtureOptions = {}) {
  const clock = new FakeClock(1000);
  const status = records === undefined ? {} : { status: { allocatedIPs: records } };
  const store = new FakePoolStore([poolObject({ ips }, status)]);
  const usual = { store, clock, random: () => 0.5, log: silentLog, reserved: AddressSet.empty, maxRecords: 5000 };
  const newWriter = () => new PoolWriter("p", { ...usual, ...deps });
  const writer = newWriter();
  const optionsOf = (options: Partial<RequestOptions> = {}) => ({ deadlineMs: clock.now() + 30_000, ...options });
  return {
    clock,
    store,
    writer,
    /** One more writer over the same store: another agent. */
    newWriter,
    /** Claims for the Pod `podUid` within 30 s; resolves with {@linkcode settled}. */
    claim: (podUid: string, { options, ...fields }: Fields<ClaimRequest> = {}) =>
      settled(writer.claim({ ...claimOf(podUid), ...fields }, optionsOf(options))),
    /** Releases for the Pod `podUid` within 30 s; resolves with {@linkcode settled}. */
    release: (podUid: string, { options, ...fields }: Fields<ReleaseRequest> = {}) =>
      settled(writer.release({ kind: "release", pool: "p", podUid, ...fields }, optionsOf(options))),
    /** Sets `addresses` of the Pod `podUid` aside for 10 minutes; resolves with {@linkcode settled}. */
    quarantine: (podUid: string, { options, ...fields }: Fields<QuarantineRequest> = {}) => {
      const { identity } = claimOf(podUid);
      const request = { kind: "quarantine", pool: "p", identity, addresses: [], forMs: 600_000, ...fields } as const;
      return settled(writer.quarantine(request, optionsOf(options)));
    },
    /** A deadline in 30 s, unless told otherwise. */
    options: optionsOf,
    /** Owners by address, as they are stored. */
    stored: () => ownersIn(store.get("p").status?.allocatedIPs),
  };
}

/** Pod UIDs by address in the text of `status.allocatedIPs`. */
export function ownersIn(text = "{}"): Record<string, string> {
  const records: Record<string, { podUid: string }> = JSON.parse(text);
  return Object.fromEntries(Object.entries(records).map(([address, { podUid }]) => [address, podUid]));
}

/** A claim of `eth0` of the Pod `ns/<podUid>` on the pool `p`. */
export function claimOf(podUid: string): ClaimRequest {
  const identity = { pod: `ns/${podUid}`, podUid, nic: "eth0", node: "n1" };
  return { kind: "claim", pool: "p", generation: 1, poolUid: "pool-uid", identity };
}

/** The outcome in a few words; an error by its name. */
export async function settled(outcome: Promise<PoolOutcome>): Promise<string> {
  try {
    return outcomeText(await outcome);
  } catch (err) {
    return err instanceof Error ? err.name : String(err);
  }
}

/** Lets everything that is ready go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
