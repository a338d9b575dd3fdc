import { Content, Portal, Provider, Root, Trigger } from "@radix-ui/react-tooltip";
import type { ReactElement } from "react";
import styles from "./Tooltip.module.css";

/** Says more about a thing that is pointed at or focused; not the only place that says it. */
export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Provider delayDuration={300}>
      <Root>
        <Trigger asChild>{children}</Trigger>
        <Portal>
          <Content className={styles.tip} sideOffset={4} collisionPadding={8}>
            {text}
          </Content>
        </Portal>
      </Root>
    </Provider>
  );
}
