import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { allPages, userPages } from "../../tools/documentation/pages.mjs";
import { npmScript } from "../../tools/set-up/install.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

interface Link {
  readonly page: string;
  /** From the repository's root. */
  readonly target: string;
  readonly anchor: string;
}

const pages = allPages();
const links = pages.flatMap(({ name, text }): Link[] =>
  [...prose(text).matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)].map(([, path = "", anchor = ""]) => ({
    page: name,
    target: path === "" ? name : posix.join(posix.dirname(name), path),
    anchor,
  })),
);

/** Without its code: what looks like a link there is none. */
function prose(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
}

/** The anchors of a page's headings, as GitHub and npm make them. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("links", () => {
  it.each(pages)("of $name lead somewhere", ({ name }) => {
    for (const { target, anchor } of links.filter((link) => link.page === name)) {
      expect(existsSync(join(repository, target)), `${target} is there`).toBe(true);
      if (anchor !== "") expect(anchorsOf(pages.find((page) => page.name === target)?.text ?? ""), target).toContain(anchor);
    }
  });

  it("lead to every page, in steps, from the README, and of those who change the code from the page that it names", () => {
    // No link: the package does not hold it.
    const [readme] = pages.filter(({ name }) => name === "README.md");
    expect(readme?.text).toContain("`CONTRIBUTING.md`");
    const reached = new Set(["README.md", "CONTRIBUTING.md"]);
    for (const page of reached) for (const link of links) if (link.page === page) reached.add(link.target);
    expect(pages.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it("of what users read lead to files that the package holds", () => {
    const answer = execFileSync(process.execPath, [npmScript(), "pack", "--ignore-scripts", "--dry-run", "--json"], {
      cwd: repository,
      encoding: "utf8",
    });
    const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }];
    const shipped = new Set(files.map(({ path }) => path));
    const read = new Set(userPages().map(({ name }) => name));
    for (const name of read) expect(shipped).toContain(name);
    for (const { page, target } of links) if (read.has(page)) expect(shipped, `linked from ${page}`).toContain(target);
  });
});
