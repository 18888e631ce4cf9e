import { restApi } from "./api/rest";
import type { Token } from "./api/wire";

/** Role keeps the two halves of 一人两面 apart: both live in one tab's sessionStorage. */
export type Role = "customer" | "staff";

/** Handed is a demo sign-in on its way from the hall to a page. */
interface Handed {
  as: string;
  token: Token;
}

const key = (role: Role): string => `pingdui.handed.${role}`;

/** handOver signs a member of the cast in and leaves the token for the page that opens next. */
export async function handOver(role: Role, as: string): Promise<Token> {
  const token = await restApi("", () => null).signIn(as);
  sessionStorage.setItem(key(role), JSON.stringify({ as, token } satisfies Handed));
  return token;
}

/** handed is the token left for `as` (anyone, when empty); null when there is none or it is old. */
export function handed(role: Role, as: string): Handed | null {
  try {
    const value = JSON.parse(sessionStorage.getItem(key(role)) ?? "null") as Handed | null;
    if (!value || (as !== "" && value.as !== as)) return null;
    return Date.parse(value.token.expires_at) > Date.now() + 30_000 ? value : null;
  } catch {
    return null;
  }
}

/** demoToken is the token for a demo page: the one handed over, or a new sign-in. */
export async function demoToken(role: Role, as: string, renew: boolean): Promise<Token> {
  const known = renew ? null : handed(role, as);
  return known ? known.token : handOver(role, as);
}
