import assert from "node:assert/strict";
import { openDescriptors, openFile } from "../../net/ffi/mod.ts";
import {
  createNamedNetns,
  deleteNamedNetns,
  isCurrentNetns,
  NetnsError,
  openCurrentNetns,
  openNetns,
  readSysctl,
  withNetns,
  writeSysctl,
} from "../../net/host/mod.ts";
import { openRouteNetlink } from "../../net/netlink/mod.ts";
import { assertNoLeak, netnsTest, TestNetns } from "../shared/netns.ts";

netnsTest("withNetns() moves netlink, file calls and child processes, and comes back", (netns) => {
  using nl = netns.open();
  nl.createBridge({ name: "only-here" });
  const names = () => {
    using here = openRouteNetlink();
    return here.links().map(({ name }) => name);
  };
  const files = () => [...Deno.readDirSync("/proc/sys/net/ipv4/conf")].map(({ name }) => name);
  const child = () =>
    new TextDecoder().decode(new Deno.Command("ip", { args: ["-o", "link"] }).outputSync().stdout).includes(
      "only-here",
    );
  assert.deepEqual(withNetns(netns.path, names), ["lo", "only-here"]);
  assert.ok(withNetns(netns.path, files).includes("only-here"));
  assert.equal(withNetns(netns.path, child), true);
  assert.ok(!names().includes("only-here") && !files().includes("only-here") && !child());
});

netnsTest("withNetns() nests, and comes back when the action throws", (netns) => {
  using other = new TestNetns();
  withNetns(netns.path, () => {
    assert.ok(isCurrentNetns(netns.path));
    assert.throws(() => withNetns(other.path, () => assert.fail("broken")), /broken/);
    assert.ok(isCurrentNetns(netns.path));
  });
  assert.ok(!isCurrentNetns(netns.path));
});

netnsTest("withNetns() refuses an asynchronous action, from home", (netns) => {
  assert.throws(() => withNetns(netns.path, () => Promise.resolve(1)), TypeError);
  assert.ok(!isCurrentNetns(netns.path));
});

netnsTest("a socket keeps its netns", (netns) => {
  using nl = netns.open();
  nl.createBridge({ name: "only-here" });
  assert.equal(nl.linkByName("only-here").kind, "bridge");
});

/** Paths that are no netns. The ones in `/proc` pass for one by file system type, but `setns` refuses them. */
const wrong = [
  { path: "/no/such/netns", reason: "missing" },
  { path: "/dev/null/netns", reason: "missing" },
  { path: "/dev/null", reason: "notNetns" },
  { path: "/tmp", reason: "notNetns" },
  { path: "/proc/self/ns/mnt", reason: "notNetns" },
  { path: "/proc/version", reason: "notNetns" },
] as const;
for (const { path, reason } of wrong) {
  netnsTest(`withNetns() of ${path} is ${reason}`, () => {
    assert.throws(() => withNetns(path, () => assert.fail("ran")), (error) => {
      assert.ok(error instanceof NetnsError);
      assert.deepEqual([error.reason, error.path], [reason, path]);
      return true;
    });
  });
}

netnsTest("withNetns() of a name whose mount is gone is notNetns", (netns) => {
  const path = `${netns.path}-stale`;
  Deno.writeTextFileSync(path, "");
  try {
    assert.throws(() => withNetns(path, () => 1), { name: "NetnsError", reason: "notNetns" });
  } finally {
    Deno.removeSync(path);
  }
});

netnsTest("isSame() compares identity, not paths", (netns) => {
  using other = new TestNetns();
  using a = openNetns(netns.path);
  using b = withNetns(a, () => openCurrentNetns());
  using c = openNetns(other.path);
  using mine = openCurrentNetns();
  using leader = openNetns(`/proc/${Deno.pid}/ns/net`);
  assert.deepEqual([a.isSame(b), a.isSame(c), mine.isSame(leader), mine.isSame(a)], [true, false, true, false]);
});

netnsTest("createNamedNetns() is seen by ip, and its name is taken", (netns) => {
  const listed = () =>
    new TextDecoder().decode(new Deno.Command("ip", { args: ["netns", "list"] }).outputSync().stdout);
  assert.ok(listed().includes(netns.name));
  assert.throws(() => createNamedNetns(netns.name), Deno.errors.AlreadyExists);
  const name = `${netns.name}-b`;
  createNamedNetns(name);
  deleteNamedNetns(name);
  assert.ok(!listed().includes(name));
  assert.throws(() => deleteNamedNetns(name), Deno.errors.NotFound);
});

netnsTest("deleteNamedNetns() removes a name whose mount is gone", (netns) => {
  const name = `${netns.name}-stale`;
  Deno.writeTextFileSync(`/var/run/netns/${name}`, "");
  deleteNamedNetns(name);
  assert.throws(() => openNetns(`/var/run/netns/${name}`), { reason: "missing" });
});

netnsTest("sysctls are those of the netns", (netns) => {
  const key = "net/ipv4/ip_forward";
  const mine = readSysctl(key);
  const wanted = mine === "1" ? "0" : "1";
  netns.run(() => writeSysctl(key, wanted));
  assert.deepEqual([netns.run(() => readSysctl(key)), readSysctl(key)], [wanted, mine]);
});

netnsTest("sysctls of a link whose name has a dot", (netns) => {
  using nl = netns.open();
  nl.createBridge({ name: "eth0.100" });
  netns.run(() => writeSysctl("net/ipv4/conf/eth0.100/rp_filter", 2));
  const { stdout } = netns.run(() =>
    new Deno.Command("cat", { args: ["/proc/sys/net/ipv4/conf/eth0.100/rp_filter"] }).outputSync()
  );
  assert.equal(new TextDecoder().decode(stdout), "2\n");
});

netnsTest("a value the kernel does not want is EINVAL, with its path", (netns) => {
  const write = () => netns.run(() => writeSysctl("net/ipv4/ip_forward", "many"));
  assert.throws(write, { name: "SyscallError", code: "EINVAL", target: "/proc/sys/net/ipv4/ip_forward" });
});

netnsTest("a leaked descriptor fails the test and tells where it was opened", () => {
  const before = new Set(openDescriptors());
  using _leaked = openFile("/dev/null", 0);
  assert.throws(() => assertNoLeak(before), /\/dev\/null \(descriptor \d+\) was opened here[\s\S]*netns_test\.ts/);
});

netnsTest("withNetns() ends the process when it cannot come back", (netns) => {
  const code = `
    import { openDescriptors } from ${JSON.stringify(import.meta.resolve("../../net/ffi/mod.ts"))};
    import { withNetns } from ${JSON.stringify(import.meta.resolve("../../net/host/mod.ts"))};
    withNetns(${JSON.stringify(netns.path)}, () => {
      for (const descriptor of openDescriptors()) descriptor[Symbol.dispose]();
    });
    Deno.stdout.writeSync(new TextEncoder().encode("went on"));
  `;
  const args = ["eval", "--no-lock", "--ext=ts", code];
  const output = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).outputSync();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([output.code, stdout], [70, ""]);
  assert.match(stderr ?? "", /^Cannot return to own netns: .*it was closed/);
});
