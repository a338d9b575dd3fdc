const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });
const absolute = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "long",
});

/** Say how long ago, or in how long, a moment is. */
export function ago(time: number, now: number): string {
  const away = time - now;
  for (const [unit, length] of UNITS) {
    if (Math.abs(away) >= length) return relative.format(Math.trunc(away / length), unit);
  }
  return Math.abs(away) < 10_000 ? "just now" : relative.format(Math.trunc(away / 1000), "second");
}

/** Write a moment with its time zone. */
export function exact(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : absolute.format(date);
}

/** Write a length of time, in its two largest units. */
export function duration(milliseconds: number): string {
  if (milliseconds < 0) return "–";
  if (milliseconds === 0) return "0 s";
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${(milliseconds / 1000).toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const formats = {
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
  minute: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
  second: new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }),
};

/** Write a moment as finely as steps of a length need it, with its day or without. */
export function clock(time: number, step: number, withDay: boolean): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  if (step >= 86_400_000) return formats.day.format(date);
  const text = (step >= 60_000 ? formats.minute : formats.second).format(date);
  const part = step < 1000 ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
  return withDay ? `${formats.day.format(date)} ${part}` : part;
}
