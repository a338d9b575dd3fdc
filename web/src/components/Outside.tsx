/** A link that somebody has written down; only what a browser opens as a page is one. */
export function Outside({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return <code>{address}</code>;
  return (
    <a href={address} rel="noreferrer" target="_blank">
      {address}
    </a>
  );
}
