import assert from "node:assert/strict";
import { contextOf, type Kubeconfig, mergeKubeconfigs, parseKubeconfig, withAbsolutePaths } from "./kubeconfig.ts";

/** A kubeconfig of one cluster and user; fields go on from the given ones. */
function config(parts: { cluster?: Record<string, unknown>; user?: Record<string, unknown> | null } = {}): Kubeconfig {
  const { cluster = {}, user = {} } = parts;
  return parseKubeconfig(JSON.stringify({
    "current-context": "t",
    "contexts": [{ name: "t", context: { cluster: "c", user: "u", namespace: "ignored" } }],
    "clusters": [{ name: "c", cluster: { server: "https://s", ...cluster } }],
    "users": [{ name: "u", user }],
  }));
}

const pem = btoa("PEM");
const contexts: { name: string; config: Kubeconfig; want: unknown }[] = [
  { name: "no credentials", config: config(), want: { server: "https://s" } },
  { name: "a user of null", config: config({ user: null }), want: { server: "https://s" } },
  {
    name: "inline data",
    config: config({
      cluster: { "certificate-authority-data": pem, "proxy-url": "http://p" },
      user: { "client-certificate-data": pem, "client-key-data": pem, "token": "t" },
    }),
    want: {
      server: "https://s",
      proxyUrl: "http://p",
      certificateAuthority: { text: "PEM" },
      clientCertificate: { text: "PEM" },
      clientKey: { text: "PEM" },
      token: { text: "t" },
    },
  },
  {
    name: "files",
    config: config({
      cluster: { "certificate-authority": "/ca" },
      user: { "client-certificate": "/cert", "client-key": "/key", "tokenFile": "/token" },
    }),
    want: {
      server: "https://s",
      certificateAuthority: { path: "/ca" },
      clientCertificate: { path: "/cert" },
      clientKey: { path: "/key" },
      token: { path: "/token" },
    },
  },
  {
    name: "data before files",
    config: config({
      cluster: { "certificate-authority": "/ca", "certificate-authority-data": pem },
      user: { token: "t", tokenFile: "/token" },
    }),
    want: { server: "https://s", certificateAuthority: { text: "PEM" }, token: { text: "t" } },
  },
  {
    name: "insecure-skip-tls-verify of a server without TLS",
    config: config({ cluster: { "server": "http://s", "insecure-skip-tls-verify": true } }),
    want: { server: "http://s" },
  },
];
for (const { name, config, want } of contexts) {
  Deno.test(`contextOf() gives ${name}`, () => assert.deepEqual(contextOf(config), want));
}

const refused: { name: string; parts: Parameters<typeof config>[0]; want: RegExp }[] = [
  {
    name: "skipped verification",
    parts: { cluster: { "insecure-skip-tls-verify": true } },
    want: /cluster "c".*insecure-skip/,
  },
  { name: "another TLS name", parts: { cluster: { "tls-server-name": "x" } }, want: /cluster "c".*tls-server-name/ },
  { name: "exec", parts: { user: { exec: { command: "aws-token" } } }, want: /user "u".*exec plugin "aws-token"/ },
  { name: "auth-provider", parts: { user: { "auth-provider": { name: "gcp" } } }, want: /user "u".*"gcp"/ },
  { name: "a password", parts: { user: { username: "x", password: "hidden" } }, want: /username and password/ },
  { name: "impersonation", parts: { user: { as: "root" } }, want: /impersonation/ },
  {
    name: "data that is not base64",
    parts: { user: { "client-key-data": "hidden!" } },
    want: /clientKey is not base64/,
  },
];
for (const { name, parts, want } of refused) {
  Deno.test(`contextOf() refuses ${name}`, () => {
    assert.throws(
      () => contextOf(config(parts)),
      (err) => err instanceof Error && want.test(err.message) && !err.message.includes("hidden"),
    );
  });
}

const missing: { name: string; yaml: string; want: RegExp }[] = [
  { name: "an empty file", yaml: "", want: /no current-context/ },
  {
    name: "lists of null",
    yaml: "current-context: t\nclusters: null\ncontexts: null\nusers: null",
    want: /no context "t"/,
  },
  { name: "no such context", yaml: "current-context: t", want: /no context "t"/ },
  {
    name: "no such cluster",
    yaml: "current-context: t\ncontexts: [{name: t, context: {cluster: c}}]",
    want: /no cluster "c"/,
  },
  {
    name: "no such user",
    yaml:
      "current-context: t\ncontexts: [{name: t, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: s}}]",
    want: /no user "u"/,
  },
];
for (const { name, yaml, want } of missing) {
  Deno.test(`contextOf() says what is missing: ${name}`, () => {
    assert.throws(() => contextOf(parseKubeconfig(yaml)), want);
  });
}

Deno.test("contextOf() takes the named context", () => {
  const two = mergeKubeconfigs([config(), parseKubeconfig("contexts: [{name: other, context: {cluster: c}}]")]);
  assert.deepEqual(contextOf(two, "other"), { server: "https://s" });
  assert.throws(() => contextOf(two, "third"), /no context "third"/);
});

const malformed = [
  "a: [hidden",
  "- hidden",
  "hidden",
  "users: hidden",
  "users: [{name: u, user: {token: [hidden]}}]",
  "clusters: [{name: c, cluster: {server: {hidden: 1}}}]",
];
for (const yaml of malformed) {
  Deno.test(`parseKubeconfig() refuses ${yaml}, without quoting it`, () => {
    assert.throws(
      () => parseKubeconfig(yaml),
      (err) => err instanceof SyntaxError && !Deno.inspect(err).includes("hidden]") && !err.message.includes("hidden"),
    );
  });
}

Deno.test("parseKubeconfig() names the field", () => {
  assert.throws(() => parseKubeconfig("clusters: [{name: c, cluster: {}}]"), /field clusters\.0\.cluster\.server /);
});

Deno.test("mergeKubeconfigs() lets the first file win", () => {
  const first = parseKubeconfig("users: [{name: u, user: {token: first}}]");
  const merged = mergeKubeconfigs([first, config({ user: { token: "second" } })]);
  assert.deepEqual(contextOf(merged).token, { text: "first" });
});

Deno.test("withAbsolutePaths() takes files from beside the kubeconfig", () => {
  const relative = config({
    cluster: { "certificate-authority": "ca" },
    user: { "client-key": "/key", "tokenFile": "d/token" },
  });
  assert.deepEqual(contextOf(withAbsolutePaths(relative, "/home/x/.kube")), {
    server: "https://s",
    certificateAuthority: { path: "/home/x/.kube/ca" },
    clientKey: { path: "/key" },
    token: { path: "/home/x/.kube/d/token" },
  });
});
