import assert from "node:assert/strict";
import { createAuthority, issue } from "../../../scripts/cluster/pki.ts";
import { type Bed, IMAGE } from "../bed.ts";
import { PATIENT, patiently } from "../patience.ts";
import type { Step } from "../step.ts";
import { type Manifest, NAMESPACE, networkOf, poolOf } from "../workload.ts";

/** Name of all objects, and the label of what the webhook judges. */
const NAME = "judge";
const PORT = 8443;

/** What the webhook says to everything. */
const VERDICT = "not while the webhook is asked";

/** Module of the Pod: a server that refuses all. Source: Kubernetes API, admission.k8s.io/v1. */
const SERVER = `
const [cert, key] = ["tls.crt", "tls.key"].map((name) => Deno.readTextFileSync("/webhook/" + name));
Deno.serve({ port: ${PORT}, cert, key }, async (request) => {
  if (request.method === "GET") return new Response("ready");
  const { apiVersion, kind, request: { uid } } = await request.json();
  return Response.json({ apiVersion, kind, response: { uid, allowed: false, status: { message: "${VERDICT}" } } });
});
`;

interface Place {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const places: readonly Place[] = [
  { name: "the default network", annotations: {} },
  { name: "the underlay", annotations: { "v1.multus-cni.io/default-network": `${NAMESPACE}/${NAME}` } },
];

const network = [poolOf(`${NAME}-v4`, "172.22.9.1-172.22.9.9"), networkOf(NAME, { v4: `${NAME}-v4` })];

/** docs/playground.md: without a proxy, and wherever the Pod is. */
export const webhooks: readonly Step[] = places.map(({ name, annotations }) => ({
  name: `the API server calls a webhook of a Service whose Pod is on ${name}`,
  async run(bed) {
    const { objects, configuration } = await webhookOf(annotations);
    await bed.apply(...network, ...objects);
    await bed.kubectl(["-n", NAMESPACE, "wait", "pod", NAME, "--for=condition=Ready", PATIENT]);
    await bed.apply(configuration);
    try {
      await assertRefused(bed);
    } finally {
      await bed.delete(configuration);
    }
    await bed.delete(...objects, ...network);
  },
}));

/** The API server hears of configuration and endpoints a moment after they were written: a dry run shows when it has. */
async function assertRefused({ cluster }: Bed): Promise<void> {
  const create = (...options: string[]) =>
    cluster.kubectl(["create", ...options, "-f", "-"], { stdin: JSON.stringify(judged) });
  const look = async () => {
    const { stdout, stderr } = await create("--dry-run=server");
    return stderr.includes(VERDICT) ? undefined : stderr || stdout;
  };
  await patiently("see the webhook refuse an object", look, { everyMs: 200 });
  const { code, stderr } = await create();
  assert.notEqual(code, 0);
  assert.match(stderr, new RegExp(VERDICT));
}

const judged: Manifest = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "judged", namespace: NAMESPACE, labels: { [NAME]: "yes" } },
};

/** Pod, Service and files of a webhook; and its configuration, which is for when it serves. */
async function webhookOf(
  annotations: Place["annotations"],
): Promise<{ readonly objects: readonly Manifest[]; readonly configuration: Manifest }> {
  const authority = await createAuthority();
  const { certificate, key } = await issue(authority, { commonName: NAME, dnsNames: [`${NAME}.${NAMESPACE}.svc`] });
  const metadata = { name: NAME, namespace: NAMESPACE };
  const data = { "main.js": SERVER, "tls.crt": certificate, "tls.key": key };
  return {
    objects: [
      { apiVersion: "v1", kind: "ConfigMap", metadata, data },
      { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: NAME }, ports: [servicePort] } },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...metadata, labels: { app: NAME }, annotations },
        spec: podSpec,
      },
    ],
    configuration: configurationOf(btoa(authority.certificate.toString("pem"))),
  };
}

const servicePort = { port: 443, targetPort: PORT };

const podSpec = {
  terminationGracePeriodSeconds: 1,
  containers: [{
    name: "main",
    image: IMAGE,
    imagePullPolicy: "Never",
    command: ["sh", "-c", "exec /opt/spiderpool/spiderpool-lib/deno-* run --no-config --allow-all /webhook/main.js"],
    readinessProbe: { httpGet: { port: PORT, scheme: "HTTPS" }, periodSeconds: 1 },
    volumeMounts: [{ name: "webhook", mountPath: "/webhook" }],
  }],
  volumes: [{ name: "webhook", configMap: { name: NAME } }],
};

function configurationOf(caBundle: string): Manifest {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: NAME },
    webhooks: [{
      name: "judge.example.org",
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] }],
      objectSelector: { matchLabels: { [NAME]: "yes" } },
      clientConfig: { service: { name: NAME, namespace: NAMESPACE, port: 443 }, caBundle },
      failurePolicy: "Fail",
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    }],
  };
}
