import * as fs from "node:fs";
import * as path from "node:path";
import type { Scene } from "./scene";

export function diskFile(scene: Scene): string {
  const folder = path.join(scene.inputs().exportDirectory, "Virtual Hard Disks");
  const file = fs.readdirSync(folder).find((name) => name.startsWith("data"));
  if (file === undefined) throw new Error("the export has no file of the disk data.vhdx");
  return path.join(folder, file);
}

/** Another content of the same size. */
export function alter(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
  fs.writeFileSync(file, bytes);
}
