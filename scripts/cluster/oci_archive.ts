/** Container images as archives that `ctr image import` takes. Source: OCI Image Format Specification 1.1, image layout. */
import { hexDigest } from "./digest.ts";
import { type TarEntry, tarOf } from "./tar.ts";

/** What an image is made of. */
export interface ImageSpec {
  /** Full name with a tag, such as `docker.io/library/busybox:test`. */
  readonly name: string;
  /** Its only layer. */
  readonly files: readonly TarEntry[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: readonly string[];
}

const layoutType = "application/vnd.oci.image";

/** A blob and how others refer to it. */
interface Blob {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
}

/** Makes an archive of the image layout, for Linux on this machine's processor. Equal input gives equal bytes. */
export async function ociArchive(spec: ImageSpec): Promise<Uint8Array<ArrayBuffer>> {
  const layer = await blobOf(`${layoutType}.layer.v1.tar`, tarOf(spec.files));
  const config = await jsonBlob(`${layoutType}.config.v1+json`, configOf(spec, layer.descriptor.digest));
  const manifest = await jsonBlob(`${layoutType}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${layoutType}.manifest.v1+json`,
    config: config.descriptor,
    layers: [layer.descriptor],
  });
  const annotations = { "io.containerd.image.name": spec.name, "org.opencontainers.image.ref.name": tagOf(spec.name) };
  const index = { schemaVersion: 2, manifests: [{ ...manifest.descriptor, annotations }] };
  return tarOf([
    file("oci-layout", encode({ imageLayoutVersion: "1.0.0" })),
    file("index.json", encode(index)),
    { kind: "folder", path: "blobs" },
    { kind: "folder", path: "blobs/sha256" },
    ...[layer, config, manifest].map(({ content, descriptor }) =>
      file(`blobs/${descriptor.digest.replace(":", "/")}`, content)
    ),
  ]);
}

function configOf({ entrypoint, cmd, env }: ImageSpec, diffId: string): unknown {
  return {
    architecture: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
    os: "linux",
    config: {
      Env: env ?? ["PATH=/bin"],
      ...(entrypoint && { Entrypoint: entrypoint }),
      ...(cmd && { Cmd: cmd }),
    },
    rootfs: { type: "layers", diff_ids: [diffId] },
  };
}

async function jsonBlob(mediaType: string, value: unknown): Promise<Blob> {
  return await blobOf(mediaType, encode(value));
}

async function blobOf(mediaType: string, content: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return { content, descriptor: { mediaType, digest: `sha256:${await hexDigest(content)}`, size: content.length } };
}

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function file(path: string, content: Uint8Array<ArrayBuffer>): TarEntry {
  return { kind: "file", path, content };
}

function tagOf(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}
