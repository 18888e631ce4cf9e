// 小伴 on the real program: an agent asks her a procedure and sees it marked 内部,
// puts an answer customers may read into the reply, and the customer who asks for
// the same procedure gets nothing of it. What nothing answered stands in the
// console, leads to an article, and the second person sees the field that changed.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { play, say, shot } from "./played.ts";

const PROCEDURE = "客户疑似受胁迫怎么判断";
const UNKNOWN = "火星上怎么开户";
const on = play();

async function open(path: string, width: number, height: number): Promise<Page> {
  const context = await on.browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${on.program.url}${path}`);
  return page;
}

test("an agent asks 小伴; what is internal stays inside, what customers may read goes into the reply", async () => {
  const desk = await open("/desk?as=A01", 1440, 900);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();

  const chat = await open("/chat?as=C002", 390, 844);
  await chat.locator(".msg.bot").first().waitFor();
  await say(chat, PROCEDURE);
  await say(chat, UNKNOWN);
  await expect.poll(async () => await chat.locator(".msg.bot").count()).toBeGreaterThan(2);
  await say(chat, "人工");
  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  const reply = desk.getByRole("combobox", { name: "给客户写消息" });
  await reply.waitFor();

  await desk.keyboard.press("Control+k");
  const xiaoban = desk.frameLocator("iframe.ask-frame");
  const box = xiaoban.getByRole("textbox");
  await xiaoban.locator(".msg.bot").first().waitFor();
  await box.fill(PROCEDURE);
  await box.press("Enter");
  const inner = xiaoban.locator(".msg.bot", { hasText: "静默上报" });
  await inner.getByText("内部", { exact: true }).waitFor();
  await inner.getByText("仅供同事，不能发给客户").waitFor();
  expect(await inner.getByRole("button", { name: "用到回复里" }).count()).toBe(0);
  await inner.getByRole("button", { name: /依据/ }).click();
  await xiaoban.getByText("《远程服务安全预案》第五条").waitFor();
  await shot(desk, "staff-desk-internal");
  await xiaoban.getByText("关闭", { exact: true }).click();

  await box.fill("转账手续费多少");
  await box.press("Enter");
  const safe = xiaoban.locator(".msg.bot", { hasText: "跨行都免费" });
  await safe.getByRole("button", { name: "用到回复里" }).click();
  await expect.poll(async () => await reply.inputValue()).toContain("跨行都免费");
  await shot(desk, "staff-desk-used");

  // Text of ours that claims to be internal, or comes from elsewhere, is not taken.
  const before = await reply.inputValue();
  await desk.evaluate(() => {
    const forged = { pingdui: "staff", kind: "use", id: "1", text: "伪造的话", internal: false };
    window.postMessage(forged, location.origin);
    const frame = document.querySelector<HTMLIFrameElement>("iframe.ask-frame");
    const inner = frame?.contentWindow as (Window & { eval(code: string): unknown }) | null;
    inner?.eval(`parent.postMessage(${JSON.stringify({ ...forged, internal: true })}, location.origin)`);
  });
  await desk.getByText("内部内容不能放进给客户的回复").waitFor();
  expect(await reply.inputValue()).toBe(before);

  await box.fill("人工");
  await box.press("Enter");
  await xiaoban.getByText(/请直接问主管/).waitFor();
  await box.press("Control+k");
  await desk.locator(".ask-drawer .ant-drawer-content-wrapper").waitFor({ state: "hidden" });
  await reply.press("Enter");
  await chat.locator(".msg.agent", { hasText: "跨行都免费" }).waitFor();

  // What is masked is shown for a reason only, and the reason is in the audit log.
  await desk.getByRole("button", { name: "显示完整内容" }).click();
  await desk.getByText("核对身份").click();
  await desk.getByRole("button", { name: "申请显示" }).click();
  await desk.getByText(/秒后自动关闭/).waitFor();
  await desk.locator(".dk-in-full").getByText("李伟").waitFor();
  await shot(desk, "staff-desk-revealed");
  await desk.locator(".ant-modal-close").click();

  // The customer got nothing of the procedure.
  const seen = (await chat.locator(".log").textContent()) ?? "";
  expect(seen).not.toMatch(/静默上报|镜头转一圈|远程服务安全预案/);
  await shot(chat, "staff-customer");
  await desk.context().close();
  await chat.context().close();
}, 120_000);

test("小伴 works on a phone and in English", async () => {
  const desk = await open("/desk?as=A02", 390, 844);
  await desk.evaluate(() => localStorage.setItem("pingdui.desk.locale", "en"));
  await desk.reload();
  await desk.getByRole("button", { name: "Ask Xiao Ban" }).click();
  const xiaoban = desk.frameLocator("iframe.ask-frame");
  await xiaoban.getByRole("button", { name: "What is the transfer fee?" }).click();
  await xiaoban.locator(".msg.bot", { hasText: /free/i }).waitFor();
  await xiaoban.getByText("Internal · only colleagues see this").waitFor();
  const frame = await desk.locator("iframe.ask-frame").boundingBox();
  expect(frame?.width).toBe(390);
  await shot(desk, "staff-desk-phone-en");
  await desk.context().close();
}, 60_000);

test("what nothing answered is written down, leads to an article, and its change is shown by field", async () => {
  const console_ = await open("/console/misses?as=E01", 1440, 900);
  const row = console_.locator(".cs-miss", { hasText: UNKNOWN });
  await row.waitFor();
  await shot(console_, "staff-misses");
  await row.getByRole("button", { name: "并入文章" }).click();
  const merge = console_.getByRole("dialog");
  await merge.getByRole("searchbox").fill("branch-hours");
  await merge.getByRole("searchbox").press("Enter");
  await merge.locator(".cs-pick-one").first().click();
  await console_.getByText("有未保存的修改").waitFor();
  await console_.getByRole("button", { name: "保存草稿" }).click();
  await console_.getByText("已保存").first().waitFor();
  await console_.getByRole("tab", { name: "与线上对比" }).click();
  const fields = console_.locator(".cs-fields");
  await fields.getByText("相似问 · 中文").waitFor();
  expect(await fields.locator("ins").allTextContents()).toEqual([UNKNOWN]);
  expect(await fields.locator("del").count()).toBe(0);
  // The file keeps every other line.
  expect(await console_.locator(".cs-diff .cs-diff-add").count()).toBe(1);
  expect(await console_.locator(".cs-diff .cs-diff-del").count()).toBe(1);
  await shot(console_, "staff-article-diff");
  await console_.goto(`${on.program.url}/console/misses?as=E01`);
  await console_.locator(".cs-miss-done", { hasText: UNKNOWN }).waitFor();

  await console_.goto(`${on.program.url}/console/employees?as=E01`);
  const card = console_.getByRole("article", { name: "小达" });
  await card.getByText("每天 00:00-24:00").waitFor();
  await card.getByRole("button", { name: "编辑" }).click();
  const edit = console_.getByRole("dialog");
  await edit.getByLabel("从").fill("08:30");
  await edit.getByLabel("到", { exact: true }).fill("20:00");
  await edit.getByLabel("给客户看的说法 中文").fill("每天 08:30-20:00");
  await edit.getByLabel("给客户看的说法 English").fill("Every day, 8:30 to 20:00");
  await shot(console_, "staff-employee-edit");
  await edit.getByRole("button", { name: "保存草稿" }).click();
  await card.getByText("每天 08:30-20:00").waitFor();

  await console_.keyboard.press("Control+k");
  const xiaoban = console_.frameLocator("iframe.ask-frame");
  await xiaoban.locator(".msg.bot").first().waitFor();
  await xiaoban.getByRole("textbox").fill(PROCEDURE);
  await xiaoban.getByRole("textbox").press("Enter");
  await xiaoban.locator(".inner-mark").first().waitFor();
  expect(await xiaoban.getByRole("button", { name: "用到回复里" }).count()).toBe(0);
  await shot(console_, "staff-console-ask");

  // The second person sees the fields, the file's lines behind a click.
  await console_.keyboard.press("Control+k");
  await console_.goto(`${on.program.url}/console/releases?pack=1&as=E01`);
  const pack = console_.getByRole("dialog");
  await pack.getByRole("textbox").first().fill("补一条问法，小达值守时间");
  await pack.getByRole("button", { name: "提交，开始检查" }).click();
  await console_.locator(".cs-fields").first().waitFor();
  const shown = await console_.locator(".cs-fields").allTextContents();
  expect(shown.join("\n")).toMatch(/值守 · 起/);
  expect(shown.join("\n")).toContain(UNKNOWN);
  await shot(console_, "staff-release-fields");
  await console_.context().close();
}, 120_000);
