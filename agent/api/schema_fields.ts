/** Schemas of fields that many objects of the contract have. */

/** Any string. */
export const text = { type: "string" } as const;
/** Any boolean. */
export const flag = { type: "boolean" } as const;
/** Any whole number that JavaScript holds exactly. */
export const integer = { type: "integer" } as const;
/** Any list of strings. */
export const texts = { type: "array", items: text } as const;
/** A link-layer address of 6 bytes. */
export const mac = { type: "string", pattern: "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$" } as const;
