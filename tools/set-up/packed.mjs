import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { writeBridge } from "./bridge.mjs";
import { repository } from "./repository.mjs";

const source = join(repository, "provider");

/** What package.json names, and what declarations have of it. */
const public_ = ["index", "fronts/dynamic/provider", "host/simulator/index", "policy/index"];

/** Files that are loaded by path, when they are needed, so that nobody else pays for them. */
const loadedLater = [
  "fronts/command-line/hyperv-export",
  "fronts/command-line/command-line",
  "fronts/command-line/commands/completion",
  "fronts/command-line/commands/doctor",
  "fronts/command-line/commands/list",
  "fronts/command-line/commands/probe",
  "fronts/command-line/commands/report",
  "fronts/command-line/commands/restore-plan",
  "fronts/command-line/commands/verify",
  "fronts/command-line/host-trees",
  "fronts/look-ups/look-ups",
  "fronts/preview/look-ahead",
  "host/local-files/tasks/hash-worker",
  "host/powershell/transports/winrm/pipe",
];
const entries = [...public_, ...loadedLater];

/**
 * Writes dist/ as it is packed: a file an entry and few shared ones, without comments, blanks and the names of variables, and with
 * expressions in their short forms. Functions, classes and properties keep their names, so that a stack trace can be read. Of the declarations, those that public types need, with
 * the comments of what a program names, indented by tabs. The bridge keeps its comments: an administrator reads it.
 * @param {string} compiled dist/ as the compiler has made it
 * @param {string} output is written anew; may be the same folder
 */
export async function writePacked(compiled, output) {
  const scripts = await bundled();
  const types = declarations(compiled);
  rmSync(output, { recursive: true, force: true });
  for (const [path, text] of [...scripts, ...types]) {
    mkdirSync(dirname(join(output, path)), { recursive: true });
    writeFileSync(join(output, path), text);
  }
  writeBridge(source, output);
}

/**
 * The package as npm packs it, in a folder of its own: dist/ of the repository stays as the tests need it.
 * @param {string} folder that is not there yet
 */
export async function stagePackage(folder) {
  const { files } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const whole = ["package.json", "README.md", "LICENSE", ...files.filter((name) => name !== "dist").map((name) => name.split("/")[0])];
  for (const name of new Set(whole)) {
    cpSync(join(repository, name), join(folder, name), { recursive: true, filter: (path) => !path.includes(`${sep}node_modules`) });
  }
  await writePacked(join(repository, "dist"), join(folder, "dist"));
}

async function bundled() {
  // Loaded here, as most of what the set-up does needs no bundler, and it must be installed first.
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(source, `${entry}.ts`)])),
    platform: "node",
    tsconfig: join(repository, "tsconfig.json"),
    external: (id) => !id.startsWith(".") && !id.startsWith(source),
    plugins: [{ name: "paths-from-dist", transform: markPaths }],
    onLog: (_, { message }) => {
      throw new Error(`The package could not be bundled: ${message}`);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    exports: "named",
    esModule: true,
    entryFileNames: "[name].js",
    chunkFileNames: "shared/[name].js",
    minify: {
      compress: { keepNames: { function: true, class: true } },
      mangle: { toplevel: true, keepNames: true },
      codegen: { removeWhitespace: true },
    },
  });
  await bundle.close();
  return output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, fromItsPlace(file.fileName, file.code)]] : []));
}

/** A module's text may end in another folder: what it says of its own place is said from dist/ until it is known which. */
function markPaths(code, id) {
  if (/(?<!\()__dirname/.test(code))
    throw new Error(`${id} must give __dirname as a first argument: tools/set-up/packed.mjs knows no other use of it.`);
  const folder = relative(source, dirname(id)).split(sep).join("/");
  return code
    .replace(/(?<![\w.])require\("(\.[^"]+)"\)/g, (_, path) => {
      const entry = posix.join(folder, path);
      if (!entries.includes(entry)) throw new Error(`${id} loads ${entry}, which is not among the entries of tools/set-up/packed.mjs.`);
      return `require("@dist/${entry}.js")`;
    })
    .replaceAll("(__dirname", () => `(__dirname, "@dist/${folder}"`);
}

function fromItsPlace(fileName, code) {
  return code.replace(/(["'`])@dist\/([^"'`]*)\1/g, (_, __, path) => {
    const way = posix.relative(posix.dirname(fileName), path);
    return JSON.stringify(way.startsWith(".") ? way : `./${way}`);
  });
}

/** Those of the public entries, and all that they name. */
function declarations(compiled) {
  const found = new Map();
  const follow = (path) => {
    if (found.has(path)) return;
    const text = readFileSync(join(compiled, path), "utf8");
    found.set(path, text);
    for (const [, named] of text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
      const target = posix.join(posix.dirname(path), named);
      follow(existsSync(join(compiled, `${target}.d.ts`)) ? `${target}.d.ts` : `${target}/index.d.ts`);
    }
  };
  for (const entry of public_) follow(`${entry}.d.ts`);
  return [...found].map(([path, text]) => [path, byTabs(isOfRepository(path) ? withoutComments(text) : text)]);
}

/** A byte a level: the compiler indents by four blanks. */
function byTabs(declarations) {
  return declarations.replace(/^(?: {4})+/gm, (blanks) => "\t".repeat(blanks.length / 4));
}

/** What an adapter and a front must do is for whoever changes one, in the repository. */
function isOfRepository(path) {
  return /^(host\/[\w-]+|host\/simulator\/simulator-host|fronts\/.*|domain\/.*)\.d\.ts$/.test(path) && path !== "host/host-error.d.ts";
}

function withoutComments(declarations) {
  return declarations.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "");
}
