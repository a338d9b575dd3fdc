import { Switch } from "./Segments";

const AXES = ["y", "x"] as const;
const NAMES = { x: "Log x", y: "Log y" };

/** Which axes are logarithmic, as an address has it. */
export type LogAxes = "x" | "y" | "xy";

interface LogSwitchesProps {
  value: LogAxes | undefined;
  onChange: (value: LogAxes | undefined) => void;
}

/** A switch for each axis of a drawing: whether it is logarithmic. */
export function LogSwitches({ value = "" as LogAxes, onChange }: LogSwitchesProps) {
  const set = (axis: "x" | "y", on: boolean) => {
    const axes = (["x", "y"] as const).filter((a) => (a === axis ? on : value.includes(a)));
    onChange((axes.join("") || undefined) as LogAxes | undefined);
  };
  return AXES.map((axis) => (
    <Switch key={axis} on={value.includes(axis)} onChange={(on) => set(axis, on)}>
      {NAMES[axis]}
    </Switch>
  ));
}
