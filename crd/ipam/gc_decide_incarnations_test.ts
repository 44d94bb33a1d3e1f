/** Records and endpoints of another UID than the Pod's, and records that its endpoint does not list. */
import { fixed, ips, living, mirror, testGc } from "./gc_decide_fixture.ts";
import { podOf } from "./plan_fixture.ts";

testGc([
  { name: "C: another UID", recordUid: "U9", want: "reclaim record other-incarnation" },
  {
    name: "C: another UID, Pod pending",
    pod: living({ phase: "Pending" }),
    recordUid: "U9",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: another UID, fixed with podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    recordUid: "U9",
    endpoint: "StatefulSet U1",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: another UID, fixed and wanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    endpoint: "StatefulSet U1",
    want: "keep pending",
  },
  {
    name: "C: another UID, fixed and unwanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    wanted: false,
    endpoint: "StatefulSet U1",
    want: "reclaim record other-incarnation",
  },
  {
    name: "C: a static Pod's own UID",
    pod: { ...podOf({ "kubernetes.io/config.mirror": "H", "kubernetes.io/config.hash": "H" }), status: ips },
    recordUid: "H",
    endpoint: "Node H",
    want: "keep has-addresses",
  },
  {
    name: "C: the UID of an earlier mirror of a static Pod",
    pod: mirror("H1"),
    recordUid: "M0",
    endpoint: "Node M0 H1",
    want: "keep has-addresses",
  },
  {
    name: "C: the UID of the mirror of an earlier static Pod",
    pod: mirror("H2"),
    recordUid: "M0",
    endpoint: "Node M0 H1",
    want: "reclaim record endpoint other-incarnation",
  },
  {
    name: "D: another UID does not force the record",
    endpoint: "Deployment U9",
    want: "reclaim endpoint other-incarnation",
  },
  {
    name: "D: record and endpoint of another UID",
    recordUid: "U9",
    endpoint: "Deployment U9",
    want: "reclaim record endpoint other-incarnation",
  },
  {
    name: "D: another UID, fixed and wanted",
    pod: fixed({ phase: "Pending" }),
    recordUid: "U9",
    endpoint: "StatefulSet U9",
    want: "keep pending",
  },
  {
    name: "D: another UID, fixed with podIPs",
    pod: fixed({ phase: "Running", ...ips }),
    endpoint: "StatefulSet U9",
    want: "reclaim endpoint other-incarnation",
  },
  { name: "D: no endpoint", pod: living({ phase: "Unknown" }), endpoint: "none", want: "reclaim record no-addresses" },
  {
    name: "unlisted, grace over",
    facts: { address: "10.1.0.11", unlistedForMs: 1200, unlistedGraceMs: 1200 },
    want: "reclaim record unlisted",
  },
  {
    name: "unlisted, in grace",
    facts: { address: "10.1.0.11", unlistedForMs: 1199, unlistedGraceMs: 1200 },
    want: "keep has-addresses",
  },
  { name: "unlisted, no grace set", facts: { address: "10.1.0.11", unlistedForMs: 1e9 }, want: "keep has-addresses" },
  {
    name: "unlisted, no endpoint",
    endpoint: "none",
    facts: { unlistedForMs: 1e9, unlistedGraceMs: 1 },
    want: "keep has-addresses",
  },
  { name: "listed", facts: { unlistedForMs: 1e9, unlistedGraceMs: 1 }, want: "keep has-addresses" },
]);
