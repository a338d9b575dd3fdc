import type { Float } from "../api/schema.gen";

/** A value as the wire has it, as a number. */
export function toNumber(value: Float): number {
  return typeof value === "number" ? value : Number(value);
}

/** Write a number with at most four significant digits; whole numbers in full. */
export function short(value: Float): string {
  const number = toNumber(value);
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e15) return grouped(number);
  if (size >= 1e6 || size < 1e-4) return signed(number.toExponential(3).replace(/\.?0+e/, "e"));
  return signed(String(Number(number.toPrecision(4))));
}

/** A text that is a number with many digits, with four of them; any other as it is. */
export function shortText(text: string): string {
  return /^-?\d*\.\d{5,}(e[+-]?\d+)?$/i.test(text) ? short(Number(text)) : text;
}

/** Write a number as it stands at an axis, where there is little room. */
export function tick(number: number): string {
  const whole = Number.isInteger(number) && Math.abs(number) >= 1e6;
  return whole ? signed(number.toExponential()) : short(number);
}

/** Write a whole number with thin spaces between its thousands. */
export function grouped(number: number): string {
  return signed(String(number).replace(/\B(?=(\d{3})+$)/g, "\u2009"));
}

function signed(text: string): string {
  return text.replace(/^-/, "−").replace("e-", "e−").replace("e+", "e");
}

/** Write a number of bytes. */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let left = size;
  let unit = 0;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${unit ? left.toPrecision(3) : left} ${units[unit]}`;
}

/** Write how many there are of something. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}
