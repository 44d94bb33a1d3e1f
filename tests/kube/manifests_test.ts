/** `manifests/` as files: what they say fits the code, and together they are an installation. */
import assert from "node:assert/strict";
import { confPathOf, createCli as createAgentCli } from "../../agent/cli.ts";
import {
  API_SERVER_ANSWER_MS,
  API_SERVER_MS,
  DRAIN_MS,
  PREDECESSOR_MS,
  STOP_MS,
} from "../../agent/lifecycle/budgets.ts";
import { parseConf } from "../../agent/config/conf.ts";
import { parseEnvironment } from "../../agent/config/environment.ts";
import { operations } from "../../agent/api/mod.ts";
import { ourCrds } from "../../controller/clean/delete_crds.ts";
import { NOWHERE } from "../../controller/clean/stop_agents.ts";
import { type CleanArgs, createCli as createInitCli } from "../../controller/init/cli.ts";
import { packageVersion } from "../../net/base/version.ts";
import { shippedPlugins } from "../../plugins/install/names.ts";
import { arrayOr, at, type JsonObject, objectOr, parseJson, stringOf } from "../apiserver/json.ts";
import { newEmbeddedApi } from "./api_under_test.ts";
import { jsonCall } from "./call.ts";
import { containersOf, manifestFiles, manifestOf, readManifests, textsOf } from "./manifest_files.ts";

const agent = manifestOf("DaemonSet", "spiderpool-agent");
const clean = manifestOf("Job", "spiderpool-clean", readManifests("uninstall/"));
const [install = {}, tune = {}, daemon = {}] = containersOf(agent);
const [cleaner = {}] = containersOf(clean);
const podSpec = objectOr(at(agent, "spec", "template", "spec"));
const { conf, unknownKeys } = parseConf(
  stringOf(at(manifestOf("ConfigMap", "spiderpool-conf"), "data", "conf.yml")) ?? "",
);

/** Environment of a container; what comes from elsewhere has the name of its source. */
function environmentOf(container: JsonObject): Record<string, string> {
  return Object.fromEntries(
    arrayOr(container.env).map((entry) => {
      const source = at(entry, "valueFrom", "fieldRef", "fieldPath") ??
        at(entry, "valueFrom", "configMapKeyRef", "key");
      return [stringOf(at(entry, "name")), stringOf(at(entry, "value")) ?? stringOf(source)];
    }),
  );
}

/** Path on the host behind `path` in a container. */
function hostPathOf(container: JsonObject, path: string): string | undefined {
  const mount = arrayOr(container.volumeMounts).find((mount) => at(mount, "mountPath") === path);
  const volume = arrayOr(podSpec.volumes).find((volume) => at(volume, "name") === at(mount ?? {}, "name"));
  return stringOf(at(volume ?? {}, "hostPath", "path"));
}

Deno.test("kubectl apply -f manifests/ sends what others need first", () => {
  const kinds = readManifests().map(({ kind }) => kind);
  const order = ["CustomResourceDefinition", "Namespace", "ServiceAccount", "ConfigMap", "DaemonSet"];
  const places = order.map((kind) => kinds.indexOf(kind));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert.ok(!places.includes(-1));
  assert.equal(kinds.lastIndexOf("CustomResourceDefinition") + 1, kinds.indexOf("Namespace"));
  assert.equal(kinds.at(-1), "DaemonSet", "nothing starts before its account and configuration are there");
  assert.ok(!kinds.includes("Job"), "an installation does not uninstall");
});

Deno.test("every object is of this project and, where it can, in its namespace", () => {
  const clusterScoped = ["CustomResourceDefinition", "Namespace", "ClusterRole", "ClusterRoleBinding"];
  for (const object of [...readManifests(), clean]) {
    const { kind, metadata } = object;
    const namespace = clusterScoped.includes(String(kind)) ? undefined : "spiderpool";
    assert.equal(at(metadata ?? {}, "namespace"), namespace, `${kind}`);
    if (kind === "CustomResourceDefinition") continue; // their files are shared with upstream
    assert.equal(at(object, "metadata", "labels", "app.kubernetes.io/name"), "spiderpool", `${kind}`);
  }
});

Deno.test("the definitions are those an uninstall deletes", () => {
  const crds = readManifests().filter(({ kind }) => kind === "CustomResourceDefinition");
  assert.deepEqual(crds.map((crd) => at(crd, "metadata", "name")).toSorted(), ourCrds.toSorted());
});

Deno.test("conf.yml has only keys that somebody reads, and gives both families addresses", () => {
  assert.deepEqual(unknownKeys, []);
  const { enableIPv4, enableIPv6, enableStatefulSet, enableSpiderSubnet } = conf;
  assert.deepEqual([enableIPv4, enableIPv6, enableStatefulSet, enableSpiderSubnet], [true, true, true, true]);
});

