import { problem, said, testRows } from "./router_fixture.ts";

const none = undefined;

testRows([
  [
    "an endpoint (agent rows 8.6.1, 8.6.2)",
    "GET /v1/workloadendpoint?podNamespace=ns&podName=p",
    none,
    200,
    '{"interfaces":[],"node":"n","podName":"p","podNamespace":"ns","podUID":"u"}\n',
  ],
  [
    "no endpoint",
    "GET /v1/workloadendpoint?podNamespace=ns&podName=q",
    none,
    404,
    said('Cannot find SpiderEndpoint "ns/q": the Pod holds no address'),
  ],
  [
    "an endpoint of nobody (agent row 7.3)",
    "GET /v1/workloadendpoint",
    none,
    422,
    problem(602, "podName in query is required"),
  ],
  [
    "an explanation",
    "GET /v1/ipam/explain?podNamespace=ns&podName=p&ifName=eth0&defaultIPv4IPPool=a&defaultIPv4IPPool=b%2A&cleanGateway=true",
    none,
    200,
    '{"attachments":[],"node":"n","outcome":"not-scheduled","podName":"p","podNamespace":"ns","podUID":"u","text":"{\\"ifName\\":\\"eth0\\",\\"defaultIPv4IPPool\\":[\\"a\\",\\"b*\\"],\\"cleanGateway\\":true}"}\n',
  ],
  [
    "an explanation of no Pod",
    "GET /v1/ipam/explain?podNamespace=ns&podName=q",
    none,
    404,
    said('Cannot explain Pod "ns/q": there is no such Pod in the API'),
  ],
  [
    "an explanation of nobody",
    "GET /v1/ipam/explain?podNamespace=ns",
    none,
    422,
    problem(602, "podName in query is required"),
  ],
  [
    "an explanation of a name that cannot be",
    "GET /v1/ipam/explain?podNamespace=..%2Fkube-system&podName=p",
    none,
    422,
    problem(605, "podNamespace in query should match '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$'"),
  ],
  [
    "an explanation with a flag that is none",
    "GET /v1/ipam/explain?podNamespace=ns&podName=p&cleanGateway=perhaps",
    none,
    422,
    problem(601, 'cleanGateway in query must be of type boolean: "perhaps"'),
  ],
]);
