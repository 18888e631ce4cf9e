// The flagship of remote review on the real program: an elder whose face check
// fails gets a new PIN. The agent is rung, meets her, reads and she answers, ticks
// the check list (a missing item keeps the approval shut), approves; the flow goes
// on to the read-back, the secure box and the receipt.
import { expect, test } from "vitest";
import { codeFromTray, play, say, shot } from "./played.ts";

const on = play();

test("an elder's locked PIN: check list, words read and answered, approval, secure box, done", async () => {
  const staff = await on.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await staff.newPage();
  desk.setDefaultTimeout(30_000);
  await desk.goto(`${on.program.url}/desk?as=A02`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const phone = await on.browser.newContext({ viewport: { width: 390, height: 844 } });
  const chat = await phone.newPage();
  chat.setDefaultTimeout(30_000);
  await chat.goto(`${on.program.url}/chat?as=C008`);
  await chat.locator(".msg.bot").first().waitFor();
  await say(chat, "我老了刷脸过不去，取款密码又锁了");
  await chat.getByRole("button", { name: "现在视频" }).last().click();

  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  const panel = desk.locator(".dk-review");
  await panel.getByText("本人与证件照片一致", { exact: true }).waitFor();
  const approve = panel.getByRole("button", { name: /^通\s?过$/ });
  expect(await approve.isDisabled()).toBe(true);
  await panel.getByText(/还没有核对：本人与证件照片一致/).waitFor();
  await shot(desk, "review-desk-open");

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
  await shot(chat, "review-phone-words");
  await words.getByRole("button", { name: "听懂了", exact: true }).click();
  await last.getByText(/答：听懂了/).waitFor();
  await last.getByRole("button", { name: "✓ 已核对" }).click();
  await last.getByText(/打勾/).waitFor();
  await shot(desk, "review-desk-ready");
  await approve.click();

  // The flow goes on: nobody but her confirms, and the PIN goes into the box.
  await chat
    .getByRole("button", { name: /^确认设新密码/ })
    .last()
    .click();
  const box = chat.locator(".secure").last();
  await box.waitFor();
  const sms = await codeFromTray(on.program);
  expect(sms).toMatch(/^\d{6}$/);
  const fields = box.locator("input");
  await fields.nth(0).fill(sms);
  await fields.nth(1).fill("739201");
  await fields.nth(2).fill("739201");
  await shot(chat, "review-phone-box");
  await box.getByRole("button").last().click();
  await chat
    .getByText(/卡能用了/)
    .last()
    .waitFor();
  await shot(chat, "review-phone-done");
  await staff.close();
  await phone.close();
}, 180_000);
