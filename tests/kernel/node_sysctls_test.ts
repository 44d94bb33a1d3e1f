import assert from "node:assert/strict";
import { parametersFor, tuneSysctls } from "../../agent/sysctl/mod.ts";
import { readSysctl, tryWriteSysctl, writeSysctl } from "../../net/host/mod.ts";
import { netnsTest } from "../shared/netns.ts";

const access = { read: readSysctl, write: tryWriteSysctl };

netnsTest(
  "agent 9: sysctls of a node are set; those that this netns lacks are skipped; a second time all are kept",
  (netns) => {
    netns.run(() => {
      writeSysctl("net/ipv4/conf/all/rp_filter", 1);
      writeSysctl("net/ipv4/conf/all/arp_notify", 0);
      const parameters = parametersFor({ enableIPv4: true, enableIPv6: true });
      const first = tuneSysctls(parameters, access);
      // The limits of the neighbour tables are the machine's: only its first netns shows them.
      assert.deepEqual(first.filter(({ kind }) => kind === "missing").map(({ key }) => key), [
        "net/ipv4/neigh/default/gc_thresh3",
        "net/ipv6/neigh/default/gc_thresh3",
      ]);
      for (const { key, value } of parameters.filter(({ isLeast }) => !isLeast)) {
        assert.equal(readSysctl(key), `${value}`);
      }
      assert.ok(first.some(({ kind, key }) => kind === "set" && key === "net/ipv4/conf/all/rp_filter"));
      const second = tuneSysctls(parameters, access);
      assert.deepEqual(second.filter(({ kind }) => kind !== "missing" && kind !== "kept"), []);
    });
  },
);
