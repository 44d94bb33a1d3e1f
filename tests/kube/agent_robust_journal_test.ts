/** The journal's folder is damaged or full: what the agent does, and what an operator sees. */
import assert from "node:assert/strict";
import { FileJournal, MemoryJournal } from "../../agent/ipam/mod.ts";
import type { JournalEntry } from "../../agent/ipam/mod.ts";
import { heardLog } from "./heard_log.ts";
import { Cluster } from "./ipam_cluster.ts";
import { testIpam } from "./ipam_tests.ts";

const v4 = { defaultIPv4IPPool: ["v4a"] };

const entry: JournalEntry = {
  podUid: "U1",
  ifname: "eth0",
  podNamespace: "ns1",
  podName: "p",
  containerId: "c1",
  pools: ["v4a"],
  startedAt: "2026-01-01T00:00:00.000Z",
};
const file = "U1@eth0.json";

async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "journal-" });
  try {
    await test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Opens a journal with one file of these bytes. @returns its entries, and the lines of the log */
async function opened(dir: string, bytes: Uint8Array) {
  Deno.writeFileSync(`${dir}/${file}`, bytes);
  const log = heardLog();
  const journal = await FileJournal.open(dir, { log });
  return { entries: await journal.list(), lines: log.lines };
}

/** The file of {@linkcode entry} as a journal writes it. */
async function written(dir: string): Promise<Uint8Array<ArrayBuffer>> {
  const journal = await FileJournal.open(dir, { log: heardLog() });
  await journal.put(entry);
  return Deno.readFileSync(`${dir}/${file}`);
}

Deno.test("agent 5: journal entry cut at every byte: it is told by name and left; the agent starts", () =>
  inFolder(async (dir) => {
    const whole = await written(dir);
    for (let length = 0; length < whole.length; length++) {
      const { entries, lines } = await opened(dir, whole.subarray(0, length));
      assert.deepEqual([entries, lines], [[], ["error cannot read journal entry"]], `${length} bytes`);
    }
    assert.deepEqual((await opened(dir, whole)).entries, [entry]);
  }));

for (const [what, garble] of [["a bit", 0x04], ["all bits", 0xff], ["the highest bit", 0x80]] as const) {
  Deno.test(`agent 5: journal entry with ${what} of any byte garbled: it is told by name and never acted on`, () =>
    inFolder(async (dir) => {
      const whole = await written(dir);
      for (let at = 0; at < whole.length; at++) {
        const bytes = whole.slice();
        bytes[at]! ^= garble;
        const { entries, lines } = await opened(dir, bytes);
        assert.deepEqual([entries, lines], [[], ["error cannot read journal entry"]], `byte ${at}`);
      }
    }));
}

const garbled = [
  { name: "another pool", from: '"v4a"', to: '"v4b"' },
  { name: "another Pod's name", from: '"podName":"p"', to: '"podName":"q"' },
  { name: "another namespace", from: '"ns1"', to: '"ns2"' },
  { name: "another NIC", from: '"eth0"', to: '"eth1"' },
];
for (const { name, from, to } of garbled) {
  testIpam(
    `agent 5: journal entry garbled into ${name}: recovery takes no address from a live Pod`,
    () =>
      inFolder(async (dir) => {
        await using cluster = await Cluster.start();
        const podUID = await cluster.pod("p");
        const first = await cluster.agent({ journal: await FileJournal.open(dir, { log: heardLog() }) });
        first.connection.decide = (operation) => operation === "create spiderendpoints" ? "kill-before" : undefined;
        first.startAdd({ podName: "p", podUID, ...v4 });
        await cluster.advance(1_000);
        const [{ name: noted } = { name: "" }] = [...Deno.readDirSync(dir)];
        const text = Deno.readTextFileSync(`${dir}/${noted}`);
        assert(text.includes(from), text);
        Deno.writeTextFileSync(`${dir}/${noted}`, text.replace(from, to));
        const log = heardLog();
        const next = await cluster.agent({ journal: await FileJournal.open(dir, { log }) });
        assert.deepEqual(log.lines, ["error cannot read journal entry"]);
        await cluster.advance(120_000);
        assert.deepEqual(cluster.held(), ["v4a 10.1.0.10 ns1/p eth0"]);
        assert.deepEqual(await next.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
      }),
    { onlyEmbedded: true },
  );
}

testIpam(
  "agent 5: no room for the journal: the ADD is refused before it claims, and served when there is room",
  async () => {
    await using cluster = await Cluster.start();
    const journal = new FullJournal();
    const agent = await cluster.agent({ journal });
    const podUID = await cluster.pod("p");
    assert.equal(
      await agent.refusal({ podName: "p", podUID, ...v4 }),
      "No space left on device (os error 28): write '/run/journal'",
    );
    assert.deepEqual(cluster.held(), []);
    journal.isFull = false;
    assert.deepEqual(await agent.addresses({ podName: "p", podUID, ...v4 }), ["eth0 10.1.0.10/24 v4a"]);
  },
  { onlyEmbedded: true },
);

/** A journal on a file system without room. */
class FullJournal extends MemoryJournal {
  isFull = true;

  override put(entry: JournalEntry): Promise<void> {
    if (!this.isFull) return super.put(entry);
    return Promise.reject(new Error("No space left on device (os error 28): write '/run/journal'"));
  }
}
