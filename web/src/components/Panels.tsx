import { Content, List, Root, Trigger } from "@radix-ui/react-tabs";
import type { ReactNode } from "react";
import styles from "./Panels.module.css";

interface PanelsProps {
  label: string;
  panels: readonly { readonly name: string; readonly content: ReactNode }[];
}

/** Alternatives of one small thing, such as a snippet in several languages; pages use Tabs. */
export function Panels({ label, panels }: PanelsProps) {
  return (
    <Root defaultValue={panels[0]?.name ?? ""}>
      <List aria-label={label} className={styles.list}>
        {panels.map((panel) => (
          <Trigger key={panel.name} value={panel.name} className={styles.trigger}>
            {panel.name}
          </Trigger>
        ))}
      </List>
      {panels.map((panel) => (
        <Content key={panel.name} value={panel.name}>
          {panel.content}
        </Content>
      ))}
    </Root>
  );
}
