import * as v from "valibot";
import { about } from "./about.ts";
import { formatDuration, parseDuration } from "./duration.ts";

/** Go's YAML decoder takes `yes`, `no`, `on` and `off` for booleans too. */
const flagWords = new Map([["yes", true], ["on", true], ["no", false], ["off", false]]);

/** A boolean. */
export const flag = about(
  v.pipe(
    v.unknown(),
    v.transform((value) => typeof value === "string" ? flagWords.get(value.toLowerCase()) ?? value : value),
    v.boolean("must be true or false"),
  ),
  { type: "boolean", allowed: "true or false" },
);

/** Any text. */
export const text = about(v.string("must be a string"), { type: "string", allowed: "any text" });

/** A list of texts. */
export const texts = about(v.array(text, "must be a list of strings"), { type: "list", allowed: "a list of strings" });

/** A path from the root. */
export const absolutePath = about(v.pipe(text, v.startsWith("/", "must be an absolute path")), {
  type: "path",
  allowed: "an absolute path",
});

/** Characters that no URL has; `URL` takes them, and a password with a quote would not be known as one in the log. */
const webUrl = /^https?:\/\/[^\s"<>\\^`{|}]+$/i;

/** An absolute URL, or nothing. */
export const serverUrl = about(
  v.pipe(
    text,
    v.check(
      (value) => value === "" || (webUrl.test(value) && URL.canParse(value)),
      "must be an absolute http or https URL",
    ),
  ),
  { type: "URL", allowed: "an absolute http or https URL, or empty" },
);

/** A whole number from `min` to `max`. */
export function integer({ min, max }: { readonly min: number; readonly max?: number }) {
  const allowed = max === undefined ? `a whole number of ${min} or more` : `a whole number from ${min} to ${max}`;
  const isAllowed = (value: number) => Number.isSafeInteger(value) && value >= min && value <= (max ?? Infinity);
  const schema = v.pipe(v.number(`must be ${allowed}`), v.check(isAllowed, `must be ${allowed}`));
  return about(schema, { type: "integer", allowed });
}

/** A TCP port. */
export const port = about(integer({ min: 1, max: 65_535 }), {
  type: "port",
  allowed: "a whole number from 1 to 65535",
});

/** One of `words`. */
export function word<const W extends readonly string[]>(words: W) {
  const allowed = words.length > 2 ? `one of ${words.join(", ")}` : words.join(" or ");
  return about(v.picklist(words, `must be ${allowed}`), { type: "word", allowed });
}

/** A Go duration above 0 and below `belowMs`, as milliseconds; one that is not given or empty is `fallbackMs`. */
export function duration({ fallbackMs, belowMs }: { readonly fallbackMs: number; readonly belowMs: number }) {
  const allowed = `a duration such as 30s or 500ms, above 0 and below ${formatDuration(belowMs)}`;
  const schema = v.pipe(
    v.nullish(v.string(`must be ${allowed}`), ""),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      if (dataset.value === "") return fallbackMs;
      const ms = tryDuration(dataset.value);
      if (ms !== undefined && ms > 0 && ms < belowMs) return ms;
      addIssue({ message: `must be ${allowed}` });
      return NEVER;
    }),
  );
  return about(schema, { type: "duration", allowed, fallback: formatDuration(fallbackMs) });
}

function tryDuration(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}
