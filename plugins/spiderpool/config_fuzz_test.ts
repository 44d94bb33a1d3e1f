import assert from "node:assert/strict";
import { fuzz, mutatedJsonText, returnsOrThrows } from "../../tests/shared/fuzz.ts";
import { CniError, logLevelOf, parseNetConf } from "../cni/mod.ts";
import { parseIpamConf } from "./config.ts";

const conf = {
  cniVersion: "1.0.0",
  name: "net",
  ipam: {
    type: "spiderpool",
    ipam_unix_socket_path: "/run/x.sock",
    default_ipv4_ippool: ["v4a"],
    clean_gateway: true,
    agent_timeout_ms: 1000,
    log_level: "debug",
    log_file_max_size: "100",
    log_file_max_age: -1,
  },
};

Deno.test("fuzz: the ipam section has usable values, or is refused with a CniError", async () => {
  await fuzz((random) => mutatedJsonText(random, [conf]), (text) => {
    const read = returnsOrThrows(() => parseIpamConf(parseNetConf(new TextEncoder().encode(text))), [CniError]);
    if (read === undefined) return;
    assert.ok(read.socketPath !== "" && read.timeoutMs > 0);
    assert.ok(read.log.maxSizeMb > 0 && read.log.maxAgeDays >= 0 && read.log.maxCount >= 0);
    returnsOrThrows(() => logLevelOf(read.log), [CniError]);
  });
});
