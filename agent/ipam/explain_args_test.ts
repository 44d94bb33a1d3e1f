import assert from "node:assert/strict";
import type { ExplainQuery } from "../api/explain_types.ts";
import { assumedArgs } from "./explain_args.ts";

const pod = { podNamespace: "ns1", podName: "p" };
const last = {
  args: {
    ...pod,
    containerID: "c1",
    ifName: "eth0",
    netNamespace: "/n",
    podUID: "U1",
    defaultIPv4IPPool: ["v4a"],
    defaultIPv6IPPool: null,
    matchMasterSubnet: true,
  },
  atMs: 0,
  refusal: undefined,
};

const cases: {
  name: string;
  query: Partial<ExplainQuery>;
  last: typeof last | undefined;
  want: string[];
  unknown: boolean;
}[] = [
  {
    name: "nothing is known",
    query: {},
    last: undefined,
    want: ["unknown ", "unknown ", "unknown ", "unknown "],
    unknown: true,
  },
  {
    name: "the last ADD is known",
    query: {},
    last,
    want: ["last-add v4a", "last-add ", "last-add false", "last-add true"],
    unknown: false,
  },
  {
    name: "the query wins, and one family makes the other empty",
    query: { defaultIPv6IPPool: ["v6a", "v6b"], matchMasterSubnet: false },
    last,
    want: ["query ", "query v6a,v6b", "last-add false", "query false"],
    unknown: false,
  },
  {
    name: "the query knows that nothing is named",
    query: { defaultIPv4IPPool: [] },
    last: undefined,
    want: ["query ", "query ", "unknown ", "unknown "],
    unknown: false,
  },
];
for (const { name, query, last, want, unknown } of cases) {
  Deno.test(`assumedArgs(): ${name}`, () => {
    const { args, origins, arePoolsUnknown } = assumedArgs({ ...pod, ...query }, "eth0", last);
    assert.deepEqual(origins.map(({ origin, values }) => `${origin} ${values}`), want);
    assert.equal(arePoolsUnknown, unknown);
    assert.deepEqual([args.podUID, args.netNamespace, args.ifName], ["", last === undefined ? "" : "/n", "eth0"]);
  });
}
