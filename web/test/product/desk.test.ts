// Customer and agent on the real program: 人工 in the middle of a transfer, the
// queue, the ring, the agent's page with reason, slots and step, chat both ways,
// hand-back, and the transfer goes on where it stopped.
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
  await page.screenshot({ path: join(SHOTS, `real-${name}.png`) });
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox").last().fill(text);
  await page
    .getByRole("button", { name: /^(发送|Send)$/ })
    .last()
    .click();
}

test("a person is one word away, sees the step, and hands it back", async () => {
  const staff = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await staff.newPage();
  desk.setDefaultTimeout(20_000);
  await desk.goto(`${program.url}/desk?as=A01`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const chat = await phone.newPage();
  chat.setDefaultTimeout(20_000);
  await chat.goto(`${program.url}/chat?as=C002`);
  await chat.locator(".msg.bot").first().waitFor();
  await say(chat, "给房东转两千");
  await chat.locator(".readback").last().waitFor();
  await say(chat, "人工");
  await chat
    .getByText(/排队|同事/)
    .last()
    .waitFor();
  const ring = desk.getByRole("alertdialog");
  await ring.waitFor();
  await shot(desk, "desk-ring");
  await desk.keyboard.press("Control+Enter");
  await desk.locator(".dk-slots", { hasText: "2,000.00" }).waitFor();
  await shot(desk, "desk-case");
  await chat.getByText(/林晓/).first().waitFor();
  await desk.getByRole("combobox", { name: "给客户写消息" }).fill("您好，我是林晓，我陪您办。");
  await desk.keyboard.press("Enter");
  await chat.locator(".msg", { hasText: "我陪您办" }).waitFor();
  await say(chat, "好的，麻烦你了");
  await desk.locator(".dk-msg.customer", { hasText: "麻烦你了" }).waitFor();
  await shot(desk, "desk-talk");
  await shot(chat, "chat-agent");
  const before = await chat.locator(".msg.bot").count();
  await desk.getByRole("button", { name: "交还机器人" }).click();
  await desk.getByRole("button", { name: "确认交还" }).click();
  await chat.getByText(/交还/).first().waitFor();
  await expect
    .poll(async () => await chat.locator(".msg.bot").count(), { timeout: 20_000 })
    .toBeGreaterThan(before);
  await chat.getByRole("button", { name: "确认转出 ¥2,000.00" }).last().click();
  await chat
    .getByLabel(/短信验证码/)
    .last()
    .waitFor();
  await shot(chat, "chat-after-handback");
  await staff.close();
  await phone.close();
}, 120_000);
