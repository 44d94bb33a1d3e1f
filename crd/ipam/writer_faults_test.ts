import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../net/base/random.ts";
import { formatAddress } from "../../net/ip/address.ts";
import { delays, type FakePoolStore, type Fault, losesAnswer, losesRequest, refuses } from "./fake_pool_store.ts";
import { PoolRecords } from "./records.ts";
import type { ClaimOutcome } from "./requests.ts";
import type { PoolWriter } from "./writer.ts";
import { claimOf, ownersIn, type WriterFixture, writerFixture } from "./writer_fixture.ts";

/** Few addresses for many attachments: the pool is full most of the time. */
const addresses = ["10.1.0.1-10.1.0.4"];
const writers = 3;
const attachmentsPerWriter = 5;
const steps = 1500;

/** What an attachment may rely on. */
type State =
  /** Something is under way, or ended with an unknown outcome. */
  | { readonly kind: "open" }
  /** A claim was answered, and no release was asked for. */
  | { readonly kind: "holds"; readonly address: string }
  /** A release, or a claim that took nothing, was answered. */
  | { readonly kind: "nothing" };

interface Attachment {
  readonly podUid: string;
  readonly nic: string;
  readonly writer: PoolWriter;
  state: State;
  isBusy: boolean;
}

interface World extends Pick<WriterFixture, "clock" | "store"> {
  readonly random: Random;
  readonly attachments: readonly Attachment[];
  readonly outcomes: Map<string, number>;
}

for (let seed = 1; seed <= 40; seed++) {
  Deno.test(`PoolWriter keeps its word under faults, seed ${seed}`, async () => {
    const world = newWorld(seed);
    for (let step = 0; step < steps; step++) {
      act(world);
      await turns(world.random() * 30);
      assertSound(world, `seed ${seed}, step ${step}`);
    }
    world.store.heal();
    await quiet(world, `seed ${seed}, quiet`);
    await releaseAll(world);
    world.store.land();
    assert.deepEqual(PoolRecords.parse(world.store.get("p").status?.allocatedIPs).size, 0);
    for (const outcome of ["claimed", "released", "refused", "rejected"]) {
      assert.ok(
        (world.outcomes.get(outcome) ?? 0) > 5,
        `${outcome}: ${world.outcomes.get(outcome)}, the test tests little`,
      );
    }
  });
}

function newWorld(seed: number): World {
  const random = seededRandom(seed);
  const { clock, store, newWriter } = writerFixture({ ips: addresses, random, maxBatch: 3 });
  const attachments = Array.from({ length: writers }, (_, w) => {
    const writer = newWriter();
    return Array.from({ length: attachmentsPerWriter }, (_, i): Attachment => ({
      podUid: `w${w}-${i >> 1}`,
      nic: i % 2 === 0 ? "eth0" : "net1",
      writer,
      state: { kind: "nothing" },
      isBusy: false,
    }));
  }).flat();
  return { random, clock, store, attachments, outcomes: new Map() };
}

/** One random thing happens. */
function act(world: World): void {
  const { random, clock, store } = world;
  const dice = random();
  const attachment = world.attachments[Math.floor(random() * world.attachments.length)]!;
  if (dice < 0.15) fault(store, random);
  else if (dice < 0.25) store.land();
  else if (dice < 0.3) attachment.writer.observe(String(Math.floor(random() * 400)));
  else if (dice < 0.55) clock.advance(random() * 40);
  else if (!attachment.isBusy) void (random() < 0.55 ? claim(world, attachment) : release(world, attachment));
}

function fault(store: FakePoolStore, random: Random): void {
  const faults: Fault[] = [
    refuses(409),
    refuses(429),
    refuses(500),
    refuses(403),
    losesAnswer,
    losesRequest,
    delays,
    delays,
  ];
  const call = (["read", "version", "write", "write", "write"] as const)[Math.floor(random() * 5)]!;
  const chosen = faults[Math.floor(random() * faults.length)]!;
  if (call === "write" || chosen !== delays) store.fail(call, chosen);
}

async function claim(world: World, attachment: Attachment): Promise<void> {
  const { podUid, nic, writer, state } = attachment;
  const held = state.kind === "holds" ? state.address : undefined;
  attachment.isBusy = true;
  if (held === undefined) attachment.state = { kind: "open" };
  const { identity, ...request } = claimOf(podUid);
  const outcome = await ask(world, (options) => writer.claim({ ...request, identity: { ...identity, nic } }, options));
  if (outcome !== undefined) attachment.state = stateAfter(outcome);
  if (outcome !== undefined && held !== undefined) {
    assert.deepEqual(attachment.state, state, `${podUid}/${nic} asks again for what it holds`);
  }
  attachment.isBusy = false;
}

