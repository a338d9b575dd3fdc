/** Copy a text; false where the browser does not let pages copy. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyAsTyped(text); // no clipboard over plain http, except on the machine itself
  }
}

function copyAsTyped(text: string): boolean {
  const from = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "hidden";
  // What lies outside of an open dialog cannot have the focus.
  (from?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (from instanceof HTMLElement) from.focus();
  return done;
}

/** Let a number that is shown in short be copied in full, when nothing else is selected. */
export function copyInFull(): void {
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    const within = (node: Node | null | undefined) => node?.parentElement?.closest(".brief[title]");
    const number = within(selection?.anchorNode);
    if (!number || number !== within(selection?.focusNode)) return;
    if (selection?.toString().trim() !== number.textContent) return; // a part of it
    event.clipboardData?.setData("text/plain", number.getAttribute("title") ?? "");
    event.preventDefault();
  });
}
