/**
 * A request as the bridge reads it: one line of ASCII JSON. Every text begins with a sign, for PowerShell 7 makes a date of a text that
 * looks like one; what PowerShell's reader would change without a word, half of a surrogate pair, is marked instead of sent.
 */
export function requestLine(id: number, verb: string, requestArguments: object): string {
  const json = JSON.stringify({ id, verb, arguments: requestArguments }, function (this: unknown, key, value: unknown) {
    return typeof value === "string" && !plainMembers.has(key) ? signed(value) : value;
  });
  return `${json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

/** Words of the protocol, not of anybody outside. */
const plainMembers = new Set(["verb", "kind"]);

function signed(text: string): string {
  // With the flag "u" a whole pair is one character and no surrogate.
  return /\p{Cs}/u.test(text) ? "!" : `=${text}`;
}
