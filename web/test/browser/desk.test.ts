// Clicks and types through the agents' desk in a real Chromium, against a fake of the staff socket.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeskFake, startDeskFake } from "./desk-fake.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.PINGDUI_SHOTS ?? "";
const DIST = process.env.PINGDUI_DIST ?? join(import.meta.dirname, "../../dist");

let fake: DeskFake;
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
    ],
  });
  return () => browser.close();
});
beforeEach(async () => {
  fake = await startDeskFake(DIST);
});
afterEach(() => fake.stop());

async function open(
  path: string,
  width = 1440,
  height = 900,
): Promise<{ page: Page; context: BrowserContext; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(fake.url + path);
  return { page, context, errors };
}

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS === "") return;
  mkdirSync(SHOTS, { recursive: true });
  await settled(page);
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** settled waits until what moves in once has come to rest. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (a) =>
          a.playState !== "running" || a instanceof CSSTransition || a.effect?.getTiming().iterations !== 1,
      ),
  );
}

/** findings are axe's serious and critical ones. */
async function findings(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const axe = (
      window as unknown as {
        axe: {
          run(): Promise<{
            violations: {
              id: string;
              impact: string;
              nodes: { target: unknown; failureSummary: string }[];
            }[];
          }>;
        };
      }
    ).axe;
    const { violations } = await axe.run();
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .flatMap((v) => v.nodes.map((node) => `${v.id} ${JSON.stringify(node.target)} ${node.failureSummary}`));
  });
}

async function overflows(page: Page): Promise<boolean> {
  return await page.evaluate(() =>
    [document.documentElement, document.querySelector(".dk-head")].some(
      (e) => e !== null && e.scrollWidth > e.clientWidth,
    ),
  );
}

async function ready(page: Page): Promise<void> {
  await page.getByRole("button", { name: "开始接待" }).click();
  await page.getByRole("button", { name: "就绪", pressed: true }).waitFor();
}

const composer = (page: Page) => page.getByRole("combobox", { name: "给客户写消息" });
const said = (page: Page, text: string) => page.locator(".dk-msg.agent:not(.pending)", { hasText: text });

