/** A JSON Web Token: two parts of base64url that begin as JSON objects do, and a signature. */
const tokens = /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g;
/** What follows the scheme of an Authorization header. */
const credentials = /\b(Bearer|Basic) [\w.~+/-]{8,}=*/gi;
/** A PEM block, cut off or not; its line ends may be spelled as in JSON. */
const pemBlocks = /-----BEGIN [A-Z0-9 ]+-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]+-----)?/g;
/** User and password of a URL: all up to the last `@` before its path. */
const userInfo = /:\/\/[^\s/?#"\\]+@/g;

/** What stands where a secret was. */
export const REMOVED = "[removed]";

/**
 * `line` without what looks like a token, a key, a certificate or a password in a URL: nothing here logs one on purpose, but the
 * words of other programs come into errors.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(tokens, REMOVED)
    .replace(credentials, `$1 ${REMOVED}`)
    .replace(pemBlocks, REMOVED)
    .replace(userInfo, `://${REMOVED}@`);
}
