/** The day, week and month of a moment, as a person in a time zone would call them: equal for two moments of the same one. */
export interface Calendar {
  day(moment: Date): string;
  /** ISO 8601: weeks begin on Monday, and the days around New Year belong to the year of their Thursday. */
  week(moment: Date): string;
  month(moment: Date): string;
  year(moment: Date): string;
}

const DAY = 86_400_000;

/** @param timeZone a name of the IANA database, such as `Europe/Vienna`; a RangeError where it is none */
export function calendarOf(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, calendar: "gregory", year: "numeric", month: "2-digit", day: "2-digit" });

  /** Midnight in UTC of the day that it is in the time zone. */
  function dayOf(moment: Date): Date {
    const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
    return new Date(Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day)));
  }

  return {
    day: (moment) => dayOf(moment).toISOString().slice(0, 10),
    week: (moment) => {
      const day = dayOf(moment);
      const thursday = new Date(day.getTime() + (4 - (day.getUTCDay() || 7)) * DAY);
      const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
      return `${thursday.getUTCFullYear()}-W${1 + Math.floor((thursday.getTime() - newYear) / (7 * DAY))}`;
    },
    month: (moment) => dayOf(moment).toISOString().slice(0, 7),
    year: (moment) => dayOf(moment).toISOString().slice(0, 4),
  };
}

export function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** The zone of this computer. Where its setting is none that is known (`TZ=":/etc/localtime"`), Node.js tells none. */
export function timeZoneHere(): string {
  const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone !== undefined && isTimeZone(zone) ? zone : "UTC";
}