function stateAfter(outcome: ClaimOutcome): State {
  if (outcome.kind === "claimed") return { kind: "holds", address: formatAddress(outcome.address) };
  assert.equal(outcome.kind, "refused");
  return { kind: "nothing" };
}

/** Of one NIC where its address is known, else of the whole Pod, if its other NIC lies idle. */
async function release(world: World, attachment: Attachment): Promise<void> {
  const { podUid, writer, state } = attachment;
  const addresses = state.kind === "holds" ? { addresses: [state.address] } : {};
  const freed = world.attachments.filter((other) =>
    other === attachment || state.kind !== "holds" && other.podUid === podUid
  );
  if (freed.some(({ isBusy }) => isBusy)) return;
  for (const one of freed) Object.assign(one, { isBusy: true, state: { kind: "open" } });
  const outcome = await ask(
    world,
    (options) => writer.release({ kind: "release", pool: "p", podUid, ...addresses }, options),
  );
  for (const one of freed) {
    one.isBusy = false;
    if (outcome !== undefined) one.state = { kind: "nothing" };
  }
}

/** Asks with a deadline that is sometimes too short, and sometimes hangs up. `undefined` when the outcome is unknown. */
async function ask<T extends { kind: string }>(
  { clock, random, outcomes }: World,
  request: (options: { deadlineMs: number; signal: AbortSignal }) => Promise<T>,
): Promise<T | undefined> {
  const caller = new AbortController();
  const outcome = request({ deadlineMs: clock.now() + random() * 300, signal: caller.signal });
  if (random() < 0.15) void turns(random() * 20).then(() => caller.abort(new RangeError("hung up")));
  try {
    const result = await outcome;
    outcomes.set(result.kind, (outcomes.get(result.kind) ?? 0) + 1);
    return result;
  } catch (err) {
    assert.ok(err instanceof Error && ["RangeError", "DeadlineError", "KubeApiError"].includes(err.name), String(err));
    outcomes.set("rejected", (outcomes.get("rejected") ?? 0) + 1);
    return undefined;
  }
}

/** Invariants I1, I2, I6 and I7 of the claim protocol, and: nothing comes back that was released. */
function assertSound({ store, attachments }: World, where: string): void {
  const { allocatedIPs, allocatedIPCount = 0 } = store.get("p").status ?? {};
  const owners = [...PoolRecords.parse(allocatedIPs).entries()].map(({ key, record }) =>
    [key, `${record.podUid}/${record.nic ?? "eth0"}`] as const
  );
  assert.equal(owners.length, allocatedIPCount, `${where}: I7, the count is that of the records`);
  assert.equal(Object.keys(ownersIn(allocatedIPs)).length, owners.length);
  for (const { podUid, nic, state } of attachments) {
    const held = owners.filter(([, owner]) => owner === `${podUid}/${nic}`).map(([address]) => address);
    const what = `${where}: ${podUid}/${nic}, ${JSON.stringify(state)}, has ${held.join(", ") || "nothing"}`;
    assert.ok(held.length <= 1, `${what}: two addresses for one identity`);
    if (state.kind === "holds") assert.deepEqual(held, [state.address], `${what}: I2, a held address was freed`);
    if (state.kind === "nothing") assert.deepEqual(held, [], `${what}: I3, I6, something is held for nobody`);
  }
}

/** Faults end, time goes on until everybody was answered. */
async function quiet(world: World, where: string): Promise<void> {
  for (let i = 0; i < 2000 && world.attachments.some(({ isBusy, writer }) => isBusy || !writer.idle); i++) {
    world.clock.advance(20);
    await turns(30);
    assertSound(world, where);
  }
  assert.ok(world.attachments.every(({ isBusy, writer }) => !isBusy && writer.idle), `${where}: somebody still waits`);
}

async function releaseAll({ clock, attachments }: World): Promise<void> {
  for (const { podUid, writer } of attachments) {
    const deadlineMs = clock.now() + 1e6;
    let isDone = false;
    const outcome = writer.release({ kind: "release", pool: "p", podUid }, { deadlineMs }).finally(() => isDone = true);
    while (!isDone) {
      clock.advance(500);
      await turns(30);
    }
    await outcome;
  }
}

/** Lets everybody go on for a while: some answers arrive, others are still on their way. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}
