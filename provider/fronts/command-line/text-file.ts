import * as fs from "node:fs";

/** The text of a file that a person has made: what Windows PowerShell redirects is UTF-16, and editors put a mark before UTF-8. */
export function textOfFile(file: string): string {
  const bytes = fs.readFileSync(file);
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");
  return text.replace(/^\uFEFF/, "");
}
