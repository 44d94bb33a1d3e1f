/** Records whose Pod is not there, and records that are no Pod's. */
import { living, terminating, testGc } from "./gc_decide_fixture.ts";

testGc([
  {
    name: "quarantine",
    pod: "gone",
    facts: { record: { pod: "ns1/p/quarantine", podUid: "quarantine:2099-01-01T00:00:00Z" } },
    want: "keep quarantine",
  },
  {
    name: "quarantine that is over, whatever the Pod",
    pod: "gone",
    facts: { record: { pod: "ns1/p/quarantine", podUid: "quarantine:2020-01-01T00:00:00Z" } },
    want: "reclaim record quarantine-over",
  },
  { name: "quarantine by UID alone", pod: "gone", recordUid: "quarantine:x", want: "keep quarantine" },
  {
    name: "malformed record key",
    pod: "gone",
    facts: { record: { pod: "p", podUid: "U1" } },
    want: "keep malformed-record",
  },
  { name: "A: no endpoint", pod: "gone", endpoint: "none", want: "reclaim record pod-gone" },
  { name: "A: endpoint of a Deployment", pod: "gone", want: "reclaim record endpoint pod-gone" },
  {
    name: "A: endpoint of another UID",
    pod: "gone",
    endpoint: "Deployment U9",
    want: "reclaim record endpoint pod-gone",
  },
  { name: "A: wanted StatefulSet", pod: "gone", endpoint: "StatefulSet U1", want: "keep owner-wants-it" },
  {
    name: "A: unwanted StatefulSet",
    pod: "gone",
    endpoint: "StatefulSet U1",
    wanted: false,
    want: "reclaim record endpoint pod-gone",
  },
  {
    name: "A: StatefulSet unknown",
    pod: "gone",
    endpoint: "StatefulSet U1",
    wanted: "unknown",
    want: "keep owner-unknown",
  },
  {
    name: "A: StatefulSet, feature off",
    pod: "gone",
    endpoint: "StatefulSet U1",
    facts: { features: { enableStatefulSet: false, enableKubevirt: true } },
    want: "reclaim record endpoint pod-gone",
  },
  { name: "A: wanted VM", pod: "gone", endpoint: "VirtualMachineInstance U1", want: "keep owner-wants-it" },
  {
    name: "A: unwanted VM",
    pod: "gone",
    endpoint: "VirtualMachineInstance U1",
    wanted: false,
    want: "reclaim record endpoint pod-gone",
  },
  {
    name: "A: a VM's launcher lives under another name",
    pod: "gone",
    endpoint: "none",
    facts: { podOfUid: living() },
    want: "keep alive-by-uid",
  },
  {
    name: "A: the launcher is dead",
    pod: "gone",
    endpoint: "none",
    facts: { podOfUid: terminating({}, 0) },
    want: "reclaim record pod-gone",
  },
]);
