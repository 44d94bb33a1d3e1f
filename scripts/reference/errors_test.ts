import assert from "node:assert/strict";
import { readSourceFiles } from "../source_files.ts";
import { errorChapters, errorsPage } from "./errors.ts";

const root = new URL("../../", import.meta.url);
const sources = (await readSourceFiles(root)).filter(({ path }) =>
  /^(agent|crd|net|plugins)\//.test(path) && !path.endsWith("_test.ts")
);
const rows = errorChapters.flatMap((chapter) => chapter.rows);

/** Classes that no operator sees, and why. */
const unseen: Readonly<Record<string, string>> = {
  TornLineError: "tells the log that its output lost part of a line",
  TerminalError: "tells a work queue not to try again; its cause is logged",
};

/** Names of the classes of errors that `text` has. */
function errorClasses(text: string): string[] {
  return [...text.matchAll(/^(?:export )?class (\w+) extends \w*Error\b/gm)].map(([, name = ""]) => name);
}

Deno.test("the page of errors has an entry for every class of errors that an operator may see", () => {
  const classes = sources.flatMap(({ text }) => errorClasses(text));
  assert.ok(classes.length > 20, "classes are found");
  const told = new Set(rows.map(({ type }) => type));
  assert.deepEqual(classes.filter((name) => !told.has(name) && !Object.hasOwn(unseen, name)), []);
  assert.deepEqual(Object.keys(unseen).filter((name) => !classes.includes(name)), []);
});

/** What stays the same in a text: its words between `<…>`, colons and semicolons. */
function fixedParts(text: string): string[] {
  return text.split(/<[^>]*>|: |; |, last|\[|\]/).map((part) => part.trim()).filter((part) => part.length >= 8);
}

for (const { text } of rows.filter(({ isQuoted }) => isQuoted)) {
  Deno.test(`the page of errors quotes the code: ${text}`, () => {
    const missing = fixedParts(text).filter((part) => !sources.some((source) => source.text.includes(part)));
    assert.deepEqual(missing, []);
  });
}

Deno.test("the page of errors has each text once, with something to do about it", () => {
  const texts = rows.map(({ type, code, text }) => `${type} ${code} ${text}`);
  assert.equal(new Set(texts).size, texts.length);
  for (const { text, meaning, remedy } of rows) {
    assert.ok(text !== "" && meaning.endsWith(".") && remedy.endsWith("."), text);
    assert.doesNotMatch(text, /undefined|\[object/);
  }
});

Deno.test("the page of errors leads to headings and files that exist", () => {
  const page = errorsPage();
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-"));
  for (const [, target = ""] of page.matchAll(/\]\(([^)]*)\)/g)) {
    const [file = "", anchor] = target.split("#");
    if (file === "") assert.ok(headings.includes(anchor ?? ""), target);
    else assert.ok(Deno.statSync(new URL(`docs/reference/${file}`, root)).isFile, target);
  }
});
