const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const HEADER_BYTES = 64;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;

/**
 * Where an ELF file itself ends: behind its section headers, which linkers put last. What follows was appended, as
 * `deno compile` appends a program to its base binary. Source: elf.h, `Elf64_Ehdr` (`e_shoff`, `e_shentsize`, `e_shnum`).
 *
 * @returns bytes from the start, at most `bytes.length`
 * @throws {Error} if `bytes` is no whole 64-bit little-endian ELF file with section headers
 */
export function elfEnd(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("Cannot find the end of the ELF file: it does not begin with an ELF header");
  }
  if (bytes[4] !== CLASS_64 || bytes[5] !== LITTLE_ENDIAN) {
    throw new Error("Cannot find the end of the ELF file: it is not 64-bit little-endian");
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const offset = header.getBigUint64(0x28, true);
  const count = header.getUint16(0x3c, true);
  if (offset < HEADER_BYTES || count === 0) {
    throw new Error("Cannot find the end of the ELF file: it has no section headers");
  }
  const end = offset + BigInt(header.getUint16(0x3a, true) * count);
  if (end > bytes.length) {
    throw new Error(`Cannot find the end of the ELF file: it has ${bytes.length} bytes, its headers end at ${end}`);
  }
  return Number(end);
}

/** The ELF file without what was appended to it. @throws {Error} as {@linkcode elfEnd} */
export function withoutPayload(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.subarray(0, elfEnd(bytes));
}
