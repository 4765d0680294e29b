import { stories } from "../support/stories";
import { proveKills } from "./kill-tests";

proveKills(
  "repairs and deletes",
  stories.filter(({ name }) => /^(repair|delete|destroy)/.test(name)),
);
