import { stories } from "../support/stories";
import { proveKills } from "./kill-tests";

proveKills(
  "creates, adoptions and replacements",
  stories.filter(({ name }) => !/^(repair|delete|destroy)/.test(name)),
);