Deno.test("the agent's command line leads to the mounted conf.yml", async () => {
  let path: string | undefined;
  const unexpected = () => Promise.reject(new Error("not the daemon"));
  const actions = {
    daemon: (options: Parameters<typeof confPathOf>[0]) => Promise.resolve(void (path = confPathOf(options))),
    shutdown: unexpected,
    metric: unexpected,
    tuneNode: unexpected,
    print: unexpected,
    writePages: unexpected,
  };
  await createAgentCli(actions).parseAsync(textsOf(daemon.args), { from: "user" });
  const mount = arrayOr(daemon.volumeMounts).find((mount) => at(mount, "name") === "config-path");
  assert.equal(path, `${at(mount ?? {}, "mountPath")}/conf.yml`);
});

Deno.test("agent 9: a container sets the node's sysctls by the mounted conf.yml, and it alone is privileged", async () => {
  let path: string | undefined;
  const unexpected = () => Promise.reject(new Error("not tune-node"));
  const actions = {
    tuneNode: (options: Parameters<typeof confPathOf>[0]) => Promise.resolve(void (path = confPathOf(options))),
    daemon: unexpected,
    shutdown: unexpected,
    metric: unexpected,
    print: unexpected,
    writePages: unexpected,
  };
  await createAgentCli(actions).parseAsync(textsOf(tune.args), { from: "user" });
  const mount = arrayOr(tune.volumeMounts).find((mount) => at(mount, "name") === "config-path");
  assert.equal(path, `${at(mount ?? {}, "mountPath")}/conf.yml`);
  const folder = conf.ipamUnixSocketPath.replace(/\/[^/]+$/, "");
  assert.equal(hostPathOf(tune, folder), folder, "what it did is told beside the socket");
  assert.deepEqual(environmentOf(tune), { SPIDERPOOL_POD_NAME: "metadata.name" });
  assert.deepEqual(tune.securityContext, { privileged: true, readOnlyRootFilesystem: true });
  assert.equal(conf.tuneSysctlConfig, true);
});

Deno.test("agent 5: a start fits the startup probe, and an end the grace period of the Pod", () => {
  const startMs = PREDECESSOR_MS + API_SERVER_MS + API_SERVER_ANSWER_MS;
  const { periodSeconds, failureThreshold } = objectOr(daemon.startupProbe);
  assert.ok(startMs + 30_000 <= Number(periodSeconds) * Number(failureThreshold) * 1000, "and half a minute to read");
  const graceMs = Number(podSpec.terminationGracePeriodSeconds) * 1000;
  assert.ok(STOP_MS < graceMs && STOP_MS < PREDECESSOR_MS);
  assert.ok(DRAIN_MS > conf.agent.ipamDeadline && DRAIN_MS < STOP_MS);
});

Deno.test("the agent's environment is complete", () => {
  const environment = environmentOf(daemon);
  const parsed = parseEnvironment((name) => environment[name]);
  assert.deepEqual(
    [parsed.nodeName, parsed.podName, parsed.podNamespace, parsed.multusClusterNetwork],
    ["spec.nodeName", "metadata.name", "metadata.namespace", "clusterNetwork"],
  );
});

Deno.test("operations row 2.1: probes ask the port and the paths that the agent serves", () => {
  const paths = {
    startupProbe: operations.getRuntimeStartup.path,
    livenessProbe: operations.getRuntimeLiveness.path,
    readinessProbe: operations.getRuntimeReadiness.path,
  };
  const port = Number(environmentOf(daemon).SPIDERPOOL_HEALTH_PORT);
  assert.equal(port, 5710);
  for (const [probe, path] of Object.entries(paths)) {
    assert.deepEqual(at(daemon, probe, "httpGet"), { host: "127.0.0.1", port, path }, probe);
  }
});

const pace = { periodSeconds: 10, timeoutSeconds: 1 };
const probes: readonly (readonly [row: string, probe: string, settings: Readonly<Record<string, number>>])[] = [
  ["6.5", "startupProbe", { periodSeconds: 2, failureThreshold: 60 }],
  ["6.6", "readinessProbe", { ...pace, failureThreshold: 3 }],
  ["6.7", "livenessProbe", { ...pace, initialDelaySeconds: 10, failureThreshold: 6 }],
];
for (const [row, probe, settings] of probes) {
  Deno.test(`agent row ${row}: the ${probe} is as patient as upstream's`, () => {
    const { httpGet: _, ...got } = objectOr(daemon[probe]);
    assert.deepEqual(got, settings);
  });
}

