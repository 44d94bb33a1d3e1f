/** What a bad caller does. */
import { REFUSED_POD } from "./door_process.ts";

/** One way to be a bad caller. */
export interface Flood {
  readonly name: string;
  readonly connections: number;
  /** Sent on each connection at once; absent: again and again, as soon as the answer has come. */
  readonly once?: string;
  readonly again?: string;
}

const args = {
  containerID: "c1",
  ifName: "eth0",
  netNamespace: "/var/run/netns/a",
  podNamespace: "ns1",
  podName: REFUSED_POD,
  podUID: "u1",
};

/** All of them, the quiet one first. */
export const floods: readonly Flood[] = [
  { name: "none", connections: 0 },
  { name: "2000 callers that say nothing", connections: 2000, once: "" },
  {
    name: "2000 callers that say half a request",
    connections: 2000,
    once: requestOf('{"containerID":"c1"').slice(0, -8),
  },
  { name: "broken JSON, 8 connections", connections: 8, again: requestOf('{"podName": ') },
  { name: "ADDs that are refused, 8 connections", connections: 8, again: requestOf(JSON.stringify(args)) },
];

/** An ADD on the wire. */
export function requestOf(body: string): string {
  const head = [
    "POST /v1/ipam/ip HTTP/1.1",
    "Host: ",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
