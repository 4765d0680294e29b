import { createHash } from "node:crypto";

/** SHA-256 of a text's UTF-8 form, lower-case hexadecimal. For records only: files are hashed where they lie. */
export function sha256Of(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
