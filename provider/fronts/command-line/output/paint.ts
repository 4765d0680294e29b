import type { WriteStream } from "node:tty";

const colours = { green: 32, red: 31, yellow: 33, dim: 2 } as const;

export type Colour = keyof typeof colours;
export type Paint = (text: string, colour: Colour) => string;

/** Colours on a terminal that has them, and for nobody else. NO_COLOR turns them off. */
export function paintFor(stream: NodeJS.WriteStream & { readonly hasColors?: WriteStream["hasColors"] }): Paint {
  if (!stream.isTTY || process.env.NO_COLOR || !stream.hasColors?.()) return plain;
  return (text, colour) => `\u001b[${colours[colour]}m${text}\u001b[0m`;
}

export const plain: Paint = (text) => text;
