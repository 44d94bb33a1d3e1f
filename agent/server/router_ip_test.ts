import { problem, said, testRows } from "./router_fixture.ts";

const granted = '{"ips":[{"address":"10.0.0.1/24","nic":"eth0","version":4}],"routes":null}\n';
const none = undefined;

testRows([
  ["ADD", "POST /v1/ipam/ip", {}, 200, granted],
  [
    "ADD that fails",
    "POST /v1/ipam/ip",
    { podName: "full" },
    500,
    said('Cannot allocate from IPPool "<a&b>": no address'),
  ],
  [
    "ADD without a body (agent row 7.1)",
    "POST /v1/ipam/ip",
    none,
    422,
    problem(602, "ipamAddArgs in body is required"),
  ],
  ["DEL", "DELETE /v1/ipam/ip", {}, 200],
  ["DEL that fails", "DELETE /v1/ipam/ip", { podName: "stuck" }, 500, said("later")],
  [
    "DEL without a body (agent row 7.1)",
    "DELETE /v1/ipam/ip",
    none,
    422,
    problem(602, "ipamDelArgs in body is required"),
  ],
  ["batch DEL (agent row 8.5.1)", "DELETE /v1/ipam/ips", {}, 200],
  ["batch DEL with conflicts", "DELETE /v1/ipam/ips", {
    conflictIPs: [{ ip: "10.0.0.1", mac: "02:00:00:00:00:01", nic: "eth0" }],
  }, 200],
  [
    "batch DEL of a fixed owner (agent row 8.5.4)",
    "DELETE /v1/ipam/ips",
    { podName: "web-0" },
    522,
    said("Cannot release addresses: forbid releasing IPs for stateful workload : it is fixed"),
  ],
  [
    "batch DEL that is switched off (agent row 8.5.3)",
    "DELETE /v1/ipam/ips",
    { podName: "switched-off" },
    521,
    said("Cannot release addresses: forbid releasing IPs for stateless workload: it is off"),
  ],
  ["batch DEL that fails (agent row 8.5.2)", "DELETE /v1/ipam/ips", { podName: "stuck" }, 500, said("later")],
  [
    "batch DEL without a body (agent row 7.1)",
    "DELETE /v1/ipam/ips",
    none,
    422,
    problem(602, "ipamBatchDelArgs in body is required"),
  ],
  [
    "batch DEL with a conflict that has no address",
    "DELETE /v1/ipam/ips",
    { conflictIPs: [{ nic: "eth0" }] },
    422,
    problem(602, "conflictIPs.0.ip in body is required"),
  ],
]);
