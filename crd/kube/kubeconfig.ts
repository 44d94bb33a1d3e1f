/** What a kubeconfig says, as values. Reads no file that it names. Source: `k8s.io/client-go/tools/clientcmd/api/v1`. */
import * as v from "valibot";
import { parse as parseYaml } from "yaml";
import { isRecord } from "./decode.ts";

/** Longest kubeconfig in characters. */
const MAX_CHARS = 4 << 20;

const text = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));

const clusterSchema = v.object({
  "server": v.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
});

const userSchema = v.object({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  "token": text,
  "tokenFile": text,
  "username": text,
  "password": text,
  "as": text,
  "exec": v.optional(v.nullable(v.object({ command: v.string() }))),
  "auth-provider": v.optional(v.nullable(v.object({ name: v.string() }))),
});

const contextSchema = v.object({ cluster: v.string(), user: v.optional(v.string()) });

const configSchema = v.object({
  "current-context": text,
  "clusters": namedList("cluster", clusterSchema),
  "users": namedList("user", v.nullable(userSchema)),
  "contexts": namedList("context", contextSchema),
});

/** A kubeconfig as far as it is read here. */
export type Kubeconfig = v.InferOutput<typeof configSchema>;

/** Text in the kubeconfig itself, or in a file. */
export type Material = { readonly text: string } | { readonly path: string };

/** What one context says about reaching its API server. */
export interface KubeconfigContext {
  readonly server: string;
  readonly certificateAuthority?: Material;
  readonly clientCertificate?: Material;
  readonly clientKey?: Material;
  readonly token?: Material;
  readonly proxyUrl?: string;
}

/**
 * Reads the YAML (or JSON) of a kubeconfig. Messages name fields and never quote: there are keys inside.
 *
 * @throws {SyntaxError} if it is neither, or a field has the wrong type
 */
export function parseKubeconfig(source: string): Kubeconfig {
  if (source.length > MAX_CHARS) {
    throw new SyntaxError(`Cannot read the kubeconfig: it is over ${MAX_CHARS} characters`);
  }
  const json = parseWithoutQuotes(source) ?? {};
  if (!isRecord(json)) throw new SyntaxError("Cannot read the kubeconfig: it is not a YAML mapping");
  const result = v.safeParse(configSchema, json);
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]) ?? "(top level)";
  throw new SyntaxError(`Cannot read the kubeconfig: field ${path} is missing or has the wrong type`);
}

/**
 * Several kubeconfigs as one: of things with one name the first counts, as for kubectl.
 *
 * @param configs at least one, the most important first
 */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    "current-context": configs.map((config) => config["current-context"]).find(isGiven),
    "clusters": configs.flatMap((config) => config.clusters),
    "users": configs.flatMap((config) => config.users),
    "contexts": configs.flatMap((config) => config.contexts),
  };
}

/**
 * Makes the files a kubeconfig names independent of the current folder.
 *
 * @param folder of the kubeconfig
 */
export function withAbsolutePaths(config: Kubeconfig, folder: string): Kubeconfig {
  const absolute = (path: string | null | undefined) =>
    isGiven(path) && !path.startsWith("/") ? `${folder}/${path}` : path;
  return {
    ...config,
    clusters: config.clusters.map(({ name, cluster }) => ({
      name,
      cluster: { ...cluster, "certificate-authority": absolute(cluster["certificate-authority"]) },
    })),
    users: config.users.map(({ name, user }) => ({
      name,
      user: user && {
        ...user,
        "client-certificate": absolute(user["client-certificate"]),
        "client-key": absolute(user["client-key"]),
        "tokenFile": absolute(user.tokenFile),
      },
    })),
  };
}

/**
 * What a context says. Inline data goes before files, a token before its file, as for kubectl.
 *
 * @param name of the context; absent: the current one
 * @throws {Error} if there is no such context, or it asks for something that is not supported
 */
