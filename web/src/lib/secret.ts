/** A new secret for signing webhooks, as Standard Webhooks writes them: 32 random bytes. */
export function newSecret(): string {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...raw))}`;
}

const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // none that look alike
const LENGTH = 20;

/** A new password, of more than 100 bits. */
export function newPassword(): string {
  let found = "";
  while (found.length < LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // Those beyond a multiple of the letters would favour the first of them.
    if (byte < 256 - (256 % LETTERS.length)) found += LETTERS[byte % LETTERS.length];
  }
  return found;
}
