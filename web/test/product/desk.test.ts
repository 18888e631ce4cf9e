// Customer and agent on the real program: 人工 in the middle of a transfer, the
// queue, the ring, the agent's page with reason, slots and step, chat both ways,
// hand-back, and the transfer goes on where it stopped.
import { expect, test } from "vitest";
import { play, say, shot } from "./played.ts";

const on = play();

test("a person is one word away, sees the step, and hands it back", async () => {
  const staff = await on.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await staff.newPage();
  desk.setDefaultTimeout(20_000);
  await desk.goto(`${on.program.url}/desk?as=A01`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const phone = await on.browser.newContext({ viewport: { width: 390, height: 844 } });
  const chat = await phone.newPage();
  chat.setDefaultTimeout(20_000);
  await chat.goto(`${on.program.url}/chat?as=C002`);
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
  await shot(desk, "real-desk-ring");
  await desk.keyboard.press("Control+Enter");
  await desk.locator(".dk-slots", { hasText: "2,000.00" }).waitFor();
  await shot(desk, "real-desk-case");
  await chat.getByText(/林晓/).first().waitFor();
  await desk.getByRole("combobox", { name: "给客户写消息" }).fill("您好，我是林晓，我陪您办。");
  await desk.keyboard.press("Enter");
  await chat.locator(".msg", { hasText: "我陪您办" }).waitFor();
  await say(chat, "好的，麻烦你了");
  await desk.locator(".dk-msg.customer", { hasText: "麻烦你了" }).waitFor();
  await shot(desk, "real-desk-talk");
  await shot(chat, "real-chat-agent");
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
  await shot(chat, "real-chat-after-handback");
  await staff.close();
  await phone.close();
}, 120_000);
