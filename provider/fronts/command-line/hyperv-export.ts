#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as commandLine from "./command-line";

const words = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(__dirname, "..", "..", "..", "package.json"), "utf8")) as { readonly version: string };

// A version is asked for by scripts, which wait for it: nothing else is loaded then.
if (words.length === 1 && words[0] === "--version") {
  process.stdout.write(`${version}\n`);
} else {
  const { runCommandLine } = require("./command-line") as typeof commandLine;
  void runCommandLine(words, version);
}
