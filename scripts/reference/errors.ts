import { clusterErrors } from "./errors_cluster.ts";
import { cniErrors } from "./errors_cni.ts";
import { ipamErrors } from "./errors_ipam.ts";
import { nodeErrors } from "./errors_node.ts";
import { programErrors } from "./errors_program.ts";
import { reasonErrors } from "./errors_reasons.ts";
import { socketErrors } from "./errors_socket.ts";
import { writeErrors } from "./errors_writes.ts";
import type { ErrorChapter } from "./error_row.ts";
import { code, markdownPage, markdownTable } from "./markdown.ts";

/** All chapters of the page of errors. */
export const errorChapters: readonly ErrorChapter[] = [
  programErrors,
  ipamErrors,
  reasonErrors,
  writeErrors,
  cniErrors,
  socketErrors,
  clusterErrors,
  nodeErrors,
];

/** `docs/reference/errors.md`: what each error text means, and what to do. */
export function errorsPage(): string {
  return markdownPage("the error classes and scripts/reference/errors*.ts", [
    "# Errors",
    "Find the text by its first words, up to what differs from case to case: that is in `<…>`. A text may have the " +
    "reason after a colon, which is then an entry of its own.",
    ...errorChapters.flatMap(({ title, intro, rows }) => [
      `## ${title}`,
      intro,
      markdownTable(
        ["text", "meaning", "what to do", "class or code"],
        rows.map(({ type, code: own = "", text, meaning, remedy }) => [
          code(text),
          meaning,
          remedy,
          [code(type), code(own)].filter((part) => part !== "").join(" "),
        ]),
      ),
    ]),
  ]);
}
