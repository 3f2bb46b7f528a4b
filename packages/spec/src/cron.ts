const names = {
  month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
} as const;

const fields = [
  { name: "minute", low: 0, high: 59, words: [] },
  { name: "hour", low: 0, high: 23, words: [] },
  { name: "day of the month", low: 1, high: 31, words: [] },
  { name: "month", low: 1, high: 12, words: names.month },
  { name: "day of the week", low: 0, high: 7, words: names.weekday },
] as const;

/**
 * What is wrong with a cron expression of five fields (POSIX crontab, with lists, ranges, steps and names), or undefined.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html
 */
export function cronMistake(text: string): string | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5 || text.length > 200) {
    return `it should have 5 fields (minute, hour, day, month, weekday) and has ${text.trim() === "" ? 0 : parts.length}`;
  }
  for (const [i, field] of fields.entries()) {
    for (const item of parts[i]!.split(",")) {
      const mistake = itemMistake(item, field);
      if (mistake !== undefined) return mistake;
    }
  }
  return undefined;
}

function itemMistake(item: string, field: (typeof fields)[number]): string | undefined {
  const [range, step, ...more] = item.split("/");
  if (more.length > 0 || (step !== undefined && !(/^\d{1,3}$/.test(step) && Number(step) >= 1))) {
    return `the step of the ${field.name} should be a number above 0`;
  }
  if (range === "*") return undefined;
  const ends = range!.split("-").map((end) => numberOf(end, field));
  const [from, to] = ends;
  if (ends.length > 2 || from === undefined || (ends.length === 2 && to === undefined)) {
    return `the ${field.name} should be *, or numbers from ${field.low} to ${field.high} with commas and hyphens`;
  }
  return to !== undefined && to < from ? `the range of the ${field.name} runs backwards` : undefined;
}

function numberOf(text: string, field: (typeof fields)[number]): number | undefined {
  const word = (field.words as readonly string[]).indexOf(text.toLowerCase());
  if (word >= 0) return word + field.low;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.low && value <= field.high ? value : undefined;
}
