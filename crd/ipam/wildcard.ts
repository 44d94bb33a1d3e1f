/**
 * Shell globs over the names of pools (spec/ipam.md §4.8): `*` any run, `?` one character, `[abc]`, `[a-z]`, `[^a]`,
 * and `\` before a character that stands for itself.
 */

type Token = { readonly kind: "run" } | { readonly kind: "one"; matches(character: string): boolean };

/** A name of a Kubernetes object has at most 253 characters; a pattern needs no more than a few times that. */
const maxPatternLength = 1024;

/** Whether an entry is a pattern and not the name of one pool. */
export function isPattern(entry: string): boolean {
  return /[?*]/.test(entry) || (entry.includes("[") && entry.includes("]"));
}

/**
 * Compiles a pattern into a test for names. Matching costs at most O(pattern · name).
 *
 * @throws {SyntaxError} if `pattern` is malformed or longer than 1024 characters
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  if (pattern.length > maxPatternLength) {
    throw new SyntaxError(`the pattern is longer than ${maxPatternLength} characters`);
  }
  const tokens = tokensOf(pattern);
  return (name) => matches(tokens, name);
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at]!;
    if (character === "*") {
      tokens.push({ kind: "run" });
      at++;
    } else if (character === "?") {
      tokens.push({ kind: "one", matches: () => true });
      at++;
    } else if (character === "[") {
      const { token, end } = readClass(pattern, at + 1);
      tokens.push(token);
      at = end;
    } else {
      const { literal, end } = readLiteral(pattern, at);
      tokens.push({ kind: "one", matches: (other) => other === literal });
      at = end;
    }
  }
  return tokens;
}

/** @param at behind the opening bracket */
function readClass(pattern: string, at: number): { token: Token; end: number } {
  const negated = pattern[at] === "^";
  const ranges: { first: string; last: string }[] = [];
  let end = negated ? at + 1 : at;
  while (pattern[end] !== "]" || ranges.length === 0) {
    const low = readMember(pattern, end);
    const high = pattern[low.end] === "-" ? readMember(pattern, low.end + 1) : low;
    ranges.push({ first: low.literal, last: high.literal });
    end = high.end;
  }
  function matchesClass(character: string): boolean {
    return ranges.some(({ first, last }) => first <= character && character <= last) !== negated;
  }
  return { token: { kind: "one", matches: matchesClass }, end: end + 1 };
}

/** One end of a range in brackets: `-` and `]` need a backslash there. */
function readMember(pattern: string, at: number): { literal: string; end: number } {
  if (at >= pattern.length) throw malformed(pattern, '"[" is not closed');
  if (pattern[at] === "-" || pattern[at] === "]") {
    throw malformed(pattern, `"${pattern[at]}" at ${at} needs a backslash`);
  }
  return readLiteral(pattern, at);
}

function readLiteral(pattern: string, at: number): { literal: string; end: number } {
  if (pattern[at] !== "\\") return { literal: pattern[at]!, end: at + 1 };
  const literal = pattern[at + 1];
  if (literal === undefined) throw malformed(pattern, "it ends with a backslash");
  return { literal, end: at + 2 };
}

/** On a mismatch only the last `*` grows: earlier ones cannot gain anything by growing. */
function matches(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let retry: { token: number; at: number } | undefined;
  while (at < name.length || token < tokens.length) {
    const next = tokens[token];
    if (next?.kind === "run") {
      retry = { token, at: at + 1 };
      token++;
    } else if (next !== undefined && at < name.length && next.matches(name[at]!)) {
      token++;
      at++;
    } else if (retry !== undefined && retry.at <= name.length) {
      ({ token, at } = retry);
    } else {
      return false;
    }
  }
  return true;
}

function malformed(pattern: string, detail: string): SyntaxError {
  return new SyntaxError(`pattern ${JSON.stringify(pattern)} is malformed: ${detail}`);
}

/** What a list of entries stands for. */
export interface Expansion {
  /** Plain entries as written, patterns as the names they match, sorted; each name once, where it first occurs. */
  readonly names: readonly string[];
  /** Plain entries that occur more than once. */
  readonly repeated: readonly string[];
  /** Patterns that match nothing. */
  readonly unmatched: readonly string[];
}

/**
 * Expands `entries` against the names of existing pools.
 *
 * @param existing names that patterns are matched against; plain entries need not be among them
 * @throws {SyntaxError} if a pattern is malformed
 */
export function expandNames(entries: readonly string[], existing: readonly string[]): Expansion {
  const names = new Set<string>();
  const plain = new Set<string>();
  const repeated: string[] = [];
  const unmatched: string[] = [];
  for (const entry of entries) {
    if (isPattern(entry)) {
      const found = existing.filter(compilePattern(entry)).sort();
      if (found.length === 0) unmatched.push(entry);
      for (const name of found) names.add(name);
    } else {
      if (plain.has(entry)) repeated.push(entry);
      plain.add(entry);
      names.add(entry);
    }
  }
  return { names: [...names], repeated, unmatched };
}
