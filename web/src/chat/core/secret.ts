import type { SecureField, SecureKey } from "../../api/wire";

/** typed is what a field keeps of what was typed or pasted: 6217 0000-… without its gaps. */
export function typed(field: SecureField, raw: string): string {
  const most = field.digits || field.digits_max;
  return most ? raw.replace(/\D/g, "").slice(0, most) : raw;
}

/** filled says whether a field holds as much as the bank wants of it. */
export function filled(field: SecureField, value: string): boolean {
  if (field.digits) return value.length === field.digits;
  return value.length >= (field.digits_min ?? 1);
}

/**
 * encryptAll encrypts each value to the bank core's key with RSA-OAEP (SHA-256) and
 * gives base64 by field name. It rejects where the page has no crypto.subtle (plain
 * http on another machine, very old WebViews): a secret is then not sent at all.
 */
export async function encryptAll(
  key: SecureKey,
  values: Record<string, string>,
  subtle: SubtleCrypto,
): Promise<Record<string, string>> {
  const spki = Uint8Array.from(atob(key.spki), (c) => c.charCodeAt(0));
  const rsa = await subtle.importKey("spki", spki, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  const sealed: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const box = new Uint8Array(
      await subtle.encrypt({ name: "RSA-OAEP" }, rsa, new TextEncoder().encode(value)),
    );
    let binary = "";
    for (const byte of box) binary += String.fromCharCode(byte);
    sealed[name] = btoa(binary);
  }
  return sealed;
}

/** subtleOf is the page's SubtleCrypto, or null where the browser withholds it. */
export function subtleOf(host: { crypto?: { subtle?: SubtleCrypto } }): SubtleCrypto | null {
  return host.crypto?.subtle ?? null;
}
