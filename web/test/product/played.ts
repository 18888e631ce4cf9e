// What every file here begins with: a program and a browser for the whole file,
// and what a customer and a spectator do on any page.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type Program, startBrowser, startProgram } from "./program.ts";

const SHOTS = process.env.PINGDUI_SHOTS ?? "";

/** Played is a running program with a browser, there from the first test of the file on. */
export interface Played {
  program: Program;
  browser: Browser;
}

/** play starts a program and a browser for this file and ends both after it. */
export function play(open: () => Promise<Browser> = startBrowser): Played {
  const played = {} as Played;
  beforeAll(async () => {
    [played.program, played.browser] = await Promise.all([startProgram(), open()]);
  });
  afterAll(async () => {
    await played.browser?.close();
    await played.program?.stop();
  });
  return played;
}

/** shot keeps a picture of the page where PINGDUI_SHOTS names a folder. */
export async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === "") return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** say types a message and sends it. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox").last().fill(text);
  await page
    .getByRole("button", { name: /^(发送|Send)$/ })
    .last()
    .click();
}

/** codeFromTray is the code that the demo's tray shows for the open secure box; field: of which kind. */
export async function codeFromTray(program: Program, field?: string): Promise<string> {
  const as = await fetch(`${program.url}/api/v1/demo/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: "anonymous" }),
  });
  const { token } = (await as.json()) as { token: string };
  const stop = new AbortController();
  const answer = await fetch(`${program.url}/api/v1/demo/tray`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  let text = "";
  let code = "";
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part);
    for (const match of text.matchAll(/^data: (.*)$/gm)) {
      const event = JSON.parse(match[1] ?? "{}") as { code?: string; field?: string };
      if (event.code !== undefined && (field === undefined || event.field === field)) code = event.code;
    }
    if (code !== "") break;
  }
  stop.abort();
  return code;
}
