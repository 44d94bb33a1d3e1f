/** Types of members that configurations of plugins have. */
export const confFields = {
  text: { type: "string" },
  flag: { type: "boolean" },
  integer: { type: "integer" },
  texts: { type: "array", items: { type: "string" } },
} as const;
