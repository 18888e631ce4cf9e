// The supervisors' wall in a real Chromium, against a small fake of the API.
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findings, keepShot } from "./console-look.ts";
import { type SupervisorFake, startSupervisorFake } from "./supervisor-fake.ts";

const DIST = process.env.PINGDUI_DIST ?? join(import.meta.dirname, "../../dist");

let fake: SupervisorFake;
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--mute-audio",
    ],
  });
});
beforeEach(async () => {
  fake = await startSupervisorFake(DIST);
  return () => fake.stop();
});
afterAll(async () => {
  await browser?.close();
});

async function visit(as: string, width: number, errors: string[]): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${fake.url}/supervisor${as === "" ? "" : `?as=${as}`}`);
  return page;
}

describe("the supervisors' wall", () => {
  for (const width of [1440, 390]) {
    it(`shows queues, agents, conversations and alarms at ${width}`, async () => {
      const errors: string[] = [];
      const page = await visit("S01", width, errors);
      const alarms = page.getByRole("region", { name: "告警", exact: true }).locator("li");
      await alarms.first().waitFor();
      expect(await alarms.locator("span:first-child").allTextContents()).toEqual(
        expect.arrayContaining([
          "综合：最长等待 1 分 35 秒，超过 1 分",
          "敬老：近 30 分钟接通率 71%，低于 80%",
          "安全：没有坐席在岗，2 位客户在等",
          "综合：何芳（A102） 已 2 分 10 秒 未应答客户，超过 1 分 30 秒",
        ]),
      );
      const numbers = page.locator(".sv-numbers");
      await numbers.getByText("85%").waitFor();
      await numbers.getByText("1734 / 2040").waitFor();
      await numbers.getByText("15100").waitFor();
      const row = page.locator("tr", { hasText: "综合" }).first();
      expect(await row.locator("td.sv-loud").textContent()).toBe("1 分 35 秒");
      await page.locator('tr[data-conversation$="0a12"]').getByText("4821").waitFor();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(await findings(page)).toEqual([]);
      await keepShot(page, `supervisor-${width}`);

      // Seen by name: it stays, in another colour, until its cause ends.
      await alarms.first().getByRole("button", { name: "我已知晓" }).click();
      await alarms.first().getByText("韩梅（S01） 已知晓").waitFor();
      expect(fake.asked).toContain("POST /supervisor/alarms/al-1/seen");
      expect(errors).toEqual([]);
      await page.context().close();
    });
  }

  it("asks again each second for the part it shows, and says when it is old", async () => {
    const errors: string[] = [];
    const page = await visit("S01", 1440, errors);
    const agents = page.getByRole("region", { name: "坐席", exact: true });
    await agents.getByText("坐席150").waitFor();
    expect(await agents.locator("tbody tr").count()).toBe(50);
    await agents.getByRole("button", { name: "下一页" }).click();
    await agents.getByText("坐席151").waitFor();
    const before = fake.asked.length;
    await expect
      .poll(() => fake.asked.slice(before).filter((a) => a.includes("after=A150")).length, { timeout: 6_000 })
      .toBeGreaterThan(1);
    await agents.getByRole("searchbox").fill("88105");
    await agents.getByRole("button", { name: "查找" }).click();
    await expect.poll(() => agents.locator("tbody tr").count(), { timeout: 6_000 }).toBe(1);

    fake.fail(true);
    await page.getByRole("alert").getByText("大屏暂时读不到数据").waitFor();
    await page.getByText("坐席105").waitFor(); // what was known stays
    fake.fail(false);
    await page.getByRole("alert").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "告警设置" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("有人等待超过", { exact: true }).fill("45");
    const rule = dialog.getByRole("group", { name: "有人等待超过" });
    await rule.getByRole("button", { name: /^保\s?存$/ }).click();
    await rule.getByText("已保存").waitFor();
    expect(fake.asked).toContain(
      'PUT /supervisor/rules {"kind":"wait","queue":"","enabled":true,"threshold":45}',
    );
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  for (const width of [1440, 390]) {
    it(`reads a conversation along and takes part in its session at ${width}`, async () => {
      const errors: string[] = [];
      const page = await visit("S01", width, errors);
      const row = page.locator('tr[data-conversation$="0a12"]');
      await row.getByRole("button", { name: /^查\s?看$/ }).click();
      const ask = page.getByRole("dialog");
      const go = ask.getByRole("button", { name: /^进\s?入$/ });
      expect(await go.isDisabled()).toBe(true);
      await ask.getByRole("button", { name: "坐席求助" }).click();
      await go.click();
      const look = page
        .getByRole("dialog", { name: "李** 与 罗志远" })
        .filter({ has: page.locator(".sv-look") });
      await look.getByText("我的手机号是 138****5678").waitFor();
      const sent = (part: string): boolean => fake.frames.some((f) => f.includes(part));
      expect(sent('"mode":"read","reason":"坐席求助"')).toBe(true);
      expect(await look.getByRole("button", { name: "旁听" }).getAttribute("aria-pressed")).toBe("false");

      await look.getByRole("button", { name: "旁听" }).click();
      await look.getByText("您能听到和看到双方").waitFor();
      await look.getByText("韩梅 880101").waitFor();
      await look.getByText("好的").waitFor();
      await expect.poll(() => sent('"session":"s-1","signal":{"kind":"want"')).toBe(true);
      // Who listens asks for no microphone.
      expect(sent('\\"kind\\":\\"mic\\"')).toBe(false);
      await look.getByRole("button", { name: "指导坐席" }).click();
      await look.getByText("只有坐席听得到您").waitFor();
      await expect.poll(() => sent('"mode":"whisper"')).toBe(true);
      await expect.poll(() => sent('\\"kind\\":\\"mic\\",\\"on\\":true'), { timeout: 6_000 }).toBe(true);
      expect(await findings(page)).toEqual([]);
      await keepShot(page, `supervisor-look-${width}`);
      await look.getByRole("button", { name: "加入通话" }).click();
      await look.getByText("客户和坐席都听得到您").waitFor();
      await look.getByRole("button", { name: /^离\s?开$/ }).click();
      await expect.poll(() => sent('"mode":"leave"')).toBe(true);
      expect(errors).toEqual([]);
      await page.context().close();
    });
  }

  it("is for supervisors", async () => {
    const errors: string[] = [];
    const page = await visit("A01", 390, errors);
    await page.getByText("您的角色不能看大屏").waitFor();
    expect(fake.asked.filter((a) => a.includes("/supervisor/"))).toEqual([]);
    await page.getByRole("button", { name: /韩梅/ }).click();
    await page.locator(".sv-numbers").waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
