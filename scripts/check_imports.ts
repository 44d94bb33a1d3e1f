import type { SourceFile } from "./source_files.ts";

/** What the files of one folder may import. */
interface Layer {
  /** A folder, or a file, from the root of the repository. */
  readonly place: string;
  readonly mayImport: readonly string[];
  /** Whether packages of the import map may be used. */
  readonly packages: boolean;
}

/** The first that holds a file counts. Other files (tests, scripts) may import anything. */
const layers: readonly Layer[] = [
  { place: "net", mayImport: ["net"], packages: false },
  { place: "crd", mayImport: ["net", "crd"], packages: true },
  { place: "agent/api", mayImport: ["net", "agent/api"], packages: false },
  { place: "agent", mayImport: ["net", "crd", "agent"], packages: true },
  { place: "controller", mayImport: ["net", "crd", "controller"], packages: true },
  { place: "plugins", mayImport: ["net", "agent/api", "plugins"], packages: true },
  { place: "mod.ts", mayImport: ["net", "crd", "agent/api"], packages: false },
];

const foreignFunctions = "net/ffi";

/** Says what `file` imports against the direction of the layers, and what it takes from Deno that is not for its place. */
export function importProblems(file: SourceFile): string[] {
  const { path, text } = file;
  const problems = specifiersOf(text).flatMap((specifier) => {
    const problem = specifierProblem(path, specifier);
    return problem === undefined ? [] : [`${path}: Cannot import "${specifier}": ${problem}`];
  });
  return layerOf(path) === undefined ? problems : [...problems, ...denoProblems(file)];
}

function denoProblems({ path, text }: SourceFile): string[] {
  const mentions = (name: string) => new RegExp(`^(?!\\s*(?:\\*|//)).*\\b${name}\\b`, "m").test(text);
  const uses = (name: string) => mentions(`Deno\\.${name}`);
  const problems: string[] = [];
  if (uses("dlopen") && !isInside(path, foreignFunctions)) {
    problems.push(`${path}: Cannot call Deno.dlopen: only ${foreignFunctions}/ may`);
  }
  if (mentions("AbortSignal\\.any") && !path.endsWith("_test.ts")) {
    problems.push(
      `${path}: Cannot use AbortSignal.any: Deno 2.7 loses it to the garbage collector, anySignal() of net/base does not`,
    );
  }
  for (const name of ["env", "args"]) {
    if (uses(name) && !path.endsWith("/main.ts")) problems.push(`${path}: Cannot read Deno.${name}: only main.ts may`);
  }
  return problems;
}

/** Lists what `text` imports or re-exports, types included, in order of appearance. */
export function specifiersOf(text: string): string[] {
  const statement = /^\s*(?:import|export)\b(?:[^"'`;=]*?\bfrom)?\s*["']([^"']+)["']/gm;
  const call = /\bimport\(\s*["']([^"']+)["']/g;
  return [...text.matchAll(statement), ...text.matchAll(call)]
    .sort((a, b) => a.index - b.index)
    .flatMap(([, specifier]) => specifier ?? []);
}

function specifierProblem(path: string, specifier: string): string | undefined {
  if (/^(npm|jsr|https?):/.test(specifier)) return "dependencies go through the import map in deno.json";
  const layer = layerOf(path);
  if (layer === undefined || specifier.startsWith("node:")) return undefined;
  if (!specifier.startsWith(".")) return layer.packages ? undefined : `${layer.place} has no dependencies`;
  const target = resolvePath(path, specifier);
  if (layer.mayImport.some((place) => isInside(target, place))) return undefined;
  return `${layer.place} may import ${layer.mayImport.join(", ")} only`;
}

function layerOf(path: string): Layer | undefined {
  if (path.endsWith("_test.ts")) return undefined;
  return layers.find(({ place }) => isInside(path, place));
}

function isInside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
