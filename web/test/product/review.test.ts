// The flagship of remote review on the real program: an elder whose face check
// fails gets a new PIN. The agent is rung, meets her, reads and she answers, ticks
// the check list (a missing item keeps the approval shut), approves; the flow goes
// on to the read-back, the secure box and the receipt.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Program, startBrowser, startProgram } from "./program.ts";

const SHOTS = process.env.PINGDUI_SHOTS ?? "";
let program: Program;
let browser: Browser;

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === "") return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `review-${name}.png`) });
}

/** code is the SMS code that the demo's tray shows for the open secure box. */
async function code(): Promise<string> {
  const signed = await fetch(`${program.url}/api/v1/demo/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: "anonymous" }),
  });
  const { token } = (await signed.json()) as { token: string };
  const stop = new AbortController();
  const answer = await fetch(`${program.url}/api/v1/demo/tray`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  let text = "";
  let found = "";
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part);
    found = /"code":"(\d{6})"/.exec(text)?.[1] ?? "";
    if (found !== "") break;
  }
  stop.abort();
  return found;
}

test("an elder's locked PIN: check list, words read and answered, approval, secure box, done", async () => {
  const staff = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await staff.newPage();
  desk.setDefaultTimeout(30_000);
  await desk.goto(`${program.url}/desk?as=A02`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const chat = await phone.newPage();
  chat.setDefaultTimeout(30_000);
  await chat.goto(`${program.url}/chat?as=C008`);
  await chat.locator(".msg.bot").first().waitFor();
  await chat.getByRole("textbox").last().fill("我老了刷脸过不去，取款密码又锁了");
  await chat
    .getByRole("button", { name: /^(发送|Send)$/ })
    .last()
    .click();
  await chat.getByRole("button", { name: "现在视频" }).last().click();

  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  const panel = desk.locator(".dk-review");
  await panel.getByText("本人与证件照片一致", { exact: true }).waitFor();
  const approve = panel.getByRole("button", { name: /^通\s?过$/ });
  expect(await approve.isDisabled()).toBe(true);
  await panel.getByText(/还没有核对：本人与证件照片一致/).waitFor();
  await shot(desk, "desk-open");

  await desk.getByRole("button", { name: "发起同屏" }).click();
  await chat.locator(".rs-offer").getByRole("button", { name: "接受", exact: true }).click();
  await chat.locator(".rs-live").waitFor();

  const items = panel.locator(".dk-item");
  const count = await items.count();
  expect(count).toBe(5);
  for (let i = 0; i < count - 1; i++) {
    await items.nth(i).getByRole("button", { name: "✓ 已核对" }).click();
    await items.nth(i).getByText(/打勾/).waitFor();
  }
  await chat.getByText("已核对 4 项，共 5 项").waitFor();
  expect(await approve.isDisabled()).toBe(true);

  // The last one is read to her; she answers on her own page.
  const last = items.nth(count - 1);
  await last.getByRole("button", { name: "念给客户" }).click();
  const words = chat.locator(".rs-words");
  await words.getByText("本人说清要重设密码").waitFor();
  await shot(chat, "phone-words");
  await words.getByRole("button", { name: "听懂了", exact: true }).click();
  await last.getByText(/答：听懂了/).waitFor();
  await last.getByRole("button", { name: "✓ 已核对" }).click();
  await last.getByText(/打勾/).waitFor();
  await shot(desk, "desk-ready");
  await approve.click();

  // The flow goes on: nobody but her confirms, and the PIN goes into the box.
  await chat
    .getByRole("button", { name: /^确认设新密码/ })
    .last()
    .click();
  const box = chat.locator(".secure").last();
  await box.waitFor();
  const sms = await code();
  expect(sms).toMatch(/^\d{6}$/);
  const fields = box.locator("input");
  await fields.nth(0).fill(sms);
  await fields.nth(1).fill("739201");
  await fields.nth(2).fill("739201");
  await shot(chat, "phone-box");
  await box.getByRole("button").last().click();
  await chat
    .getByText(/卡能用了/)
    .last()
    .waitFor();
  await shot(chat, "phone-done");
  await staff.close();
  await phone.close();
}, 180_000);
