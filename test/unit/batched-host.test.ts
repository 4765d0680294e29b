import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer, DirectoryReport, DirectoryRequest, Host, JobPath } from "../../provider/host/port";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";

/** A host that answers when it is told to, and what it was asked. */
class SlowHost {
  readonly asked: string[][] = [];
  private readonly answering: (() => void)[] = [];

  async readDirectories(requests: readonly DirectoryRequest[]): Promise<Answer<DirectoryReport>[]> {
    await this.out(requests.map(({ directory }) => directory));
    return requests.map(() => ({ ok: true, value: { kind: "absent" } }));
  }

  async terminateJobs(paths: readonly JobPath[]): Promise<Answer<void>[]> {
    await this.out(paths);
    return paths.map(() => ({ ok: true, value: undefined }));
  }

  answerNext(): void {
    this.answering.shift()?.();
  }

  private out(items: readonly string[]): Promise<void> {
    this.asked.push([...items]);
    return new Promise((resolve) => this.answering.push(resolve));
  }
}

const look = (directory: string) => ({ directory, texts: [], list: false });
const moment = (milliseconds = 20) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what several resources ask a host", () => {
  const open = () => {
    const slow = new SlowHost();
    return { slow, host: new BatchedHost(slow as unknown as Host, 1) };
  };

  it("travels in one call if it comes within a moment, and otherwise while a call is out", async () => {
    const { slow, host } = open();
    const first = [host.readDirectory(look("a")), host.readDirectory(look("b"))];
    await moment();
    const second = [host.readDirectory(look("c"))];
    await moment();
    second.push(host.readDirectory(look("d")));
    await moment();
    expect(slow.asked).toEqual([["a", "b"]]);
    slow.answerNext();
    await Promise.all(first);
    await moment();
    expect(slow.asked).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    slow.answerNext();
    await Promise.all(second);
  });

  it("waits for no call that is out for long, and for none of another verb", async () => {
    const { slow, host } = open();
    const all: Promise<unknown>[] = [host.readDirectory(look("a"))];
    await moment();
    all.push(host.terminateJob("job"));
    await moment();
    expect(slow.asked).toEqual([["a"], ["job"]]);
    all.push(host.readDirectory(look("b")));
    await moment(200);
    expect(slow.asked).toHaveLength(2);
    await moment(100);
    expect(slow.asked).toEqual([["a"], ["job"], ["b"]]);
    for (const _ of slow.asked) slow.answerNext();
    await Promise.all(all);
  });

  it("is sent once where it is the same look, and each time where it changes something", async () => {
    const { slow, host } = open();
    const looks = ["a", "b", "a"].map((directory) => host.readDirectory(look(directory)));
    const ends = ["job", "job"].map((path) => host.terminateJob(path));
    await moment();
    expect(slow.asked).toEqual([
      ["a", "b"],
      ["job", "job"],
    ]);
    for (const _ of slow.asked) slow.answerNext();
    expect(await Promise.all(looks)).toEqual(looks.map(() => ({ kind: "absent" })));
    await Promise.all(ends);
  });
});
