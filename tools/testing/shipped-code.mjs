import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { repository } from "../set-up/repository.mjs";

const provider = join(repository, "provider");
const name = "pulumi-hyperv-reference-point";
const require = createRequire(join(repository, "package.json"));

/**
 * Vite plugin: a test that imports provider/x gets dist/x.js, what is shipped, loaded by Node.js itself as CommonJS. The engine's
 * provider process loads the same files, so a test and that process never disagree about which code they run.
 * @returns {import("vite").Plugin}
 */
export function shippedCode() {
  return {
    name: "shipped-code",
    enforce: "pre",
    resolveId(source, importer) {
      if (source === name || source.startsWith(`${name}/`)) return require.resolve(source);
      if (importer === undefined || !source.startsWith(".")) return undefined;
      const target = resolve(dirname(importer), source);
      if (!target.startsWith(provider + sep)) return undefined;
      return join(repository, "dist", relative(provider, target)).replace(/(\.ts|\.js)?$/, ".js");
    },
  };
}
