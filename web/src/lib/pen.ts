/** How something is drawn; colours as CSS has them. */
export interface Ink {
  readonly stroke?: string;
  readonly fill?: string;
  readonly width?: number;
  readonly alpha?: number;
  readonly dash?: readonly number[] | undefined;
}

export interface Letters {
  readonly fill: string;
  readonly size?: number;
  readonly align?: "left" | "center" | "right";
  readonly bold?: boolean;
  /** In quarter turns against the clock. */
  readonly turned?: boolean;
}

/** What draws, on the screen or into a file; a path is x, y, x, y …, and NaN lifts the pen. */
export interface Pen {
  path: (points: ArrayLike<number>, ink: Ink, closed?: boolean) => void;
  rect: (x: number, y: number, width: number, height: number, ink: Ink) => void;
  circle: (x: number, y: number, radius: number, ink: Ink) => void;
  text: (text: string, x: number, y: number, letters: Letters) => void;
}

/** A pen for a canvas whose context is scaled to CSS pixels. */
export function canvasPen(brush: CanvasRenderingContext2D, font: string): Pen {
  const finish = ({ stroke, fill, width = 1, alpha = 1, dash = [] }: Ink) => {
    brush.globalAlpha = alpha;
    if (fill) {
      brush.fillStyle = fill;
      brush.fill();
    }
    if (stroke) {
      brush.strokeStyle = stroke;
      brush.lineWidth = width;
      brush.setLineDash(dash as number[]);
      brush.stroke();
    }
    brush.globalAlpha = 1;
  };
  return {
    path(points, ink, closed = false) {
      brush.beginPath();
      let down = false;
      for (let i = 0; i < points.length; i += 2) {
        const [x, y] = [points[i] as number, points[i + 1] as number];
        if (Number.isNaN(x) || Number.isNaN(y)) down = false;
        else if (down) brush.lineTo(x, y);
        else {
          brush.moveTo(x, y);
          down = true;
        }
      }
      if (closed) brush.closePath();
      finish(ink);
    },
    rect(x, y, width, height, ink) {
      brush.beginPath();
      brush.rect(x, y, width, height);
      finish(ink);
    },
    circle(x, y, radius, ink) {
      brush.beginPath();
      brush.arc(x, y, radius, 0, 2 * Math.PI);
      finish(ink);
    },
    text(text, x, y, { fill, size = 11, align = "left", bold = false, turned = false }) {
      brush.save();
      brush.font = `${bold ? "600 " : ""}${size}px ${font}`;
      brush.fillStyle = fill;
      brush.textAlign = align;
      brush.textBaseline = "middle";
      brush.translate(x, y);
      if (turned) brush.rotate(-Math.PI / 2);
      brush.fillText(text, 0, 0);
      brush.restore();
    },
  };
}

/** The name of the language, not an address: nothing is asked there. */
export const SVG = ["http:", "", "www.w3.org", "2000", "svg"].join("/");
const ANCHORS = { left: "start", center: "middle", right: "end" } as const;

/** A pen that writes SVG. */
export class SvgPen implements Pen {
  readonly #parts: string[] = [];

  constructor(
    readonly width: number,
    readonly height: number,
    readonly background: string,
    readonly font: string,
  ) {}

  path(points: ArrayLike<number>, ink: Ink, closed = false): void {
    let d = "";
    let down = false;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i] as number, points[i + 1] as number];
      if (Number.isNaN(x) || Number.isNaN(y)) down = false;
      else {
        d += `${down ? "L" : "M"}${round(x)} ${round(y)}`;
        down = true;
      }
    }
    if (d) this.#parts.push(`<path d="${d}${closed ? "Z" : ""}" ${inked(ink)}/>`);
  }

  rect(x: number, y: number, width: number, height: number, ink: Ink): void {
    const size = `width="${round(width)}" height="${round(height)}"`;
    this.#parts.push(`<rect x="${round(x)}" y="${round(y)}" ${size} ${inked(ink)}/>`);
  }

  circle(x: number, y: number, radius: number, ink: Ink): void {
    this.#parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" ${inked(ink)}/>`);
  }

  text(text: string, x: number, y: number, letters: Letters): void {
    const { fill, size = 11, align = "left", bold = false, turned = false } = letters;
    const place = turned
      ? `transform="translate(${round(x)} ${round(y)}) rotate(-90)"`
      : `x="${round(x)}" y="${round(y)}"`;
    const look = `fill="${escaped(fill)}" font-size="${size}" text-anchor="${ANCHORS[align]}"`;
    const weight = bold ? ' font-weight="600"' : "";
    const rest = `dominant-baseline="central"${weight}`;
    this.#parts.push(`<text ${place} ${look} ${rest}>${escaped(text)}</text>`);
  }

  /** What was drawn, as a file. */
  toString(): string {
    const { width, height, background, font } = this;
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    return [
      `<svg xmlns="${SVG}" ${size} font-family="${escaped(font)}">`,
      `<rect width="100%" height="100%" fill="${escaped(background)}"/>`,
      ...this.#parts,
      "</svg>\n",
    ].join("\n");
  }
}

function inked({ stroke, fill, width = 1, alpha = 1, dash }: Ink): string {
  const parts = [`fill="${escaped(fill ?? "none")}"`];
  if (stroke) parts.push(`stroke="${escaped(stroke)}" stroke-width="${width}"`);
  if (alpha < 1) parts.push(`opacity="${alpha}"`);
  if (dash?.length) parts.push(`stroke-dasharray="${dash.join(" ")}"`);
  return parts.join(" ");
}

const round = (at: number) => Math.round(at * 100) / 100;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[^\t\n\r\x20-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
