import fc from "fast-check";

/** Any UTF-16, halves of surrogate pairs included. */
export const anyText = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

const tokens = fc.constantFrom(
  ..."\\ / // \\\\ C: d: \\\\?\\ \\\\.\\ . .. ... : ~ ~1 $ * ? exports SQL01 sql01 Ünïcode 日本 server share C$ ADMIN$ Windows WINDOWS PROGRA~1 Users CON nul.txt COM¹ file:stream".split(
    " ",
  ),
  ..."home root tmp usr run user 1000 etc var private Library lib64 x".split(" "),
  " ",
  "\u0000",
  "\u001f",
  "\ud800",
  "\udc00",
  "😀",
  "ß",
  "ss",
  "ı",
  "a".repeat(300),
);

/** Texts that look like paths more often than chance would have it. */
export const pathText = fc.oneof(
  fc.array(tokens, { maxLength: 10 }).map((parts) => parts.join("")),
  fc
    .tuple(
      fc.constantFrom("C:\\", "d:/", "\\\\server\\share\\", "\\\\s\\C$\\", "/"),
      fc.array(tokens, { maxLength: 6 }),
      fc.constantFrom("\\", "/"),
    )
    .map(([root, parts, separator]) => root + parts.join(separator)),
  anyText,
);

/** Plain folder names that every platform takes. */
export const plainName = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_ .-]{0,8}[A-Za-z0-9_-]$/)
  .filter((name) => !/^(con|prn|aux|nul|com\d|lpt\d)/i.test(name));
