const PATHS = {
  home: "M2.5 7.5 8 2.5l5.5 5V13.500H9.500v-4h-3v4H2.500z",
  experiments:
    "M6 2.500h4M6.750 2.500v4L3 12.200a.9.9 0 0 0 .8 1.300h8.400a.9.9 0 0 0 .8-1.300L9.250 6.500v-4M4.800 10h6.400",
  models: "M8 2 13.500 5v6L8 14 2.500 11V5zM2.500 5 8 8l5.500-3M8 8v6",
  approvals: "M2.500 8.500 6 12l7.500-8",
  audit: "M3.500 2.500h9v11h-9zM6 5.500h4M6 8h4M6 10.500h2.500",
  settings: "M2.500 4.500h7M12 4.500h1.500M2.500 11.500H4M6.500 11.500h7M10.750 3v3M5.250 10v3",
  search: "M7 2.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM10.300 10.300l3.200 3.200",
  rail: "M2.500 3h11v10h-11zM6.500 3v10",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  close: "M4 4l8 8M12 4l-8 8",
  edit: "M10.500 3l2.500 2.500L6 12.500l-3 .5.5-3zM9 4.500 11.500 7",
  copy: "M5.500 5.500h8v8h-8zM3.500 10.500h-1v-8h8v1",
  check: "M3 8.500l3.500 3.500L13 4.500",
  left: "M10 3.500 5.500 8 10 12.500",
  right: "M6 3.500 10.500 8 6 12.500",
  down: "M3.500 6 8 10.500 12.500 6",
  up: "M3.500 10 8 5.500 12.500 10",
  warn: "M8 2.500 14 13H2zM8 6.500v3M8 11.300h.01",
  user: "M8 2.500a2.750 2.750 0 1 1 0 5.500 2.750 2.750 0 0 1 0-5.500zM2.500 13.500c.5-2.500 2.700-4 5.500-4s5 1.500 5.500 4",
  light:
    "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.500v1M8 13.500v1M1.500 8h1M13.500 8h1M3.400 3.400l.7.7M11.900 11.900l.7.7M3.400 12.600l.7-.7M11.900 4.100l.7-.7",
  dark: "M13 9.800A5.500 5.500 0 0 1 6.200 3a5.500 5.500 0 1 0 6.800 6.800z",
  keys: "M1.500 4h13v8h-13zM4 6.500h.01M6.500 6.500h.01M9 6.500h.01M11.500 6.500h.01M5 9.500h6",
  table: "M2.5 3h11v10h-11zM2.5 6.300h11M2.500 9.600h11M6.500 6.300V13",
  chart: "M2.500 2.500v11h11M4.800 10.500 7.500 7l2.300 2 3.400-4.500",
  expand: "M9.500 2.500h4v4M13.500 2.500 9.300 6.700M6.500 13.500h-4v-4M2.500 13.500l4.200-4.200",
  zoomOut: "M7 2.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM10.300 10.300l3.200 3.200M5 7h4",
  pin: "M5.500 2.500h5M6.500 2.500v4L4.500 9h7L9.500 6.500v-4M8 9v4.500",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
  bell: "M8 2a4 4 0 0 0-4 4c0 4-1.500 5-1.500 5h11S12 10 12 6a4 4 0 0 0-4-4zM6.800 13.500a1.300 1.300 0 0 0 2.400 0",
  folder: "M2.500 3.500h4L8 5h5.500v8h-11z",
  download: "M8 2.500v7.500M4.500 6.800 8 10.200l3.500-3.400M2.500 13.500h11",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a text that says the same; screen readers pass over it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
