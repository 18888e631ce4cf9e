import {
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Refusal, restApi } from "../api/rest";
import type { Cast, Person, Token } from "../api/wire";
import { demoToken, handed } from "../demo";
import { type ConsoleApi, consoleApi } from "./api";
import { type Locale, type Words, words } from "./i18n";

/** ROLES are the roles that may work in the console. */
export const ROLES = ["editor", "approver", "admin"] as const;

/** mayEnter tells whether somebody with these roles has business here. */
export function mayEnter(roles: readonly string[]): boolean {
  return ROLES.some((role) => roles.includes(role));
}

/** Session is who works here, in which language, and the calls they may make. */
export interface Session {
  me: Token;
  /** as is the person's id in the cast, such as E01. */
  as: string;
  cast: Cast;
  api: ConsoleApi;
  /** token is the person's own; renew signs in anew. */
  token(renew: boolean): Promise<Token>;
  locale: Locale;
  w: Words;
  setLocale(locale: Locale): void;
  switchTo(as: string): Promise<void>;
  /** has tells whether the person has one of the roles. */
  has(...roles: string[]): boolean;
  /** nameOf writes a subject (s:E01), a program or a node for people. */
  nameOf(subject: string | undefined): string;
  /** dirty is true while something on the page is not saved. */
  dirty: RefObject<boolean>;
}

const SessionContext = createContext<Session | null>(null);

/** SessionProvider hands a session down. */
export const SessionProvider = SessionContext.Provider;

/** useSession is the session of who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession stands outside a SessionProvider");
  return session;
}

/** SignIn is how far the sign-in has come. */
export type SignIn =
  | { kind: "loading" }
  | { kind: "choose"; cast: Cast | null; failed: string; refused: string }
  | { kind: "in"; session: Session };

interface Signed {
  as: string;
  token: Token;
}

const LOCALE = "pingdui.console.locale";

function keptLocale(): Locale {
  return localStorage.getItem(LOCALE) === "en" ? "en" : "zh";
}

/** consolePeople are the members of the cast who work in the console. */
export function consolePeople(cast: Cast | null): Person[] {
  return (cast?.staff ?? []).filter((person) => mayEnter([person.role]));
}

/** useSignIn signs in whoever ?as= names, or who came over from the hall, or asks. */
export function useSignIn(): {
  state: SignIn;
  enter(as: string): Promise<void>;
  locale: Locale;
  setLocale(l: Locale): void;
} {
  const [locale, setLocaleState] = useState<Locale>(keptLocale);
  const [cast, setCast] = useState<Cast | null>(null);
  const [signed, setSigned] = useState<Signed | null>(null);
  const [failed, setFailed] = useState("");
  const [ready, setReady] = useState(false);
  const dirty = useRef(false);

  const setLocale = (next: Locale): void => {
    localStorage.setItem(LOCALE, next);
    document.documentElement.lang = next === "en" ? "en" : "zh-CN";
    setLocaleState(next);
  };

  async function enter(as: string): Promise<void> {
    setFailed("");
    try {
      const token = await demoToken("staff", as, false);
      dirty.current = false;
      setSigned({ as, token });
    } catch (error) {
      setFailed(error instanceof Refusal ? error.message : String(error));
    }
  }

  useEffect(() => {
    let gone = false;
    async function start(): Promise<void> {
      const url = new URL(location.href);
      const as = url.searchParams.get("as") ?? "";
      const people = restApi("", () => null)
        .cast()
        .then((value) => {
          if (!gone) setCast(value);
        })
        .catch((error: unknown) => {
          if (!gone) setFailed(error instanceof Refusal ? error.message : String(error));
        });
      const known = handed("staff", as);
      try {
        const token = known ? known.token : as === "" ? null : await demoToken("staff", as, false);
        if (!gone && token) setSigned({ as: known?.as ?? as, token });
      } catch (error) {
        if (!gone) setFailed(error instanceof Refusal ? error.message : String(error));
      }
      await people;
      if (!gone) setReady(true);
      if (as !== "") {
        url.searchParams.delete("as");
        history.replaceState(history.state, "", url);
      }
    }
    void start();
    return () => {
      gone = true;
    };
  }, []);

  const line = useMemo(() => {
    if (!signed) return null;
    let held = signed.token;
    const token = async (renew: boolean): Promise<Token> => {
      if (renew) held = await demoToken("staff", signed.as, true);
      return held;
    };
    return { token, api: consoleApi(async (renew) => (await token(renew)).token) };
  }, [signed]);

  const state = ((): SignIn => {
    if (!ready) return { kind: "loading" };
    if (!signed || !line || !mayEnter(signed.token.roles)) {
      const refused = signed && !mayEnter(signed.token.roles) ? signed.token.name : "";
      return { kind: "choose", cast, failed, refused };
    }
    const everyone = cast ?? { customers: [], staff: [] };
    const w = words(locale);
    const nameOf = (subject: string | undefined): string => {
      if (!subject) return w.someone;
      if (subject === "shipped") return w.shipped;
      const id = subject.replace(/^[a-z]:/, "");
      const person = everyone.staff.find((p) => p.id === id) ?? everyone.customers.find((p) => p.id === id);
      if (person) return locale === "en" ? person.name_en || person.name : person.name;
      return subject === signed.token.subject ? signed.token.name : subject;
    };
    return {
      kind: "in",
      session: {
        me: signed.token,
        as: signed.as,
        cast: everyone,
        api: line.api,
        token: line.token,
        locale,
        w,
        setLocale,
        switchTo: enter,
        has: (...roles) => roles.some((role) => signed.token.roles.includes(role)),
        nameOf,
        dirty,
      },
    };
  })();
  return { state, enter, locale, setLocale };
}

/** Child is what a provider wraps. */
export interface Child {
  children: ReactNode;
}
