/** Return what takes things, and hands on together those of one moment. */
export function gather<Thing>(send: (things: Thing[]) => void): (thing: Thing) => void {
  let things: Thing[] = [];
  return (thing) => {
    if (things.length === 0)
      setTimeout(() => {
        const all = things;
        things = [];
        send(all);
      });
    things.push(thing);
  };
}
