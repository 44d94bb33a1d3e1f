import { gzipSync } from "node:zlib";
import { sha256 } from "../build/digest.ts";
import { tarOf } from "./tar.ts";
import { fileEntry, type Tree, type TreeEntry } from "./tree.ts";

/** What an image says of itself. Source: OCI image specification 1.1, config.md and annotations.md. */
export interface ImageFacts {
  /** Full name, such as `docker.io/spiderpool/spiderpool:v0.1.0`. */
  readonly name: string;
  readonly version: string;
  /** Git commit. */
  readonly revision: string;
  /** As OCI spells it, such as `amd64`. */
  readonly architecture: string;
  readonly entrypoint: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  readonly env: readonly string[];
  /** When it was made, RFC 3339: the same input gives the same image only if this is no clock. */
  readonly created: string;
}

/** An image as one file. */
export interface Image {
  /** An OCI image layout as a tar archive, which `docker load` reads too. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** Digest of the manifest: what `image@sha256:…` names. */
  readonly digest: string;
  /** Bytes of each layer, compressed. */
  readonly layerSizes: readonly number[];
}

const types = {
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
} as const;

interface Blob {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
}

/** Makes an image of `layers`, the lowest first. */
export async function imageOf(layers: readonly Tree[], facts: ImageFacts): Promise<Image> {
  const tars = layers.map(tarOf);
  const layerBlobs = await Promise.all(tars.map((tar) => blobOf(types.layer, compress(tar))));
  const diffIds = await Promise.all(tars.map(async (tar) => `sha256:${await sha256(tar)}`));
  const config = await blobOf(types.config, encode(configOf(facts, diffIds)));
  const manifest = await blobOf(types.manifest, encode(manifestOf({ config, layers: layerBlobs, facts })));
  const files: [string, TreeEntry][] = [
    ["oci-layout", fileEntry(encode({ imageLayoutVersion: "1.0.0" }))],
    ["index.json", fileEntry(encode(indexOf(manifest, facts)))],
    ["manifest.json", fileEntry(encode(dockerManifestOf({ config, layers: layerBlobs, facts })))],
    ...[config, manifest, ...layerBlobs].map(({ path, bytes }): [string, TreeEntry] => [path, fileEntry(bytes)]),
  ];
  return {
    archive: tarOf(new Map(files)),
    digest: manifest.descriptor.digest,
    layerSizes: layerBlobs.map(({ descriptor }) => descriptor.size),
  };
}

/** Without a time and a file name in its header, gzip depends on its input only. */
function compress(tar: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(tar, { level: 9 }));
}

async function blobOf(mediaType: string, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  const digest = await sha256(bytes);
  const descriptor = { mediaType, digest: `sha256:${digest}`, size: bytes.length };
  return { path: `blobs/sha256/${digest}`, bytes, descriptor };
}

function configOf(facts: ImageFacts, diffIds: readonly string[]) {
  return {
    architecture: facts.architecture,
    os: "linux",
    created: facts.created,
    config: {
      User: facts.user,
      Env: facts.env,
      Entrypoint: facts.entrypoint,
      WorkingDir: "/",
      Labels: labelsOf(facts),
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: diffIds.map(() => ({ created: facts.created, created_by: "deno task image" })),
  };
}

function labelsOf({ version, revision }: ImageFacts) {
  return {
    "org.opencontainers.image.title": "spiderpool",
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.revision": revision,
    "org.opencontainers.image.licenses": "Apache-2.0",
  };
}

interface Parts {
  readonly config: Blob;
  readonly layers: readonly Blob[];
  readonly facts: ImageFacts;
}

function manifestOf({ config, layers, facts }: Parts) {
  return {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: labelsOf(facts),
  };
}

/** Containerd takes the name from the first annotation, podman and skopeo from the second. */
function indexOf(manifest: Blob, { name, architecture }: ImageFacts) {
  const annotations = { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name };
  const platform = { architecture, os: "linux" };
  return { schemaVersion: 2, mediaType: types.index, manifests: [{ ...manifest.descriptor, annotations, platform }] };
}

/** What `docker save` writes, for a docker that does not read OCI layouts (before 25). */
function dockerManifestOf({ config, layers, facts }: Parts) {
  return [{ Config: config.path, RepoTags: [facts.name], Layers: layers.map(({ path }) => path) }];
}

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
