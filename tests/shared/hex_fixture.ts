const folder = new URL("../fixtures/", import.meta.url);

/** Where the fixture `name`, such as `netlink/link_veth`, is. */
export function hexFixturePath(name: string): URL {
  return new URL(`${name}.hex`, folder);
}

/**
 * Reads bytes written as hexadecimal pairs; lines that start with `#` are comments.
 *
 * @throws {SyntaxError} if the file holds anything else
 */
export function readHexFixture(name: string): Uint8Array<ArrayBuffer> {
  const lines = Deno.readTextFileSync(hexFixturePath(name)).split("\n").filter((line) => !line.startsWith("#"));
  const pairs = lines.join(" ").trim().split(/\s+/);
  return Uint8Array.from(pairs, (pair) => {
    if (!/^[0-9a-f]{2}$/.test(pair)) throw new SyntaxError(`Cannot read fixture ${name}: ${JSON.stringify(pair)}`);
    return parseInt(pair, 16);
  });
}

/** Writes bytes as {@linkcode readHexFixture} reads them, with `comment` above. */
export function writeHexFixture(name: string, { bytes, comment }: { bytes: Uint8Array; comment: string }): void {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const lines = Array.from(
    { length: Math.ceil(pairs.length / 16) },
    (_, i) => pairs.slice(16 * i, 16 * i + 16).join(" "),
  );
  Deno.writeTextFileSync(hexFixturePath(name), `# ${comment}\n${lines.join("\n")}\n`);
}
