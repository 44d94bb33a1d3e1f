import assert from "node:assert/strict";
import { readConf, readSettings, SettingsError } from "./settings.ts";

const good = {
  SPIDERPOOL_POD_NAMESPACE: "kube-system",
  SPIDERPOOL_POD_NAME: "agent-1",
  SPIDERPOOL_NODE_NAME: "n1",
};

function withConf(text: string | undefined, use: (path: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = Deno.makeTempDirSync({ prefix: "settings-" });
    const path = `${folder}/conf.yml`;
    try {
      if (text !== undefined) Deno.writeTextFileSync(path, text);
      await use(path);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

function sources(path: string, variables: Readonly<Record<string, string>> = good) {
  return { path, getenv: (name: string) => variables[name] };
}

Deno.test(
  "readSettings() reads variables and conf.yml, each once",
  withConf("enableIPv4: true\nenableIpv6: true\n", async (path) => {
    const { environment, conf, confText, unknownKeys } = await readSettings(sources(path));
    assert.deepEqual([environment.nodeName, conf.enableIPv4, conf.enableIPv6], ["n1", true, false]);
    assert.equal(confText, "enableIPv4: true\nenableIpv6: true\n");
    assert.deepEqual(unknownKeys, [{ key: "enableIpv6", meant: "enableIPv6" }]);
  }),
);

Deno.test(
  "agent 3: readSettings() names all that is wrong with variables and keys at once",
  withConf("enableIPv4: 3\nagent: {detection: {interval: 1h}}", async (path) => {
    const variables = { ...good, SPIDERPOOL_NODE_NAME: "", SPIDERPOOL_HEALTH_PORT: "http" };
    await assert.rejects(readSettings(sources(path, variables)), (err) => {
      assert.ok(err instanceof SettingsError);
      assert.deepEqual(err.problems, [
        "empty value of SPIDERPOOL_NODE_NAME",
        'SPIDERPOOL_HEALTH_PORT is "http", but must be a port from 1 to 65535',
        `${path}: enableIPv4 is 3, but must be true or false`,
        `${path}: agent.detection.interval is "1h", but must be a duration such as 30s or 500ms, above 0 and below 5s`,
      ]);
      return true;
    });
  }),
);

Deno.test(
  "agent 4: readSettings() refuses a conf.yml that is not there, and tells of the environment, too",
  withConf(undefined, async (path) => {
    await assert.rejects(readSettings(sources(path, {})), (err) => {
      assert.ok(err instanceof SettingsError);
      assert.equal(err.problems.length, 4);
      assert.match(err.problems[3] ?? "", /conf\.yml: No such file/);
      return true;
    });
  }),
);

Deno.test(
  "readConf() needs no environment",
  withConf("", async (path) => {
    assert.equal((await readConf(path)).conf.ipamUnixSocketPath, "/var/run/spidernet/spiderpool.sock");
  }),
);
