import type { ReactNode } from "react";

interface OutsideProps {
  address: string;
  /** What is shown in place of the address. */
  children?: ReactNode;
}

/** A link that somebody has written down; only what a browser opens as a page is one. */
export function Outside({ address, children = address }: OutsideProps) {
  if (!/^https?:\/\//i.test(address)) return <code>{children}</code>;
  return (
    <a href={address} rel="noreferrer" target="_blank">
      {children}
    </a>
  );
}
