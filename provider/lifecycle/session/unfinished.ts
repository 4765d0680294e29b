import type { ExportError } from "../../domain/errors/export-error";

/** What a create has begun is there and not finished: the state is kept so that the next up can go on and destroy can clean. */
export class Unfinished<State> extends Error {
  constructor(
    readonly state: State,
    readonly reason: ExportError,
  ) {
    super(reason.message, { cause: reason });
  }
}
