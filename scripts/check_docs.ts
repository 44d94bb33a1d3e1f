import * as v from "valibot";

const documentation = v.object({
  nodes: v.record(
    v.string(),
    v.object({
      symbols: v.optional(
        v.array(v.object({
          name: v.string(),
          declarations: v.array(v.object({
            declarationKind: v.string(),
            kind: v.string(),
            jsDoc: v.optional(v.object({ doc: v.optional(v.string()) })),
            location: v.object({ filename: v.string(), line: v.number() }),
          })),
        })),
        [],
      ),
    }),
  ),
});

/**
 * Says which exports have no docstring with a sentence; re-exports have that of what they name. Of overloads, and of a
 * value and a type with one name, one must have it.
 *
 * @param json what `deno doc --json` printed
 * @param root prefix to leave out of file names, such as `file:///repository/`
 */
export function docProblems(json: unknown, root: string): string[] {
  const { nodes } = v.parse(documentation, json);
  return Object.values(nodes).flatMap(({ symbols }) => symbols).flatMap(({ name, declarations }) => {
    const exported = declarations.filter(({ declarationKind, kind }) =>
      declarationKind === "export" && kind !== "reference"
    );
    const [first] = exported;
    if (first === undefined || exported.some(({ jsDoc }) => (jsDoc?.doc ?? "").trim() !== "")) return [];
    const { filename, line } = first.location;
    // lines of `deno doc` count from 0
    return [`${filename.replace(root, "")}:${line + 1}: "${name}" has no docstring that says what it is`];
  });
}
