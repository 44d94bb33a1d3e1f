/** `manifests/` and `docs/monitoring/` together: what scrapes the agents finds them as they are installed. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseEnvironment } from "../../agent/config/environment.ts";
import { readMonitoring } from "../../agent/metrics/monitoring_fixture.ts";
import { arrayOr, at, type Json, type JsonObject, objectOr, stringOf } from "../apiserver/json.ts";
import { containersOf, manifestOf } from "./manifest_files.ts";

const agent = manifestOf("DaemonSet", "spiderpool-agent");
const daemon = containersOf(agent).find(({ name }) => name === "spiderpool-agent") ?? {};
const podLabels = objectOr(at(agent, "spec", "template", "metadata", "labels"));
const namespace = at(agent, "metadata", "namespace");
const monitor = parse(readMonitoring("spiderpool-podmonitor.yaml")) as JsonObject;
const [snippet = ""] = /(?<=```yaml\n)scrape_configs:[^]*?(?=```)/.exec(readMonitoring("README.md")) ?? [];
const scrape = objectOr(firstOf(at(parse(snippet) as JsonObject, "scrape_configs")));

function firstOf(list: Json | undefined): Json | undefined {
  return arrayOr(list)[0];
}

Deno.test("operations 4.2: metrics are off as in upstream's chart, on the port that the Pod declares", () => {
  const values = new Map(arrayOr(daemon.env).map((entry) => [at(entry, "name"), stringOf(at(entry, "value")) ?? "x"]));
  assert.equal(values.get("SPIDERPOOL_ENABLED_METRIC"), "false");
  const { enabledMetric, metricPort } = parseEnvironment((name) => values.get(name));
  assert.equal(enabledMetric, false);
  const port = arrayOr(daemon.ports).find((port) => at(port, "name") === "metrics");
  assert.deepEqual([at(port ?? {}, "containerPort"), at(port ?? {}, "protocol")], [metricPort, "TCP"]);
});

Deno.test("the PodMonitor selects the agents and their port, and names the job as the alerts do", () => {
  assert.equal(at(monitor, "metadata", "namespace"), namespace);
  const selected = Object.entries(objectOr(at(monitor, "spec", "selector", "matchLabels")));
  assert.ok(selected.length > 0);
  for (const [label, value] of selected) assert.equal(podLabels[label], value, label);
  assert.equal(podLabels[String(at(monitor, "spec", "jobLabel"))], "spiderpool-agent");
  const endpoint = firstOf(at(monitor, "spec", "podMetricsEndpoints"));
  assert.ok(arrayOr(daemon.ports).some((port) => at(port, "name") === at(endpoint, "port")));
  assert.match(readMonitoring("spiderpool-rules.yaml"), /job="spiderpool-agent"/);
});

Deno.test("the scrape configuration of the README keeps the agents' port for metrics", () => {
  assert.equal(scrape.job_name, "spiderpool-agent");
  assert.deepEqual(at(firstOf(scrape.kubernetes_sd_configs), "namespaces", "names"), [namespace]);
  const kept = new Map(
    arrayOr(scrape.relabel_configs).filter((rule) => at(rule, "action") === "keep")
      .map((rule) => [firstOf(at(rule, "source_labels")), at(rule, "regex")]),
  );
  assert.deepEqual(Object.fromEntries(kept), {
    __meta_kubernetes_pod_label_app_kubernetes_io_component: podLabels["app.kubernetes.io/component"],
    __meta_kubernetes_pod_container_port_name: "metrics",
  });
});
