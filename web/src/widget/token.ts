import { restApi } from "../api/rest";
import type { Token } from "../api/wire";

const KEY = "pingdui.visitor";

/**
 * anonymousToken is the token of this device's anonymous visitor. It is kept, because a
 * killed page must find its conversation again; it stands for nobody's account.
 */
export async function anonymousToken(server: string, renew: boolean): Promise<Token> {
  const known = renew ? null : read();
  if (known && Date.parse(known.expires_at) > Date.now() + 60_000) return known;
  const token = await restApi(server, () => null).device();
  try {
    localStorage.setItem(KEY, JSON.stringify(token));
  } catch {
    // Without storage the visitor is new with every page.
  }
  return token;
}

function read(): Token | null {
  try {
    const text = localStorage.getItem(KEY);
    return text ? (JSON.parse(text) as Token) : null;
  } catch {
    return null;
  }
}
