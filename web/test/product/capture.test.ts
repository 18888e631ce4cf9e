// A new ID card on the real program: the customer photographs both sides (the camera,
// then the demo's sample paper), what was read is shown to her for one 都对, and the
// agent who is called sees the pictures beside what was read.
import { expect, test } from "vitest";
import { play, say, shot } from "./played.ts";

const on = play();

test("both sides of a card: camera, sample paper, read, confirmed, seen at the desk", async () => {
  const staff = await on.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const desk = await staff.newPage();
  desk.setDefaultTimeout(30_000);
  await desk.goto(`${on.program.url}/desk?as=A02`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const phone = await on.browser.newContext({
    viewport: { width: 390, height: 844 },
    permissions: ["camera"],
  });
  const chat = await phone.newPage();
  chat.setDefaultTimeout(30_000);
  await chat.goto(`${on.program.url}/chat?as=C012`);
  await chat.locator(".msg.bot").first().waitFor();
  await say(chat, "身份证过期了转不了账，新证下来了，给我更新");
  await chat.getByRole("button", { name: "现在更新" }).last().click();

  // The front: nothing is read off it, any picture will do.
  await chat.getByRole("button", { name: "开始拍" }).last().click();
  const card = chat.locator(".card.capture").last();
  await card.getByRole("button", { name: "打开相机" }).click();
  await card.locator(".finder video").waitFor();
  await shot(chat, "capture-phone-camera");
  await card.getByRole("button", { name: "拍", exact: true }).click();
  await card.locator("img.taken").waitFor();
  await card.getByRole("button", { name: "用这张" }).click();

  // The back: a page that is really read.
  await chat.getByText("再拍有国徽的一面").last().waitFor();
  await chat.getByRole("button", { name: "开始拍" }).last().click();
  const back = chat.locator(".card.capture").last();
  await back.getByRole("button", { name: "用示例材料（演示）" }).click();
  await back.locator("img.taken").waitFor();
  await shot(chat, "capture-phone-sample");
  await back.getByRole("button", { name: "用这张" }).click();
  const right = chat.getByRole("button", { name: "都对" });
  const sure = chat.getByRole("button", { name: "对，是这个" });
  await right.or(sure).last().waitFor();
  while ((await sure.count()) > 0 && (await right.count()) === 0) {
    await sure.last().click();
    await right.or(sure).last().waitFor();
  }
  await shot(chat, "capture-phone-read");
  await right.last().click();

  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  const pictures = desk.locator(".dk-pictures");
  await pictures.getByText("示例市公安局").waitFor();
  expect(await pictures.getByRole("button").count()).toBe(2);
  await pictures.getByRole("button", { name: "新身份证反面" }).click();
  await desk.locator(".dk-picture img").waitFor();
  await shot(desk, "capture-desk");
  await staff.close();
  await phone.close();
}, 180_000);
