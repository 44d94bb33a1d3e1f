import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, mutatedText, oneOf, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { parseArgs, readArgs } from "./args.ts";
import { parseNetConf } from "./config.ts";
import { previousResultOf } from "./echo_result.ts";
import { CniError } from "./errors.ts";
import { FakeIo } from "./fake_io.ts";
import { type Plugin, runPlugin } from "./skeleton.ts";

const args = ["IgnoreUnknown=1;K8S_POD_NAME=p;K8S_POD_NAMESPACE=ns1;K8S_POD_UID=U1", "K8S_POD_NAME=p", ";=;"];
const conf = {
  cniVersion: "1.0.0",
  name: "net",
  type: "macvlan",
  ipam: { type: "spiderpool", default_ipv4_ippool: ["v4a"], log_file_max_size: "100" },
  prevResult: {
    cniVersion: "1.0.0",
    interfaces: [{ name: "eth0", sandbox: "/n" }],
    ips: [{ address: "10.1.0.10/24", interface: 0 }],
  },
};

Deno.test("fuzz: CNI_ARGS are read, or refused with a CniError; a DEL always gets what can be read", async () => {
  await fuzz((random) => mutatedText(random, args), (text) => {
    const { args, problems } = readArgs(text);
    const strict = returnsOrThrows(() => parseArgs(text), [CniError]);
    if (problems.length === 0) assert.deepEqual(strict, args);
    else assert.equal(strict, undefined);
  });
});

Deno.test("fuzz: a network configuration is read, or refused with a CniError", async () => {
  await fuzz((random) => mutatedJsonText(random, [conf]), (text) => {
    const read = returnsOrThrows(() => parseNetConf(new TextEncoder().encode(text)), [CniError]);
    if (read === undefined) return;
    assert.ok(typeof read.name === "string" && typeof read.cniVersion === "string");
    returnsOrThrows(() => previousResultOf(read), [CniError]);
  });
});

const echo = () => Promise.resolve(() => Promise.resolve("{}"));
const plugin: Plugin = {
  about: "test",
  supportedVersions: ["0.3.0", "0.4.0", "1.0.0", "1.1.0"],
  commands: { ADD: echo, DEL: echo, CHECK: echo, GC: echo, STATUS: echo },
};

Deno.test("fuzz: a plugin never throws, and prints a result or an error with a code, whatever it is called with", async () => {
  await fuzz((random) => ({
    env: {
      CNI_COMMAND: random() < 0.8
        ? oneOf(random, ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"])
        : mutatedText(random, ["ADD"]),
      CNI_CONTAINERID: mutatedText(random, ["c1"]),
      CNI_NETNS: mutatedText(random, ["/var/run/netns/x"]),
      CNI_IFNAME: mutatedText(random, ["eth0"]),
      CNI_ARGS: mutatedText(random, args),
      CNI_PATH: "/opt/cni/bin",
    },
    stdin: mutatedJsonText(random, [conf]),
  }), async (call) => {
    const io = new FakeIo(call);
    const status = await runPlugin(plugin, io);
    if (io.out === "") return assert.equal(status, 0);
    const printed: unknown = JSON.parse(io.out);
    assert.ok(typeof printed === "object" && printed !== null);
    assert.equal("code" in printed && typeof printed.code === "number", status === 1);
  });
});
