import { parse } from "yaml";

const folder = new URL("../../crd/openapi/", import.meta.url);

/** The project's CustomResourceDefinitions, parsed, in order of their file names. Reads `crd/openapi/*.yaml`. */
export function readSpiderpoolCrds(): unknown[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();
  return names.map((name) => parse(Deno.readTextFileSync(new URL(name, folder))));
}
