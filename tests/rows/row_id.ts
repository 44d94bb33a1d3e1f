import type { RowSection } from "../../scripts/scenario_rows.ts";

/**
 * The id of the row of a section that is about `word`, such as a variable, a key or a metric: tests that go through
 * a table of their own name the specification's rows by it.
 *
 * @throws {RangeError} if the section has no such row
 */
export function rowId(sections: readonly RowSection[], { section, word }: RowPlace): string {
  const subjects = sections.find((candidate) => candidate.section === section)?.subjects ?? [];
  const index = subjects.findIndex((subject) => wordsOf(subject).includes(word));
  if (index < 0) throw new RangeError(`Cannot find a row of section ${section} about ${word}: see tests/rows/`);
  return `${section}.${index + 1}`;
}

/** Where a row is. */
export interface RowPlace {
  /** Such as `3` or `8.2`. */
  readonly section: string;
  /** What the row is about, or one of several things. */
  readonly word: string;
}

/** Everything that a subject names: itself, the members of a list without what is in brackets, each way to read `{a,b}`. */
export function wordsOf(subject: string): string[] {
  const [, before, choices, after = ""] = /^(.*?)\{([^{}]*)\}(.*)$/.exec(subject) ?? [];
  if (before === undefined || choices === undefined) {
    return [
      subject,
      ...subject.split(", ").map((word) => word.replace(/ \(.*\)$/, "")),
    ];
  }
  return choices.split(",").flatMap((choice) => wordsOf(`${before}${choice}${after}`));
}
