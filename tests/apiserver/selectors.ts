/** Label selectors. Source: apimachinery, `labels.Parse`. */
import { badRequest } from "./request_refusals.ts";

/** Whether an object's labels fit. */
export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

const keySyntax = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/;
const valueSyntax = /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/;

/**
 * Parses a selector such as `app=web,tier in (a,b),!old`; `""` fits everything.
 *
 * @throws {ApiError} 400 for malformed text
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const parts = splitOutsideParentheses(text).map((part) => part.trim());
  if (parts.length === 1 && parts[0] === "") return () => true;
  const matchers = parts.map((part) => parseRequirement(part, text));
  return (labels) => matchers.every((matches) => matches(labels));
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function parseRequirement(part: string, whole: string): LabelMatcher {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => checkedValue(value.trim(), whole));
    checkKey(key, whole);
    if (operator === "in") return (labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? "");
    return (labels) => !Object.hasOwn(labels, key) || !values.includes(labels[key] ?? "");
  }
  const comparison = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*(\S*)$/.exec(part);
  if (comparison === null) return parseExistence(part, whole);
  const [, key = "", operator = "", value = ""] = comparison;
  checkKey(key, whole);
  if (operator === ">" || operator === "<") return parseOrder({ key, operator, value }, whole);
  checkedValue(value, whole);
  if (operator === "!=") return (labels) => !Object.hasOwn(labels, key) || labels[key] !== value;
  return (labels) => Object.hasOwn(labels, key) && labels[key] === value;
}

function parseExistence(part: string, whole: string): LabelMatcher {
  const absent = part.startsWith("!");
  const key = absent ? part.slice(1).trim() : part;
  checkKey(key, whole);
  return (labels) => Object.hasOwn(labels, key) !== absent;
}

function parseOrder(
  { key, operator, value }: { key: string; operator: string; value: string },
  whole: string,
): LabelMatcher {
  if (!/^-?\d+$/.test(value)) throw malformed(whole, `for 'Gt', 'Lt' operators, the value must be an integer`);
  return (labels) => {
    const own = labels[key];
    if (own === undefined || !/^-?\d+$/.test(own)) return false;
    return operator === ">" ? BigInt(own) > BigInt(value) : BigInt(own) < BigInt(value);
  };
}

function checkKey(key: string, whole: string): void {
  if (!keySyntax.test(key)) throw malformed(whole, `found '${key}', expected: a label key`);
}

function checkedValue(value: string, whole: string): string {
  if (!valueSyntax.test(value) || value.length > 63) {
    throw malformed(whole, `found '${value}', expected: a label value`);
  }
  return value;
}

function malformed(whole: string, problem: string): Error {
  return badRequest(`unable to parse requirement: ${problem} (selector ${JSON.stringify(whole)})`);
}
