import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { expect, it } from "vitest";
import { chainPictures } from "../../tools/documentation/chain-picture.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

const pictures = Object.entries(chainPictures());

it.each(pictures)("docs/pictures/%s is drawn by the rules of this version (npm run documentation draws it)", (name, svg) => {
  expect(readFileSync(join(repository, "docs", "pictures", name), "utf8")).toBe(svg);
});

it.each(pictures)("%s is well-formed, and says in words what it shows", (_name, svg) => {
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on("text", (text) => texts.push(text));
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(svg).close();
  expect(texts.join(" ")).toMatch(/After 124 nights: \d+ generations stay, \d+ are gone/);
});
