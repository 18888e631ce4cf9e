import { signedSender } from "../api/signed";
import type { components } from "../api/types.gen";

type Schemas = components["schemas"];

export type Wall = Schemas["Wall"];
export type WallQueue = Schemas["WallQueue"];
export type WallAlarm = Schemas["WallAlarm"];
export type WallAgent = Schemas["WallAgent"];
export type WallCase = Schemas["WallCase"];
export type AnswerRate = Schemas["AnswerRate"];
export type Rule = Pick<Schemas["AlarmRule"], "kind" | "queue" | "enabled" | "threshold">;

/** View is which part of the lists the page shows. */
export interface View {
  presence: string;
  skill: string;
  agent: string;
  after: string;
  queue: string;
  live_skip: number;
}

/** supervisorApi makes the calls; `token` is asked at each and signs in anew with renew. */
export function supervisorApi(token: (renew: boolean) => Promise<string>) {
  const send = signedSender("/api/v1/supervisor", token);
  return {
    /** ticket opens one socket of the desk. */
    ticket: async (): Promise<string> => {
      const answer = await signedSender("/api/v1", token)("POST", "/tickets", {});
      return ((await answer.json()) as { ticket: string }).ticket;
    },
    wall: async (view: View): Promise<Wall> => {
      const all = new URLSearchParams();
      for (const [key, value] of Object.entries(view))
        if (value !== "" && value !== 0) all.set(key, `${value}`);
      return (await (await send("GET", `/wall?${all}`)).json()) as Wall;
    },
    seen: async (alarm: string): Promise<void> => {
      await send("POST", `/alarms/${encodeURIComponent(alarm)}/seen`);
    },
    rule: async (rule: Rule): Promise<void> => {
      await send("PUT", "/rules", rule);
    },
  };
}

/** SupervisorApi is this page's half of the protocol. */
export type SupervisorApi = ReturnType<typeof supervisorApi>;
