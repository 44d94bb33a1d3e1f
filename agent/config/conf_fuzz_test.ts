import assert from "node:assert/strict";
import { stringify } from "yaml";
import { fuzz, mutatedJson, mutatedText, oneOf, returnsOrThrows, textOf } from "../../tests/shared/fuzz.ts";
import { ConfError, defaultConf, parseConf } from "./conf.ts";
import { parseDuration } from "./duration.ts";
import { EnvironmentError, parseEnvironment } from "./environment.ts";

const sample = {
  ipamUnixSocketPath: "/var/run/spidernet/spiderpool.sock",
  enableIPv4: true,
  enableIPv6: "yes",
  clusterSubnetDefaultFlexibleIPNumber: 1,
  podResourceInject: { enabled: false, namespacesExclude: ["kube-system"] },
  iaasNetworkProvider: { serverUrl: "http://x", httpRequestTimeout: "50s" },
  agent: {
    ipamDeadline: "30s",
    conflictQuarantine: "10m",
    networkResourcePlugin: {
      resourceAdvertisement: { subENI: { rules: [{ nodeSelector: { matchLabels: { a: "b" } }, defaultMaxCount: 3 }] } },
    },
  },
};

Deno.test("fuzz: conf.yml is read with every default filled in, or refused with a ConfError that says why", async () => {
  const keys = Object.keys(defaultConf());
  await fuzz((random) => {
    const text = stringify(mutatedJson(random, sample));
    return random() < 0.3 ? mutatedText(random, [text, "a: &x [1]\nb: *x", "? {a: 1}\n: 2", "- !!binary AA=="]) : text;
  }, (text) => {
    const read = returnsOrThrows(() => parseConf(text), [ConfError]);
    if (read === undefined) return;
    assert.ok(keys.every((key) => Object.hasOwn(read.conf, key)));
    assert.ok(read.unknownKeys.every(({ key }) => typeof key === "string"));
    const { ipamDeadline, conflictQuarantine } = read.conf.agent;
    assert.ok(ipamDeadline > 0 && conflictQuarantine > 0 && conflictQuarantine < 86_400_000);
  }, { runs: 600 });
});

const hostile = [
  { name: "a list in a list in a list", text: `a: ${"[".repeat(100_000)}` },
  { name: "blocks in blocks", text: "- ".repeat(20_000) },
  {
    name: "aliases of aliases",
    text: Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)}1]`).join("\n"),
  },
  { name: "a mapping that contains itself", text: "agent: &a {networkResourcePlugin: *a}" },
  { name: "a million characters", text: `x: "${"y".repeat(1_100_000)}"` },
];
for (const { name, text } of hostile) {
  Deno.test(`parseConf() ends on ${name}`, () => void returnsOrThrows(() => parseConf(text), [ConfError]));
}

Deno.test("fuzz: a duration is a finite number of milliseconds, or refused with a SyntaxError", async () => {
  await fuzz((random) => mutatedText(random, ["1h2m3.5s", "-5ms", "300us"]), (text) => {
    const ms = returnsOrThrows(() => parseDuration(text), [SyntaxError]);
    assert.ok(ms === undefined || Number.isFinite(ms), `${ms}`);
  });
});

Deno.test("fuzz: the environment is read, or refused with all that is wrong", async () => {
  const names = ["SPIDERPOOL_NODE_NAME", "SPIDERPOOL_HEALTH_PORT", "SPIDERPOOL_LOG_LEVEL", "SPIDERPOOL_ENABLED_METRIC"];
  const usual = { SPIDERPOOL_POD_NAMESPACE: "sp", SPIDERPOOL_POD_NAME: "a", SPIDERPOOL_NODE_NAME: "n1" };
  await fuzz((random) => {
    const value = random() < 0.5 ? textOf(random) : mutatedText(random, ["5710", "info", "true", "n1"]);
    return { ...usual, [oneOf(random, names)]: value };
  }, (variables: Record<string, string>) => {
    const read = returnsOrThrows(() => parseEnvironment((name) => variables[name]), [EnvironmentError]);
    assert.ok(read === undefined || (read.healthPort > 0 && read.healthPort < 65_536 && read.nodeName !== ""));
  });
});
