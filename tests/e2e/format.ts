/** Format of the executables in the image that is tested. */
export type ImageFormat = "bundle" | "compile";

/** Name of the environment variable that chooses it. */
export const FORMAT_VARIABLE = "SPIDERPOOL_E2E_FORMAT";

/**
 * Reads the variable; nothing means bundle.
 *
 * @throws {TypeError} if it is something else
 */
export function parseFormat(text: string | undefined): ImageFormat {
  if (text === undefined || text === "" || text === "bundle") return "bundle";
  if (text === "compile") return "compile";
  throw new TypeError(`Cannot test with ${FORMAT_VARIABLE}=${text}: it must be bundle or compile`);
}

/** The same commands of a page, with an image of that format. */
export function withFormat(commands: readonly string[], format: ImageFormat): string[] {
  const image = "deno task image";
  if (!commands.includes(image)) throw new Error(`Cannot choose the format of the image: no line is "${image}"`);
  return commands.map((line) => line === image && format === "compile" ? `${image} --format compile` : line);
}
