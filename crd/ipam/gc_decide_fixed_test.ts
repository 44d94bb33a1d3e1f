/** Records of Pods that keep their addresses: StatefulSets and VMs. */
import { fixed, ips, terminating, testGc } from "./gc_decide_fixture.ts";

testGc([
  {
    name: "B: fixed, wanted, Succeeded",
    pod: fixed({ phase: "Succeeded" }),
    endpoint: "StatefulSet U1",
    want: "trace completed",
  },
  {
    name: "B: fixed, wanted, Pending",
    pod: fixed({ phase: "Pending" }),
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "B: fixed, wanted, terminating in grace without podIPs",
    pod: terminating({ phase: "Running" }, 1000, "StatefulSet"),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, terminating past the deadline",
    pod: terminating({ phase: "Running", ...ips }, -1000, "StatefulSet"),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, wanted, no podIPs",
    pod: fixed({ phase: "Running" }),
    endpoint: "StatefulSet U1",
    want: "keep owner-wants-it",
  },
  {
    name: "B: fixed, unknown",
    pod: fixed({ phase: "Failed" }),
    wanted: "unknown",
    endpoint: "StatefulSet U1",
    want: "keep owner-unknown",
  },
  {
    name: "B: fixed, unwanted, Failed",
    pod: fixed({ phase: "Failed" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint owner-unwanted",
  },
  {
    name: "B: fixed, unwanted, Pending",
    pod: fixed({ phase: "Pending" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "B: fixed, unwanted, terminating in grace, podIPs",
    pod: terminating({ phase: "Running", ...ips }, 1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "trace terminating",
  },
  {
    name: "B: fixed, unwanted, terminating in grace, no podIPs",
    pod: terminating({ phase: "Running" }, 1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint terminating-without-addresses",
  },
  {
    name: "B: fixed, unwanted, terminating past the deadline",
    pod: terminating({ phase: "Running" }, -1000, "StatefulSet"),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep switched-off",
  },
  {
    name: "B: fixed, unwanted, podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "keep has-addresses",
  },
  {
    name: "B: fixed, unwanted, no podIPs",
    pod: fixed({ phase: "Running" }),
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record endpoint owner-unwanted",
  },
  {
    name: "B: VM, unwanted, no podIPs",
    pod: fixed({ phase: "Running" }, "VirtualMachineInstance"),
    wanted: false,
    endpoint: "VirtualMachineInstance U1",
    want: "reclaim record endpoint owner-unwanted",
  },
]);
