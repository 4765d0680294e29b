import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { repository } from "../set-up/repository.mjs";

/**
 * What users read: the README and every page in docs/.
 * @returns {{ name: string, text: string }[]} each by its path from the repository's root, with forward slashes
 */
export function userPages() {
  const docs = join(repository, "docs");
  const names = readdirSync(docs, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return ["README.md", ...names.map((name) => fromRoot(join(docs, name))).sort()].map(page);
}

/**
 * Those, and what is written for people who change the code.
 * @returns {{ name: string, text: string }[]}
 */
export function allPages() {
  return [...userPages(), ...["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(page)];
}

function page(name) {
  return { name, text: readFileSync(join(repository, name), "utf8") };
}

function fromRoot(file) {
  return relative(repository, file).split(sep).join("/");
}
