// Plays a recording in a real Chromium, against a small fake of the API.
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findings, keepShot } from "./console-look.ts";
import { type EvidenceFake, startEvidenceFake } from "./evidence-fake.ts";

const DIST = process.env.PINGDUI_DIST ?? join(import.meta.dirname, "../../dist");

let fake: EvidenceFake;
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--mute-audio"],
  });
});
beforeEach(async () => {
  fake = await startEvidenceFake(DIST);
  return () => fake.stop();
});
afterAll(async () => {
  await browser?.close();
});

interface Opened {
  page: Page;
  context: BrowserContext;
  errors: string[];
}

async function visit(as: string, width = 1440, height = 900): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${fake.url}/evidence${as === "" ? "" : `?as=${as}`}`);
  return { page, context, errors };
}

async function open(page: Page, title: string): Promise<void> {
  await page.locator("tr", { hasText: title }).getByRole("button", { name: /^打开/ }).click();
  const ask = page.getByRole("dialog");
  const go = ask.getByRole("button", { name: /^打\s?开$/ });
  await ask.getByLabel("查看理由").fill("复核");
  expect(await go.isDisabled()).toBe(true);
  await ask.getByRole("button", { name: "客户投诉复核" }).click();
  await go.click();
  await page.locator(".ev-player").waitFor();
}

/** colour is what the large picture shows in its middle. */
async function colour(page: Page): Promise<"early" | "late" | ""> {
  return await page.locator(".ev-picture.large video").evaluate((v: HTMLVideoElement) => {
    if (v.readyState < 2 || v.seeking) return "";
    const canvas = document.createElement("canvas");
    canvas.width = 4;
    canvas.height = 4;
    const pen = canvas.getContext("2d");
    pen?.drawImage(v, 0, 0, 4, 4);
    const [red = 0, , blue = 0] = pen?.getImageData(1, 1, 1, 1).data ?? [];
    return red > blue ? "early" : "late";
  });
}

const said = (page: Page): Promise<number> => page.locator(".ev-chat li:not(.later)").count();
const time = async (page: Page): Promise<string> => (await page.locator(".ev-time").textContent()) ?? "";

describe("the evidence player", () => {
  it("scrubs: chat, form, check list, marks and picture are those of the play head", async () => {
    const { page, context, errors } = await visit("S01");
    await page.locator("tr", { hasText: "密码重置" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await keepShot(page, "evidence-list-1440");
    await open(page, "密码重置");
    expect(fake.asked).toContain("POST /evidence/sessions/s-whole/openings 客户投诉复核");
    await page.getByRole("navigation", { name: "跳到" }).getByText("宣读：风险揭示").waitFor();

    // Dragged to the middle of the fifth second, by the mouse.
    const line = await page.getByRole("slider", { name: "时间轴" }).boundingBox();
    if (!line) throw new Error("no time line");
    const at = (s: number): number => line.x + (line.width * s) / 20;
    await page.mouse.move(at(1), line.y + line.height / 2);
    await page.mouse.down();
    await page.mouse.move(at(3), line.y + line.height / 2);
    await page.mouse.move(at(5.5), line.y + line.height / 2);
    await page.mouse.up();
    await expect.poll(() => time(page)).toMatch(/^00:05\.[45]/);
    expect(await said(page)).toBe(2);
    const form = page.getByLabel("表单", { exact: true });
    await form.getByText("密码重置 › 说明原因").waitFor();
    await form.getByText("客户填写").waitFor();
    const items = page.getByLabel("核对清单", { exact: true }).locator("li");
    expect(await items.evaluateAll((all) => all.map((i) => i.getAttribute("data-state")))).toEqual([
      "ok",
      "open",
      "open",
    ]);
    expect(await page.locator(".ev-marks").count()).toBe(0);
    await expect.poll(() => colour(page)).toBe("early");

    // By keys: an event on (the box), five seconds, a step, an event back.
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => time(page)).toMatch(/^00:06\.0/);
    const drawn = page.locator('[data-mark="box"]');
    await drawn.waitFor();
    const [over, picture] = [
      await drawn.boundingBox(),
      await page.locator(".ev-picture.large video").boundingBox(),
    ];
    if (!over || !picture) throw new Error("nothing is drawn");
    expect(Math.abs((over.x - picture.x) / picture.width - 0.2)).toBeLessThan(0.02);
    expect(Math.abs((over.y + over.height - picture.y) / picture.height - 0.6)).toBeLessThan(0.02);
    await page.getByLabel("显示标注").uncheck();
    await drawn.waitFor({ state: "detached" });
    await page.getByLabel("显示标注").check();
    await page.getByLabel("显示标注").blur();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => time(page)).toMatch(/^00:11\.0/);
    await drawn.waitFor({ state: "detached" });
    await expect.poll(() => colour(page)).toBe("late");
    expect(await items.evaluateAll((all) => all.map((i) => i.getAttribute("data-state")))).toEqual([
      "ok",
      "open",
      "ok",
    ]);
    await page.getByText("答：听懂了").waitFor();
    await page.keyboard.press("3"); // 风险揭示
    await expect.poll(() => time(page)).toMatch(/^00:08\.0/);
    await page.keyboard.press("4");
    await form.getByText("坐席填写").waitFor();
    await expect.poll(() => time(page)).toMatch(/^00:12\.0/);
    await keepShot(page, "evidence-1440");

    // A line of the chat, also one that is still to come.
    await page.getByRole("button", { name: /好了，谢谢/ }).click();
    await expect.poll(() => time(page)).toMatch(/^00:18\.5/);
    expect(await said(page)).toBe(4);
    await page.getByRole("button", { name: /我取款密码锁了/ }).click();
    await expect.poll(() => time(page)).toMatch(/^00:03\.2/);

    // It plays, sound and picture together, faster when asked.
    await page.locator(".ev-speed select").selectOption("2");
    await page.getByRole("button", { name: "播放", exact: true }).click();
    const own = (selector: string): Promise<number> =>
      page
        .locator(selector)
        .first()
        .evaluate((e: HTMLMediaElement) => e.currentTime);
    await expect.poll(() => own(".ev-picture.large video"), { timeout: 8_000 }).toBeGreaterThan(6);
    const apart = (): Promise<number> =>
      page.evaluate(() => {
        const [sound, picture] = [".ev-sound audio", ".ev-picture.large video"].map((what) =>
          document.querySelector<HTMLMediaElement>(what),
        );
        return Math.abs((sound?.currentTime ?? 0) - (picture?.currentTime ?? 99));
      });
    await expect.poll(apart).toBeLessThan(0.3);
    await page.keyboard.press("k");
    await page.getByRole("button", { name: "播放", exact: true }).waitFor();
    // While a secret was typed there is no picture, and the page says so.
    await page.locator('.ev-tick[aria-label*="敏感输入"]').click();
    await page.getByText("客户在敏感栏输入").waitFor();
    expect(await page.locator(".ev-watermark").textContent()).toContain("880101");
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("names the damaged second, gives the pack, and ends an opening", async () => {
    const { page, context, errors } = await visit("S01");
    await open(page, "密码重置");
    await page.getByRole("button", { name: /^核\s?验$/ }).click();
    await page.getByText("与原始记录一致").waitFor();
    fake.tamper();
    await page.getByRole("button", { name: /^核\s?验$/ }).click();
    await page.getByText("有 1 处与原始记录不符").waitFor();
    await page.getByRole("button", { name: "第 1 段 00:11.0–00:12.0" }).click();
    await expect.poll(() => time(page)).toMatch(/^00:11\.0/);
    await page.locator(".ev-stretch-damage").waitFor();
    await keepShot(page, "evidence-damaged-1440");
    expect(await page.getByRole("link", { name: "争议包" }).getAttribute("href")).toMatch(
      /\/openings\/o-s-whole\/pack$/,
    );
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "English" }).click();
    await page.locator(".ev-word").getByText("the content was changed").waitFor();
    await page.getByRole("button", { name: "中文" }).click();
    await page.reload(); // the opening goes on
    await page.locator(".ev-player").waitFor();
    fake.closeAll();
    await page.reload();
    await page.getByText("这次打开已经结束").first().waitFor();
    await page.locator("tr", { hasText: "密码重置" }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it("has an honest word for what can't be shown", async () => {
    const { page, context } = await visit("S01");
    expect(await page.locator("tr", { hasText: "正在录制" }).getByRole("button").isDisabled()).toBe(true);
    await open(page, "贷款面签");
    await page.getByText("这份录制只有声音").waitFor();
    await page.getByRole("button", { name: "返回列表" }).click();
    await open(page, "大额转账授权");
    await page.getByRole("button", { name: "00:07 录制程序中途停止" }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight"); // 10 s, between the parts
    await page.locator(".ev-card", { hasText: "这段时间没有录制" }).waitFor();
    await page.getByRole("button", { name: "返回列表" }).click();
    await open(page, "挂失补卡");
    await page.getByText("录制文件损坏").waitFor();
    await page.getByText("没有可以播放的声音和画面").waitFor();
    await page.getByRole("button", { name: "返回列表" }).click();
    await page.getByLabel("坐席工号或姓名").fill("nobody");
    await page.getByRole("button", { name: "查找" }).click();
    await page.getByText("没有符合条件的录制").waitFor();
    await context.close();
    const other = await visit("A01");
    await other.page.getByText("您的角色不能打开录制").waitFor();
    await other.context.close();
  });

  it("works on a phone", async () => {
    const { page, context } = await visit("S01", 390, 844);
    await page.locator("tr", { hasText: "密码重置" }).waitFor();
    await keepShot(page, "evidence-list-390");
    expect(await findings(page)).toEqual([]);
    await open(page, "密码重置");
    await page.getByRole("navigation", { name: "跳到" }).getByText("宣读：风险揭示").click();
    await page.getByText("核对清单", { exact: true }).first().click();
    await page.locator(".ev-check").getByText("本人与证件照片一致").waitFor();
    await expect.poll(() => colour(page)).toBe("early");
    await keepShot(page, "evidence-390");
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await context.close();
  });
});
