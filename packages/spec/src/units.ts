/** Texts with units. Each parser answers undefined for what is not one, and never throws. */

const msOf = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export const durationPattern = "^\\d+(\\.\\d+)?(ms|s|m|h|d)$";

/** Milliseconds of "300ms", "5s", "15m", "2h", "1d". */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  return match ? whole(Number(match[1]) * msOf[match[2] as keyof typeof msOf]) : undefined;
}

const bytesOf = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
export const sizePattern = "^\\d+(\\.\\d+)?(Ki|Mi|Gi|Ti)$";

/** Bytes of "512Mi", "2Gi". */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti)$/.exec(text);
  return match ? whole(Number(match[1]) * bytesOf[match[2] as keyof typeof bytesOf]) : undefined;
}

export const percentagePattern = "^\\d+(\\.\\d+)?%$";

/** 0.05 of "5%". */
export function parsePercentage(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  // Through the digits, so that 5% is 0.05 and not a neighbour of it.
  return match ? Number(`${match[1]}e-2`) : undefined;
}

const countOf = { "": 1, k: 1e3, M: 1e6, G: 1e9 } as const;
export const countPattern = "^\\d+(\\.\\d+)?[kMG]?$";

/** 1,000,000 of "1M"; a number is itself. */
export function parseCount(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kMG]?)$/.exec(String(value));
  return match ? whole(Number(match[1]) * countOf[match[2] as keyof typeof countOf]) : undefined;
}

function whole(value: number): number | undefined {
  return Number.isSafeInteger(Math.round(value)) ? Math.round(value) : undefined;
}

const durationWords: Readonly<Record<string, string>> = {
  millisecond: "ms",
  milliseconds: "ms",
  msec: "ms",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  min: "m",
  mins: "m",
  minute: "m",
  minutes: "m",
  hr: "h",
  hrs: "h",
  hour: "h",
  hours: "h",
  day: "d",
  days: "d",
};

/** "5s" for 5, "5 sec" and "5 Seconds". */
export function likelyDuration(written: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(written);
  if (!match) return undefined;
  const unit = match[2]!.toLowerCase();
  return sound(`${match[1]}${unit === "" ? "s" : (durationWords[unit] ?? unit)}`, parseDuration);
}

/** "2Gi" for "2GB", "2 gb" and "2G". */
export function likelySize(written: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt])i?b?\s*$/i.exec(written);
  return match ? sound(`${match[1]}${match[2]!.toUpperCase()}i`, parseSize) : undefined;
}

/** "5%" for 5 and "5 %", and for 0.05. */
export function likelyPercentage(written: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(written);
  if (!match) return undefined;
  const value = Number(match[1]);
  return sound(`${value > 0 && value < 1 && !written.includes("%") ? Number(`${value}e2`) : value}%`, parsePercentage);
}

function sound(text: string, parse: (text: string) => number | undefined): string | undefined {
  return parse(text) === undefined ? undefined : text;
}
