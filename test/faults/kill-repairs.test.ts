import { proveKills } from "./kill-tests";
import { stories } from "./stories";

proveKills(
  "repairs and deletes",
  stories.filter(({ name }) => /^(repair|delete|destroy)/.test(name)),
);