export function contextOf(config: Kubeconfig, name?: string | undefined): KubeconfigContext {
  const contextName = name ?? config["current-context"];
  if (!isGiven(contextName)) throw new Error("Cannot use the kubeconfig: it has no current-context");
  const { context } = named(config.contexts, { kind: "context", name: contextName });
  const { cluster } = named(config.clusters, { kind: "cluster", name: context.cluster });
  const user = isGiven(context.user) ? named(config.users, { kind: "user", name: context.user }).user ?? {} : {};
  refuseUnsupported(cluster, { kind: "cluster", name: context.cluster });
  refuseUnsupportedUser(user, { kind: "user", name: context.user ?? "" });
  return {
    server: cluster.server,
    ...material("certificateAuthority", cluster["certificate-authority-data"], cluster["certificate-authority"]),
    ...material("clientCertificate", user["client-certificate-data"], user["client-certificate"]),
    ...material("clientKey", user["client-key-data"], user["client-key"]),
    ...tokenOf(user),
    ...(isGiven(cluster["proxy-url"]) && { proxyUrl: cluster["proxy-url"] }),
  };
}

type Cluster = v.InferOutput<typeof clusterSchema>;
type User = Partial<v.InferOutput<typeof userSchema>>;
interface Entry {
  readonly kind: string;
  readonly name: string;
}

function refuseUnsupported(cluster: Cluster, entry: Entry): void {
  if (cluster["insecure-skip-tls-verify"] && cluster.server.startsWith("https:")) {
    const hint =
      "set certificate-authority-data, or remove the field and start Deno with --unsafely-ignore-certificate-errors";
    throw unsupported(entry, "insecure-skip-tls-verify", hint);
  }
  if (isGiven(cluster["tls-server-name"])) {
    throw unsupported(entry, "tls-server-name", "use a server name that the certificate has");
  }
}

function refuseUnsupportedUser(user: User, entry: Entry): void {
  const hint = "use a token or a client certificate";
  if (user.exec) throw unsupported(entry, `the exec plugin ${JSON.stringify(user.exec.command)}`, hint);
  if (user["auth-provider"]) {
    throw unsupported(entry, `auth-provider ${JSON.stringify(user["auth-provider"].name)}`, hint);
  }
  if (isGiven(user.username) || isGiven(user.password)) throw unsupported(entry, "username and password", hint);
  if (isGiven(user.as)) throw unsupported(entry, "impersonation (as)", "use the credentials of that user");
}

function unsupported({ kind, name }: Entry, what: string, hint: string): Error {
  return new Error(`Cannot use ${kind} "${name}" of the kubeconfig: ${what} is not supported; ${hint}`);
}

function material<F extends string>(
  field: F,
  base64: string | null | undefined,
  path: string | null | undefined,
): { [K in F]?: Material } {
  const value = isGiven(base64) ? { text: decodeBase64(base64, field) } : isGiven(path) ? { path } : undefined;
  // The computed key is `field`, which the type system only knows as a string.
  return (value === undefined ? {} : { [field]: value }) as { [K in F]?: Material };
}

function tokenOf({ token, tokenFile }: User): { token?: Material } {
  if (isGiven(token)) return { token: { text: token } };
  return isGiven(tokenFile) ? { token: { path: tokenFile } } : {};
}

function decodeBase64(base64: string, field: string): string {
  try {
    return atob(base64); // PEM is ASCII
  } catch {
    throw new SyntaxError(`Cannot read the kubeconfig: the data of ${field} is not base64`);
  }
}

function named<E extends { readonly name: string }>(entries: readonly E[], { kind, name }: Entry): E {
  const entry = entries.find((entry) => entry.name === name);
  if (entry === undefined) throw new Error(`Cannot use the kubeconfig: it has no ${kind} "${name}"`);
  return entry;
}

/** A list of `{name, <field>}`; absent and `null`, which kubectl writes for none, are an empty one. */
function namedList<F extends string, S extends v.GenericSchema>(field: F, schema: S) {
  // The computed key is `field`, which the type system only knows as a string.
  const entries = { name: v.string(), [field]: schema } as { name: v.StringSchema<undefined> } & { [K in F]: S };
  return v.nullish(v.array(v.object(entries)), []);
}

function parseWithoutQuotes(source: string): unknown {
  try {
    return parseYaml(source, { prettyErrors: false, logLevel: "error" });
  } catch {
    throw new SyntaxError("Cannot read the kubeconfig: it is not YAML"); // the parser's own message may quote a key
  }
}

function isGiven(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== "";
}