describe("desk", () => {
  it("signs in, rings, accepts, chats, uses a phrase, stops forbidden words and hands back", async () => {
    const { page, context, errors } = await open("/desk");
    await page.getByText("5 天后到期").waitFor();
    await shot(page, "desk-1440-door");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: /林晓/ }).click();
    await page.getByText("银行从业资格 至 2099-06-30").waitFor();
    expect(page.url()).toMatch(/\/desk\?as=A01$/);
    await shot(page, "desk-1440-empty");
    expect(await findings(page)).toEqual([]);
    await ready(page);
    fake.wait("c9", {
      customer: "黄*",
      queue: "safety",
      urgent: true,
      reason: "手机和卡一起丢了",
      flow: "挂失",
      step: "",
    });
    fake.ring("c1", { customer: "王**", edition: "elder", reason: "客户要求人工：不会弄验证码" });
    const ring = page.getByRole("alertdialog");
    await ring.getByText("不会弄验证码").waitFor();
    await page.waitForFunction(() => document.title.includes("王**"));
    await shot(page, "desk-1440-ring");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Control+Enter");
    await page.getByText("人工坐席林晓已接入").waitFor();
    await ring.waitFor({ state: "detached" });
    await page.locator(".dk-timing", { hasText: "待首次回应" }).first().waitFor();
    await page.getByText("客户在自己的屏幕上输入").waitFor();

    await composer(page).fill("您好，我看到了");
    await page.keyboard.press("Enter");
    await said(page, "您好，我看到了").waitFor();
    await composer(page).fill("/sd");
    await shot(page, "desk-1440-phrases");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await composer(page).inputValue()).toBe("请稍等，我马上帮您查一下。");
    await page.keyboard.press("Enter");
    await said(page, "请稍等").waitFor();
    fake.say("c1", { text: "好的，我等您" });
    await page.locator(".dk-msg.customer", { hasText: "好的，我等您" }).waitFor();
    await shot(page, "desk-1440-talk");

    await composer(page).fill("把验证码告诉我就行");
    await page.getByText("这句话不能发").waitFor();
    await page.keyboard.press("Enter");
    expect(await page.getByRole("button", { name: "我已核对，仍然发送" }).count()).toBe(0);
    await shot(page, "desk-1440-blocked");
    expect(await findings(page)).toEqual([]);
    await composer(page).fill("这个产品保本的，肯定赚");
    await page.getByText("请改一改再发").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "用这句" }).click();
    expect(await composer(page).inputValue()).toContain("产品有风险");
    await page.keyboard.press("Enter");
    await said(page, "产品有风险").waitFor();
    const sent = fake.frames.flatMap((f) => (f.type === "send" ? [f.text] : []));
    expect(sent).toEqual([
      "您好，我看到了",
      "请稍等，我马上帮您查一下。",
      "产品有风险，过往业绩不代表以后的收益，请以产品说明书为准。",
    ]);

    await page.getByRole("button", { name: "代客户修改：金额" }).click();
    await page.getByRole("textbox", { name: "金额" }).fill("2500");
    await page.getByRole("button", { name: "保存" }).click();
    await page.locator(".dk-slots", { hasText: "2500" }).getByText("坐席填").waitFor();

    await page.getByRole("button", { name: "显示完整内容" }).click();
    await page.getByText("会被记录并看到的人").waitFor();
    await page.getByText("核对身份").click();
    await page.getByRole("button", { name: "申请显示" }).click();
    await page.getByText(/秒后自动关闭/).waitFor();
    await page.getByText("王秀英，13812345678").waitFor();
    await shot(page, "desk-1440-reveal");
    await page.locator(".ant-modal-close").click();
    await page.getByText("王秀英，13812345678").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "依据：转账手续费标准" }).click();
    await page.getByText("提前支取按支取日活期利率计息").waitFor();
    await shot(page, "desk-1440-source");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "交还机器人" }).click();
    await page.getByRole("textbox", { name: /交接备注/ }).fill("已解释验证码");
    await page.getByRole("button", { name: "确认交还" }).click();
    await page.getByText("王**已交还机器人").waitFor();
    await page.getByText("等客户接入").waitFor();
    expect(fake.frames.find((f) => f.type === "handback")).toMatchObject({
      conversation: "c1",
      text: "已解释验证码",
    });
    expect(await overflows(page)).toBe(false);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("serves three at once by keyboard, and a cut loses neither words nor conversations", async () => {
    const { page, context } = await open("/desk?as=A01");
    await ready(page);
    const names = ["王**", "李*", "陈*"];
    for (const [i, customer] of names.entries()) {
      fake.ring(`c${i + 1}`, { customer });
      await page.getByRole("button", { name: /接起/ }).click();
      await page.locator(".dk-talk-head b", { hasText: customer }).waitFor();
    }
    await page.keyboard.press("Control+1");
    await page.locator(".dk-talk-head b", { hasText: "王**" }).waitFor();
    fake.say("c2", { text: "在吗" });
    await page.getByText("1 条未读").waitFor({ state: "attached" });
    await page.keyboard.press("Control+2");
    await page.locator(".dk-talk-head b", { hasText: "李*" }).waitFor();
    await page.getByText("1 条未读").waitFor({ state: "detached" });
    await shot(page, "desk-1440-three");

    await context.setOffline(true);
    await page.getByText("网络断开了").waitFor();
    await composer(page).fill("断线时写的");
    await page.keyboard.press("Enter");
    await page.getByText("等待发送").waitFor();
    await shot(page, "desk-1440-offline");
    expect(await findings(page)).toEqual([]);
    fake.say("c1", { text: "断线时客户说的" });
    fake.lose("c3");
    await context.setOffline(false);
    await said(page, "断线时写的").waitFor();
    await page.getByText("断线期间陈*已重新排队").waitFor();
    await page.keyboard.press("Control+1");
    await page.locator(".dk-msg.customer", { hasText: "断线时客户说的" }).waitFor();
    expect(fake.frames.filter((f) => f.type === "send")).toHaveLength(1);
    fake.cut();
    await page.locator(".dk-link", { hasText: "已连接" }).waitFor();
    await page.reload();
    await page.locator(".dk-mine").nth(1).waitFor();
    expect(await page.locator(".dk-mine").count()).toBe(2);
    await context.close();
  });

  it("starts a remote session, shows the code large and ends it", async () => {
    const { page, context, errors } = await open("/desk?as=A01");
    await ready(page);
    fake.ring("c1");
    await page.getByRole("button", { name: /接起/ }).click();
    await page.getByRole("button", { name: "发起同屏" }).click();
    await page.locator(".dk-code", { hasText: "4271" }).waitFor();
    await page.getByText("等待客户同意").waitFor();
    fake.session("c1", "live");
    await page.getByText("林晓、李*").waitFor();
    await page.getByRole("button", { name: "请客户共享页面" }).click();
    await page.getByText("已请客户共享页面").waitFor();
    await page.getByRole("button", { name: "打开话筒" }).click();
    await page.getByRole("button", { name: "关闭话筒" }).waitFor();
    await shot(page, "desk-1440-session");
    expect(await findings(page)).toEqual([]);
    expect(fake.frames.some((f) => f.type === "signal" && f.signal.kind === "want")).toBe(true);
    await page.getByRole("button", { name: "结束同屏" }).click();
    await page.getByText("同屏已结束").waitFor();
    await page.getByRole("button", { name: "发起同屏" }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it("fills in the summary, writes up what was handed back, and lets it end by itself", async () => {
    const { page, context, errors } = await open("/desk?as=A01");
    await ready(page);
    fake.wrapUp(true);
    fake.ring("c1", { customer: "王**" });
    await page.getByRole("button", { name: /接起/ }).click();
    await page.getByRole("button", { name: "交还机器人" }).click();
    const note = page.getByRole("textbox", { name: /交接备注/ });
    await page.getByText("已按对话记录填好").waitFor();
    expect(await note.inputValue()).toContain("诉求：给儿子转三千");
    await shot(page, "desk-1440-handback");
    expect(await findings(page)).toEqual([]);
    await note.fill("诉求：给儿子转三千，客户自己接着办");
    await page.getByRole("button", { name: "确认交还" }).click();
    const panel = page.getByRole("region", { name: "收尾：王**" });
    await panel.waitFor();
    await page.getByRole("button", { name: "收尾中", pressed: true }).waitFor();
    expect(await panel.getByRole("textbox").inputValue()).toBe("诉求：给儿子转三千，客户自己接着办");
    const done = panel.getByRole("button", { name: "收尾完成，继续接待" });
    expect(await done.isDisabled()).toBe(true);
    await panel.getByRole("button", { name: "转账", exact: true }).click();
    await panel.getByRole("button", { name: "收费", exact: true }).click();
    await shot(page, "desk-1440-wrapup");
    expect(await findings(page)).toEqual([]);
    // A cut says nothing that would end it.
    fake.cut();
    await page.locator(".dk-link", { hasText: "已连接" }).waitFor();
    await page.getByRole("button", { name: "收尾中", pressed: true }).waitFor();
    await done.click();
    await panel.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "就绪", pressed: true }).waitFor();
    expect(fake.frames.find((f) => f.type === "wrapup")).toMatchObject({
      handoff: "h-c1",
      codes: ["transfer", "fee"],
      text: "诉求：给儿子转三千，客户自己接着办",
    });
    expect(fake.frames.filter((f) => f.type === "presence")).toHaveLength(1);

    // A late summary does not take the agent's words away, a refused one stops nothing.
    fake.summaries("late");
    fake.ring("c2", { customer: "李*" });
    await page.getByRole("button", { name: /接起/ }).click();
    await page.getByRole("button", { name: "交还机器人" }).click();
    await page.getByText("正在整理自动小结").waitFor();
    await note.fill("我自己写的");
    fake.sumUp();
    await page.getByRole("button", { name: "加上自动小结" }).click();
    expect(await note.inputValue()).toBe("我自己写的\n诉求：给儿子转三千\n未办完：转账：核对并确认");
    fake.summaries("refused");
    await page.getByRole("button", { name: "交还机器人" }).click();
    await page.getByRole("button", { name: "确认交还" }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "交还机器人" }).click();
    await page.getByText("没有取到自动小结").waitFor();
    await page.getByRole("button", { name: "确认交还" }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("tab", { name: "客户" }).click();
    await page.getByRole("button", { name: "收尾中" }).click();
    await page.getByRole("region", { name: "收尾：李*" }).waitFor();
    await shot(page, "desk-390-wrapup");
    expect(await overflows(page)).toBe(false);
    expect(await findings(page)).toEqual([]);
    fake.presence("ready");
    await page.getByRole("region", { name: "收尾：李*" }).waitFor({ state: "detached" });
    expect(fake.frames.filter((f) => f.type === "wrapup")).toHaveLength(1);

    // After a reload the page does not know what was handed back, and still lets the agent go on.
    fake.presence("wrapup");
    await page.evaluate(() => localStorage.setItem("pingdui.desk.locale", "en"));
    await page.reload();
    await page.getByRole("button", { name: "Wrap-up", pressed: true }).waitFor();
    await shot(page, "desk-390-wrapup-english");
    expect(await overflows(page)).toBe(false);
    await page.getByRole("button", { name: "Skip, next customer" }).click();
    await page.getByRole("button", { name: "Ready", pressed: true }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it("holds, asks a colleague to join, and passes a customer on with a note", async () => {
    const { page, context, errors } = await open("/desk?as=A01");
    await ready(page);
    const passed = {
      by: "A07",
      name: "沈月",
      note: "已核实额度，客户想今天转完",
      at: new Date().toISOString(),
    };
    fake.ring("c1", { customer: "王**", passed });
    await page.getByRole("alertdialog").getByText("沈月 转来").waitFor();
    await shot(page, "desk-1440-ring-passed");
    await page.getByRole("button", { name: /接起/ }).click();
    await page.locator(".dk-case", { hasText: "沈月 转来" }).getByText("已核实额度").waitFor();

    // All by keyboard: hold, resume.
    await page.keyboard.press("F2");
    await page.getByRole("menuitem", { name: "保持" }).waitFor();
    await shot(page, "desk-1440-passmenu");
    expect(await findings(page)).toEqual([]);
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "menuitem");
    await page.keyboard.press("Enter");
    await page.getByText("小达已请客户稍等").waitFor();
    await page.locator(".dk-mine", { hasText: "保持中" }).waitFor();
    await shot(page, "desk-1440-held");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "恢复" }).click();
    await page.getByText("小达已请客户稍等").waitFor({ state: "detached" });
    const types = fake.frames.map((f) => f.type);
    expect(types.filter((type) => type === "hold" || type === "resume")).toEqual(["hold", "resume"]);

    const menu = page.getByRole("button", { name: "转接与保持" });
    await menu.click();
    await page.getByRole("menuitem", { name: "请同事一起" }).click();
    await page.getByRole("radio", { name: /罗志远/ }).check();
    await page.getByRole("button", { name: "发出邀请" }).click();
    await page.getByText("已请罗志远，等对方接入").waitFor();
    fake.change("c1", { guest: { id: "A03", joined: true } });
    await page.getByText("罗志远和您一起接待").waitFor();
    await shot(page, "desk-1440-guest");

    await menu.click();
    await page.getByRole("menuitem", { name: "转给同事" }).click();
    const go = page.getByRole("button", { name: "确认转出" });
    await page.getByText("已按对话记录填好").waitFor();
    expect(await go.isDisabled()).toBe(true);
    await page.getByRole("radio", { name: /罗志远/ }).check();
    await page.getByRole("textbox", { name: /转接备注/ }).fill("好");
    expect(await go.isDisabled()).toBe(true);
    await page.getByRole("textbox", { name: /转接备注/ }).fill("请接着办转账");
    await shot(page, "desk-1440-transfer");
    expect(await findings(page)).toEqual([]);
    await go.click();
    await page.getByText("王**已转出").waitFor();
    expect(fake.frames.find((f) => f.type === "transfer")).toMatchObject({
      conversation: "c1",
      to_agent: "A03",
      text: "请接着办转账",
    });

    // The other side of a conference, on a phone and in English.
    await page.setViewportSize({ width: 390, height: 844 });
    fake.ring("c2", { customer: "李*", join: true, passed });
    await page.getByRole("alertdialog", { name: /同事请您一起接待/ }).waitFor();
    await shot(page, "desk-390-join");
    await page.getByRole("button", { name: /加入/ }).click();
    fake.change("c2", { owner: "A03", guest: { id: "A01", joined: true } });
    await page.getByText("您在协助罗志远").waitFor();
    expect(await page.getByRole("button", { name: "交还机器人" }).count()).toBe(0);
    await page.locator(".dk-talk", { hasText: "沈月 转来" }).waitFor();
    await shot(page, "desk-390-guest");
    expect(await overflows(page)).toBe(false);
    expect(await findings(page)).toEqual([]);
    fake.change("c2", { owner: "A01", held: new Date().toISOString() }, ["guest"]);
    await page.getByRole("button", { name: "交还机器人" }).waitFor();
    await menu.click();
    await page.getByRole("menuitem", { name: "转队列" }).click();
    await page.getByRole("radio", { name: "理财" }).check();
    await shot(page, "desk-390-queue-transfer");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "确认转出" }).click();
    await page.getByText("李*已转出").waitFor();
    expect(fake.frames.filter((f) => f.type === "transfer").at(-1)).toMatchObject({ to_queue: "wealth" });
    expect(errors).toEqual([]);
    await context.close();
  });

  it("fits a phone with tabs, half a page beside the customer, and speaks English", async () => {
    const { page, context } = await open("/desk?as=A01", 390, 844);
    await ready(page);
    fake.wait("c9", { customer: "黄*", queue: "safety", urgent: true, reason: "手机和卡一起丢了" });
    await shot(page, "desk-390-queue");
    fake.ring("c1", { customer: "王**", edition: "elder" });
    await page.getByRole("alertdialog").waitFor();
    await shot(page, "desk-390-ring");
    await page.getByRole("button", { name: /接起/ }).click();
    await page.getByText("人工坐席林晓已接入").waitFor();
    await page.getByRole("button", { name: "发起同屏" }).waitFor();
    await shot(page, "desk-390-talk");
    expect(await findings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await page.getByRole("tab", { name: "客户" }).click();
    await page.getByText("138****2046").waitFor();
    await shot(page, "desk-390-customer");
    expect(await findings(page)).toEqual([]);
    await page.setViewportSize({ width: 760, height: 900 });
    await page.getByRole("button", { name: /会话/ }).click();
    await composer(page).waitFor();
    await shot(page, "desk-760-talk");
    expect(await overflows(page)).toBe(false);
    await page.setViewportSize({ width: 768, height: 1024 });
    await page.getByRole("button", { name: "客户", exact: true }).click();
    await page.getByText("138****2046").waitFor();
    await shot(page, "desk-768-customer");
    await page.getByRole("button", { name: "EN", exact: true }).click();
    await page.getByText("Why a person").waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
    await shot(page, "desk-1440-english");
    expect(await findings(page)).toEqual([]);
    await context.close();
  });

  it("keeps call-backs apart from who waits, marks those that are due, and takes one early only by the server's leave", async () => {
    for (const [width, height] of [
      [390, 844],
      [1440, 900],
    ] as const) {
      const { page, context } = await open("/desk?as=A01", width, height);
      await (width === 390 ? ready(page) : page.getByText("排队客户").first().waitFor());
      fake.wait(`c1-${width}`, { customer: "李*", due: "2026-11-23T10:00:00+08:00" });
      fake.wait(`c2-${width}`, {
        customer: "王**",
        reason: "办理转账时预约回呼",
        due: "2026-11-24T10:00:00+08:00",
        booked: true,
        edition: "elder",
      });
      const booked = page.getByRole("region", { name: "预约回呼" });
      await booked.getByText("办理转账时预约回呼").waitFor();
      expect(await booked.getByText("预约到点").count()).toBe(0);
      await page.getByText("预约到点").first().waitFor();
      expect(await booked.locator("time").first().getAttribute("datetime")).toBe("2026-11-24T10:00:00+08:00");
      await booked.getByText(/11\/24.*10:00/).waitFor();
      await shot(page, `desk-${width}-booked`);
      expect(await overflows(page)).toBe(false);
      expect(await findings(page)).toEqual([]);
      await booked.getByRole("button", { name: "提前接" }).last().click();
      await expect
        .poll(() => fake.frames.some((f) => f.type === "accept" && f.handoff === `h-c2-${width}`))
        .toBe(true);
      await context.close();
    }
  });

  it("lets a supervisor read along and turns others away", async () => {
    const { page, context } = await open("/desk?as=S01");
    await page.getByText("主管 · 只看不接").waitFor();
    fake.wait("c1", { customer: "王**" });
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByText("您在旁看这个会话").waitFor();
    expect(await composer(page).count()).toBe(0);
    await shot(page, "desk-1440-supervisor");
    expect(await findings(page)).toEqual([]);
    await context.close();
    const other = await open("/desk?as=E01");
    await other.page.getByText("这个账号没有坐席权限").waitFor();
    await shot(other.page, "desk-1440-noright");
    expect(await findings(other.page)).toEqual([]);
    await other.context.close();
  });
});
