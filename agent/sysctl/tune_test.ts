import assert from "node:assert/strict";
import type { Log, LogFields } from "../../net/base/log.ts";
import { parametersFor, type SysctlParameter, sysctlParameters } from "./parameters.ts";
import { logSysctls } from "./report.ts";
import { decideSysctl, type SysctlAccess, type SysctlOutcome, tuneSysctls } from "./tune.ts";

const least: SysctlParameter = { key: "net/a", value: 100, families: [4], isLeast: true };
const exact: SysctlParameter = { key: "net/b", value: 0, families: [4, 6], isLeast: false };

const decisions: readonly { parameter: SysctlParameter; current: string | undefined; want: string }[] = [
  { parameter: least, current: undefined, want: "missing" },
  { parameter: least, current: "99", want: "write" },
  { parameter: least, current: "100", want: "keep" },
  { parameter: least, current: "1024000", want: "keep" },
  { parameter: least, current: "", want: "write" },
  { parameter: least, current: "many", want: "write" },
  { parameter: exact, current: "1", want: "write" },
  { parameter: exact, current: "0", want: "keep" },
  { parameter: exact, current: "-1", want: "write" },
  { parameter: exact, current: undefined, want: "missing" },
];

for (const { parameter, current, want } of decisions) {
  const rule = parameter.isLeast ? "at least" : "exactly";
  Deno.test(`agent 9: a sysctl of ${current} that should be ${rule} ${parameter.value}: ${want}`, () => {
    assert.equal(decideSysctl(parameter, current), want);
  });
}

const rows: readonly (readonly [key: string, value: number, families: readonly number[], isLeast: boolean])[] = [
  ["net/ipv4/neigh/default/gc_thresh3", 28160, [4], true],
  ["net/ipv6/neigh/default/gc_thresh3", 28160, [6], true],
  ["net/ipv4/conf/all/arp_notify", 1, [4], false],
  ["net/ipv4/conf/all/forwarding", 1, [4], false],
  ["net/ipv6/conf/all/forwarding", 1, [6], false],
  ["net/ipv4/conf/all/rp_filter", 0, [4, 6], false],
];
for (const [i, [key, value, families, isLeast]] of rows.entries()) {
  const rule = isLeast ? "at least" : "exactly";
  Deno.test(`agent row 9.${i + 1}: ${key} is to be ${rule} ${value} for IPv${families.join(" and 6")}`, () => {
    assert.deepEqual(sysctlParameters[i], { key, value, families, isLeast });
    assert.equal(sysctlParameters.length, rows.length);
  });
}

const families: readonly { enableIPv4: boolean; enableIPv6: boolean; want: readonly string[] }[] = [
  { enableIPv4: false, enableIPv6: false, want: [] },
  {
    enableIPv4: true,
    enableIPv6: false,
    want: ["v4/neigh/default/gc_thresh3", "v4/conf/all/arp_notify", "v4/conf/all/forwarding", "v4/conf/all/rp_filter"],
  },
  {
    enableIPv4: false,
    enableIPv6: true,
    want: ["v6/neigh/default/gc_thresh3", "v6/conf/all/forwarding", "v4/conf/all/rp_filter"],
  },
];

for (const { want, ...enabled } of families) {
  Deno.test(`agent 9: sysctls for ${JSON.stringify(enabled)}`, () => {
    assert.deepEqual(parametersFor(enabled).map(({ key }) => key), want.map((key) => `net/ip${key}`));
  });
}

/** `/proc/sys` that holds `values`; what is in `refused` cannot be written. */
function accessTo(values: Map<string, string>, refused: ReadonlySet<string> = new Set()): SysctlAccess {
  return {
    read: (key) => values.get(key),
    write(key, value) {
      if (refused.has(key)) throw new Error("Cannot open: read-only file system");
      values.set(key, String(value));
      return true;
    },
  };
}

Deno.test("agent 9: a sysctl that cannot be set does not stop the others, and each has its outcome", () => {
  const missing = { ...exact, key: "net/c" };
  const values = new Map([["net/a", "50"], ["net/b", "1"]]);
  const outcomes = tuneSysctls([least, missing, exact], accessTo(values, new Set(["net/a"])));
  assert.deepEqual(outcomes.map(({ kind, key }) => [kind, key]), [
    ["refused", "net/a"],
    ["missing", "net/c"],
    ["set", "net/b"],
  ]);
  assert.deepEqual([...values], [["net/a", "50"], ["net/b", "0"]]);
});

Deno.test("agent 9: a sysctl that goes while it is set is missing", () => {
  const access: SysctlAccess = { read: () => "1", write: () => false };
  assert.deepEqual(tuneSysctls([exact], access), [{ kind: "missing", key: "net/b" }]);
});

Deno.test("agent 9: what was done to the node is logged, what was left alone only in detail", () => {
  const lines: string[] = [];
  const outcomes: SysctlOutcome[] = [
    { kind: "set", key: "net/ipv4/conf/all/rp_filter", from: "1", to: 0 },
    { kind: "kept", key: "net/x", value: "1" },
    { kind: "missing", key: "net/y" },
    { kind: "refused", key: "net/z", value: "1", err: new Error("EROFS") },
  ];
  logSysctls(recordingLog(lines), outcomes);
  assert.deepEqual(lines, [
    "info net.ipv4.conf.all.rp_filter sets a kernel parameter of the node",
    "debug net.x leaves a kernel parameter as it is",
    "info net.y skips a kernel parameter: this kernel does not have it",
    "warn net.z cannot set a kernel parameter: set it on the node, run the container privileged, or set tuneSysctlConfig to false",
  ]);
});

function recordingLog(lines: string[]): Log {
  function line(level: string): (message: string, fields?: LogFields) => void {
    return (message, fields) => void lines.push(`${level} ${fields?.sysctl} ${message}`);
  }
  const log: Log = {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    child: () => log,
  };
  return log;
}
