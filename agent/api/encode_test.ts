import assert from "node:assert/strict";
import { decodeMessage } from "./decode.ts";
import { encodeBody } from "./encode.ts";
import { workloadEndpointStatusModel } from "./endpoint_models.ts";
import { ipamAddArgsModel, ipamAddResponseModel } from "./ipam_models.ts";
import type { IpamAddResponse, WorkloadEndpointStatus } from "./types.ts";

Deno.test("encodeBody() writes an ADD's answer byte for byte as upstream", () => {
  const response: IpamAddResponse = {
    ips: [
      { version: 4, address: "10.1.0.10/24", nic: "eth0", gateway: "10.1.0.1", ipPool: "v4a", vlan: 0, mac: "" },
      {
        version: 6,
        address: "fd00:1::10/64",
        nic: "eth0",
        vlan: 7,
        enableGatewayDetection: true,
        enableIPConflictDetection: false,
      },
    ],
    routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1", ifName: "eth0" }],
  };
  assert.equal(
    encodeBody(ipamAddResponseModel, response),
    '{"ips":[{"address":"10.1.0.10/24","gateway":"10.1.0.1","ipPool":"v4a","nic":"eth0","version":4},' +
      '{"address":"fd00:1::10/64","enableGatewayDetection":true,"nic":"eth0","version":6,"vlan":7}],' +
      '"routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1","ifName":"eth0"}]}\n',
  );
});

Deno.test("encodeBody() writes null for lists that are not there and leaves < > & as they are", () => {
  assert.equal(encodeBody(ipamAddResponseModel, { ips: null, routes: null }), '{"ips":null,"routes":null}\n');
  const args = {
    containerID: "<&>",
    ifName: "",
    netNamespace: "",
    podName: "",
    podNamespace: "",
    podUID: "",
    cleanGateway: false,
  };
  assert.equal(
    encodeBody(ipamAddArgsModel, args),
    '{"containerID":"<&>","defaultIPv4IPPool":null,"defaultIPv6IPPool":null,"ifName":"","netNamespace":"",' +
      '"podName":"","podNamespace":"","podUID":""}\n',
  );
});

Deno.test("encodeBody() and decodeMessage() are inverse for an endpoint", () => {
  const status: WorkloadEndpointStatus = {
    podNamespace: "ns",
    podName: "p",
    podUID: "u",
    node: "n",
    interfaces: [{
      interface: "eth0",
      ipv4: "10.0.0.1/24",
      vlan: 5,
      routes: [{ dst: "::/0", gw: "fd00::1", ifName: "eth0" }],
    }],
  };
  assert.deepEqual(
    decodeMessage(workloadEndpointStatusModel, JSON.parse(encodeBody(workloadEndpointStatusModel, status))),
    status,
  );
});
