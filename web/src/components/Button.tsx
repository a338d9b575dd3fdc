import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "plain" | "quiet" | "danger";
  icon?: IconName;
  /** Why it cannot be pressed; it is disabled then, and says so to who points at it. */
  why?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  kind = "plain",
  icon,
  why,
  children,
  className = "",
  disabled,
  title,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`${styles.button} ${styles[kind]} ${className}`}
      disabled={disabled || Boolean(why)}
      title={why ?? title}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "children" | "why"> {
  icon: IconName;
  /** What it does; read aloud, and shown to who points at it. */
  label: string;
}

export function IconButton({
  icon,
  label,
  kind = "quiet",
  className = "",
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${styles.button} ${styles.icon} ${styles[kind]} ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
