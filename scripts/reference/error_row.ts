/** One error text as the page of errors lists it. */
export interface ErrorRow {
  /** Class that makes the text. */
  readonly type: string;
  /** The text; what differs from case to case is in `<…>`. */
  readonly text: string;
  /** What happened. */
  readonly meaning: string;
  /** What an operator does about it. */
  readonly remedy: string;
  /** What tells it from other texts of its class: a code. @default nothing */
  readonly code?: string;
  /** Whether the text is worded here: a test then looks for its parts in the code. */
  readonly isQuoted: boolean;
}

type About = Pick<ErrorRow, "meaning" | "remedy">;

/** The row of an error that its class words: `error` is made with `<…>` for what differs. */
export function made(error: Error, about: About): ErrorRow {
  return { type: error.constructor.name, text: error.message, ...about, isQuoted: false };
}

/** The row of a text that the code has where it throws. */
export function quoted(type: string, text: string, about: About): ErrorRow {
  return { type, text, ...about, isQuoted: true };
}

/** A chapter of the page. */
export interface ErrorChapter {
  readonly title: string;
  /** Who sees these texts, and where. */
  readonly intro: string;
  readonly rows: readonly ErrorRow[];
}
