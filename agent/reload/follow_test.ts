import assert from "node:assert/strict";
import { FakeClock } from "../../net/base/fake_clock.ts";
import { type LogFields, silentLog } from "../../net/base/log.ts";
import { parseConf } from "../config/conf.ts";
import { followConf } from "./follow.ts";
import { LiveConf } from "./live_conf.ts";

type Line = [level: string, message: string, fields: LogFields | undefined];

/** A ConfigMap as the kubelet mounts it: `conf.yml` → `..data/conf.yml`, `..data` → a folder of its own per version. */
class ConfigMapFolder {
  readonly root = Deno.makeTempDirSync({ prefix: "conf-" });
  readonly path = `${this.root}/conf.yml`;
  #versions = 0;

  constructor(text: string) {
    this.swap(text);
    Deno.symlinkSync("..data/conf.yml", this.path);
  }

  /** A new version, in the kubelet's order: folder, file, link under another name, rename. */
  swap(text: string): void {
    const version = `..version_${++this.#versions}`;
    Deno.mkdirSync(`${this.root}/${version}`);
    Deno.writeTextFileSync(`${this.root}/${version}/conf.yml`, text);
    Deno.symlinkSync(version, `${this.root}/..data_tmp`);
    Deno.renameSync(`${this.root}/..data_tmp`, `${this.root}/..data`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** Follows a folder that starts with `text`; time goes on by {@linkcode Follower.pass}. */
class Follower {
  readonly clock = new FakeClock();
  readonly lines: Line[] = [];
  readonly live: LiveConf;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(path: string, text: string) {
    this.live = new LiveConf(parseConf(text).conf);
    const line = (level: string) => (message: string, fields?: LogFields) =>
      void this.lines.push([level, message, fields]);
    const log = { ...silentLog, info: line("info"), warn: line("warn"), error: line("error") };
    const deps = { path, text, live: this.live, clock: this.clock, log: { ...log, child: () => log } };
    this.#ended = followConf(deps, this.#stop.signal);
  }

  /** Lets the follower look at the file `looks` times, each look being over when it sleeps again. */
  async pass(looks: number): Promise<void> {
    for (let i = 0; i < looks; i++) {
      await this.#asleep();
      this.clock.advance((this.clock.next() ?? 0) - this.clock.now());
    }
    await this.#asleep();
  }

  async #asleep(): Promise<void> {
    while (this.clock.next() === undefined) await Deno.stat("/"); // reading takes turns of the event loop
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the test is over"));
    await this.#ended;
  }
}

const start = "enableIPv4: true\nagent: {detection: {interval: 100ms}}\n";

/** One version of the file, and what the agent makes of it. */
interface Version {
  readonly text: string;
  readonly probes: number;
  readonly lines: readonly Line[];
}

const scenarios: readonly { name: string; versions: readonly Version[] }[] = [
  {
    name: "operations 4.1: takes over what can be, and logs each key with old and new",
    versions: [{
      text: "enableIPv4: true\nenableGatewayDetection: true\nagent: {detection: {conflictProbes: 3}}\n",
      probes: 3,
      lines: [
        ["info", "takes over a changed key of conf.yml", { key: "enableGatewayDetection", from: false, to: true }],
        ["info", "takes over a changed key of conf.yml", { key: "agent.detection.conflictProbes", from: 1, to: 3 }],
      ],
    }],
  },
  {
    name: "agent 4: tells which keys need a restart, and takes none of a change that has one",
    versions: [{
      text: "enableIPv4: false\nagent: {detection: {conflictProbes: 3}}\n",
      probes: 1,
      lines: [["warn", "changed keys of conf.yml need a restart of the agent", {
        keys: [{ key: "enableIPv4", from: true, to: false }],
        changedWithThem: [{ key: "agent.detection.conflictProbes", from: 1, to: 3 }],
      }]],
    }],
  },
  {
    name: "agent 4: a broken file changes nothing and is told once; a good one is taken over again",
    versions: [
      {
        text: "enableIPv4: true\nagent: {detection: {conflictProbes: 30, gatewayProbes: 2}}\n",
        probes: 1,
        lines: [["error", "cannot use the changed conf.yml: the agent goes on as it is", {
          problems: ["agent.detection.conflictProbes is 30, but must be a whole number from 1 to 10"],
        }]],
      },
      {
        text: start,
        probes: 1,
        lines: [["info", "conf.yml can be used again, and says what the agent runs with", undefined]],
      },
      {
        text: "enableIPv4: true\nagent: {detection: {conflictProbes: 2}}\n",
        probes: 2,
        lines: [["info", "takes over a changed key of conf.yml", {
          key: "agent.detection.conflictProbes",
          from: 1,
          to: 2,
        }]],
      },
    ],
  },
  {
    name: "agent 4: an unknown key is told with the one that was probably meant",
    versions: [{
      text: "enableIPv4: true\nenableGatewayDetektion: true\n",
      probes: 1,
      lines: [["warn", "unknown key in conf.yml is ignored", {
        key: "enableGatewayDetektion",
        meant: "enableGatewayDetection",
      }]],
    }],
  },
  {
    name: "a new version that says the same is silent",
    versions: [{ text: `# a comment\n${start}`, probes: 1, lines: [] }],
  },
];
for (const { name, versions } of scenarios) {
  Deno.test(`followConf() follows the links of the kubelet: ${name}`, async () => {
    using folder = new ConfigMapFolder(start);
    await using follower = new Follower(folder.path, start);
    for (const { text, probes, lines } of versions) {
      follower.lines.length = 0;
      folder.swap(text);
      await follower.pass(2); // sees it, and sees that it stays
      assert.equal(follower.live.current.agent.detection.conflictProbes, probes);
      assert.deepEqual(follower.lines, lines);
      await follower.pass(3);
      assert.deepEqual(follower.lines, lines, "nothing is told twice");
    }
  });
}

Deno.test("followConf() takes no file that is being written: it must be the same twice", async () => {
  using folder = new ConfigMapFolder(start);
  await using follower = new Follower(folder.path, start);
  Deno.writeTextFileSync(folder.path, "");
  await follower.pass(1);
  Deno.writeTextFileSync(folder.path, `${start}enableGatewayDetection: true\n`);
  await follower.pass(1);
  assert.equal(follower.live.current.enableGatewayDetection, false);
  assert.deepEqual(follower.lines, []);
  await follower.pass(2);
  assert.equal(follower.live.current.enableGatewayDetection, true);
});

const unusable = [
  { name: "is gone", make: (path: string) => Deno.removeSync(path), want: /No such file/ },
  {
    name: "is a folder",
    make: (path: string) => (Deno.removeSync(path), Deno.mkdirSync(path)),
    want: /^it is no file$/,
  },
  {
    name: "is too large",
    make: (path: string) => Deno.writeTextFileSync(path, "#".repeat(4 * 1024 * 1024 + 1)),
    want: /^it has 4194305 bytes/,
  },
];
for (const { name, make, want } of unusable) {
  Deno.test(`followConf() goes on as it is when the file ${name}, and tells it once`, async () => {
    using folder = new ConfigMapFolder(start);
    await using follower = new Follower(folder.path, start);
    const before = follower.live.current;
    make(folder.path);
    await follower.pass(4);
    assert.equal(follower.live.current, before);
    assert.deepEqual(follower.lines.map(([level]) => level), ["error"]);
    const [[, , fields] = []] = follower.lines;
    assert.match(String(fields?.problems), want);
  });
}
