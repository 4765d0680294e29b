/** Lines at once: what is printed in one go is not mixed with what others print. */
export function write(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  if (lines.length > 0) stream.write(`${lines.join("\n")}\n`);
}