Deno.test("operations row 14.2: all plugins are in /opt/cni/bin before the agent starts", () => {
  assert.deepEqual(shippedPlugins, ["spiderpool", "coordinator", "ifacer"]);
  assert.deepEqual(textsOf(install.args), ["--to=/host/opt/cni/bin"], "no plugin by its name: all of them");
  assert.equal(hostPathOf(install, "/host/opt/cni/bin"), "/opt/cni/bin");
  const names = (kind: string) => arrayOr(podSpec[kind]).map((container) => at(container, "name"));
  assert.ok(names("initContainers").includes(install.name ?? ""));
  assert.ok(names("containers").includes(daemon.name ?? ""));
});

Deno.test("operations row 2.4: socket and plugins are folders of the host", () => {
  const folder = conf.ipamUnixSocketPath.replace(/\/[^/]+$/, "");
  assert.equal(hostPathOf(daemon, folder), folder);
  const target = textsOf(install.args).find((arg) => arg.startsWith("--to="))?.slice("--to=".length);
  assert.equal(hostPathOf(install, target ?? ""), "/opt/cni/bin");
});

Deno.test("containers have no privilege, but for a plugin folder that is not root's", () => {
  const added = new Map<JsonObject, JsonObject>([[install, { add: ["DAC_OVERRIDE"] }]]);
  for (const container of [install, daemon, cleaner]) {
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], ...added.get(container) },
    });
    assert.ok(at(container, "resources", "requests", "memory") !== undefined);
    assert.ok(at(container, "resources", "limits", "memory") !== undefined);
  }
  assert.equal(at(clean, "spec", "template", "spec", "securityContext", "runAsNonRoot"), true);
});

Deno.test("agent and uninstall run on every Linux node, before any Pod has a network", () => {
  for (const workload of [agent, clean]) {
    const spec = objectOr(at(workload, "spec", "template", "spec"));
    assert.deepEqual(spec.tolerations, [{ operator: "Exists" }]);
    assert.equal(spec.hostNetwork, true);
    assert.deepEqual(spec.nodeSelector, { "kubernetes.io/os": "linux" });
  }
});

Deno.test("an uninstall stops the agents by a key of the manifest, so that applying it brings them back", () => {
  for (const [key, value] of Object.entries(NOWHERE)) {
    const own = at(podSpec, "nodeSelector", key);
    assert.ok(own !== undefined && own !== value, key);
  }
});

Deno.test("the uninstall Job's command line is valid, and names what is there", async () => {
  let given: CleanArgs | undefined;
  const cli = createInitCli({ clean: (args) => Promise.resolve(void (given = args)) });
  await cli.parseAsync(textsOf(cleaner.args), { from: "user" });
  assert.deepEqual([given?.yes, given?.keepCrds], [true, true]);
  assert.equal(given?.agentDaemonset, at(agent, "metadata", "name"));
  assert.deepEqual(environmentOf(cleaner), {
    SPIDERPOOL_POD_NAMESPACE: "metadata.namespace",
    SPIDERPOOL_INIT_NAME: "spiderpool-init",
  });
  manifestOf("ServiceAccount", String(at(clean, "spec", "template", "spec", "serviceAccountName")));
});

Deno.test("containers start programs by their names, wherever the image has them", () => {
  const commands = [install, tune, daemon, cleaner].map(({ command }) => String(textsOf(command)));
  assert.deepEqual(commands, ["spiderpool-install", "spiderpool-agent", "spiderpool-agent", "spiderpool-init"]);
});

Deno.test("all containers run the image of this version", () => {
  const image = `docker.io/spiderpool/spiderpool:v${packageVersion}`;
  for (const container of [install, tune, daemon, cleaner]) {
    assert.deepEqual([container.image, container.imagePullPolicy], [image, "IfNotPresent"]);
  }
});

Deno.test("kubectl takes each folder by itself: uninstall and examples are not part of an installation", () => {
  assert.ok(manifestFiles().every((file) => /\/manifests\/\d\d-[a-z-]+\.yaml$/.test(file)));
});

Deno.test("the examples are objects the API takes, and their networks ask the spiderpool plugin", async () => {
  const { transport } = newEmbeddedApi();
  for (const object of readManifests("examples/")) {
    if (object.kind === "NetworkAttachmentDefinition") {
      const config = parseJson(stringOf(at(object, "spec", "config")) ?? "");
      assert.equal(at(config, "ipam", "type"), "spiderpool");
    } else if (String(object.apiVersion).startsWith("spiderpool.spidernet.io/")) {
      const path = `/apis/${object.apiVersion}/${String(object.kind).toLowerCase()}s`;
      await jsonCall(transport, { method: "POST", path, query: { fieldValidation: "Strict" }, body: object });
    }
  }
});
