import { afterEach, expect, it } from "vitest";
import { isTimeZone, timeZoneHere } from "../../../provider/domain/export-chain/retention/calendar";

const before = process.env.TZ;
afterEach(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

it.each(["Europe/Vienna", ":/etc/localtime", "Nowhere/At_All"])("the zone of this computer is one that is known, with TZ=%s", (zone) => {
  process.env.TZ = zone;
  expect(isTimeZone(timeZoneHere())).toBe(true);
});
