import {
  CheckboxItem,
  Content,
  Item,
  Label,
  Portal,
  RadioGroup,
  RadioItem,
  Root,
  Separator,
  Trigger,
} from "@radix-ui/react-dropdown-menu";
import type { ReactElement, ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Menu.module.css";

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: "start" | "end";
  /** Whether it is open, where the button decides that. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** A menu below a button. */
export function Menu({ trigger, align = "end", children, ...state }: MenuProps) {
  // Not modal: the library would lock scrolling with an inline style sheet, which the CSP forbids.
  return (
    <Root modal={false} {...state}>
      <Trigger asChild>{trigger}</Trigger>
      <Portal>
        <Content className={styles.menu} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Content>
      </Portal>
    </Root>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  danger?: boolean;
  /** Why it cannot be chosen; it is disabled then. */
  why?: string | undefined;
  children: ReactNode;
}

export function MenuItem({ onSelect, danger, why, children }: MenuItemProps) {
  return (
    <Item
      className={`${styles.item} ${danger ? styles.danger : ""}`}
      disabled={Boolean(why)}
      onSelect={onSelect}
    >
      <span>
        {children}
        {why && <span className={styles.why}>{why}</span>}
      </span>
    </Item>
  );
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: readonly (readonly [T, string])[];
  onChoose: (value: T) => void;
}

/** Items of which one is chosen. */
export function MenuChoice<T extends string>({
  label,
  value,
  choices,
  onChoose,
}: MenuChoiceProps<T>) {
  return (
    <RadioGroup value={value} onValueChange={(chosen) => onChoose(chosen as T)}>
      <Label className={styles.label}>{label}</Label>
      {choices.map(([key, text]) => (
        <RadioItem key={key} value={key} className={styles.item}>
          <span className={styles.mark}>{key === value && <Icon name="check" />}</span>
          {text}
        </RadioItem>
      ))}
    </RadioGroup>
  );
}

interface MenuChecksProps<T extends string> {
  label: string;
  chosen: readonly T[];
  choices: readonly (readonly [T, string])[];
  /** Told all that are chosen, in the order of the choices. */
  onChoose: (chosen: readonly T[]) => void;
}

/** Items of which any are chosen; the menu stays open meanwhile. */
export function MenuChecks<T extends string>(props: MenuChecksProps<T>) {
  const { label, chosen, choices, onChoose } = props;
  const turn = (key: T) =>
    choices.map(([one]) => one).filter((one) => chosen.includes(one) !== (one === key));
  return (
    <>
      <Label className={styles.label}>{label}</Label>
      {choices.map(([key, text]) => (
        <CheckboxItem
          key={key}
          checked={chosen.includes(key)}
          className={styles.item}
          onCheckedChange={() => onChoose(turn(key))}
          onSelect={(event) => event.preventDefault()}
        >
          <span className={styles.mark}>{chosen.includes(key) && <Icon name="check" />}</span>
          {text}
        </CheckboxItem>
      ))}
    </>
  );
}

export function MenuLine() {
  return <Separator className={styles.line} />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Label className={styles.label}>{children}</Label>;
}
