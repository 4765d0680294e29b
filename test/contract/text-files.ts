import { expect, it } from "vitest";
import { value } from "./answers";
import type { FileTrial } from "./file-trial";

export function textFiles(trial: () => FileTrial): void {
  it("are created once under contention, whole", async () => {
    const target = await trial().place();
    const { host, stage } = trial();
    const sessions = [host, stage.another(), host, stage.another()];
    const texts = sessions.map((_, index) => `${index}`.repeat(100_000));
    const answers = await Promise.all(
      sessions.map((one, index) => one.createTextFiles([{ ...target, path: "claim", text: texts[index] ?? "" }])),
    );
    const outcomes = answers.map(([answer]) => value(answer));
    expect(outcomes.filter((one) => one === "created")).toHaveLength(1);
    expect(await trial().text(trial().at(target.directory, "claim"))).toBe(texts[outcomes.indexOf("created")]);
    expect(await trial().files.list(target.directory)).toEqual(["claim"]);
  });

  it("are replaced so that a reader never sees a part", async () => {
    const target = await trial().place();
    const { host } = trial();
    await host.replaceTextFiles([{ ...target, path: "state", text: "first" }]);
    const seen = new Set<string>();
    let reading = true;
    const reader = (async () => {
      while (reading) seen.add(await trial().text(trial().at(target.directory, "state")));
    })();
    const texts = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(50_000));
    for (const text of texts) value((await host.replaceTextFiles([{ ...target, path: "state", text }]))[0]);
    reading = false;
    await reader;
    expect(seen.size).toBeGreaterThan(0);
    for (const text of seen) expect(["first", ...texts].includes(text)).toBe(true);
    expect(await trial().files.list(target.directory)).toEqual(["state"]);
  });
}
