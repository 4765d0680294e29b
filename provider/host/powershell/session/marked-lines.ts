import type { Readable } from "node:stream";

const NOISE_KEPT = 4000;

/**
 * Calls back for each line that holds the mark, with what follows it. Reads in linear time, whatever the lines' lengths and however they
 * are cut into pieces; keeps the end of everything else for a person to read.
 */
export class MarkedLines {
  noise = "";
  private pieces: string[] = [];

  constructor(
    stream: Readable,
    private readonly mark: string,
    private readonly onLine: (text: string) => void,
  ) {
    stream.on("data", (chunk: string) => this.take(chunk));
    stream.on("end", () => this.finish());
    // How a pipe breaks is told by the end of its process.
    stream.on("error", () => {});
  }

  private take(chunk: string): void {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      this.pieces.push(chunk.slice(from, end));
      from = end + 1;
      this.finish();
    }
    if (from < chunk.length) this.pieces.push(from === 0 ? chunk : chunk.slice(from));
  }

  private finish(): void {
    if (this.pieces.length === 0) return;
    const line = this.pieces.length === 1 ? (this.pieces[0] as string) : this.pieces.join("");
    this.pieces = [];
    const at = line.indexOf(this.mark);
    if (at >= 0) this.onLine(line.slice(at + this.mark.length));
    else if (line.trim() !== "") this.noise = `${this.noise}${line.trimEnd()}\n`.slice(-NOISE_KEPT);
  }
}
