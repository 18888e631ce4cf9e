// Clicks through hall and chat in a real Chromium, against the fake server.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeServer, startFake } from "../fake-server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.PINGDUI_SHOTS ?? "";

let fake: FakeServer;
let browser: Browser;

beforeAll(async () => {
  fake = await startFake(join(import.meta.dirname, "../../dist"));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await fake?.stop();
});

async function open(
  path: string,
  width = 390,
  height = 844,
): Promise<{ page: Page; context: BrowserContext; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true });
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
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** findings are axe's serious and critical ones, shadow roots included. */
async function findings(page: Page): Promise<string[]> {
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

/** overflows tells whether the page scrolls sideways. */
async function overflows(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox").last().fill(text);
  await page.getByRole("button", { name: /^(发送|Send)$/ }).click();
}

describe("customer", () => {
  it("comes from the hall, transfers with a read-back and a secure box, and gets a receipt", async () => {
    const { page, context, errors } = await open("/");
    await page.getByRole("button", { name: /李伟/ }).click();
    await page.waitForURL(/\/chat\?as=C002$/);
    await page.locator(".disclosure", { hasText: "我是数字员工，不是真人" }).waitFor();
    expect(page.url()).not.toContain("token");
    await page.getByText("为什么告诉我？").click();
    await page.getByText("定期到期前三天").waitFor();
    await say(page, "现在三年定期利率多少");
    await page.getByRole("button", { name: /依据：人民币存款挂牌利率/ }).click();
    await page.locator("tr.hit", { hasText: "三年" }).waitFor();
    await shot(page, "chat-390-source");
    await page.keyboard.press("Escape");
    await say(page, "给儿子转三千");
    const readback = page.locator(".readback");
    await readback.getByText("叁仟元整").waitFor();
    await shot(page, "chat-390-readback");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "确认转出 ¥3,000.00" }).click();
    const box = page.getByLabel("短信验证码，共 6 位数字");
    await box.fill("48 29 13");
    await shot(page, "chat-390-secure");
    expect(await findings(page)).toEqual([]);
    await page.locator(".secure").getByRole("button").click();
    await page.getByText("HD20260105-000128").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "保存图片" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("receipt-HD20260105-000128.png");
    if (SHOTS) await download.saveAs(join(SHOTS, "receipt.png"));
    await shot(page, "chat-390-receipt");
    expect(fake.secrets).toEqual([{ sms_code: "482913" }]);
    expect(fake.frames.join("")).not.toContain("482913");
    expect(
      await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
    ).not.toContain("482913");
    expect(await overflows(page)).toBe(false);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("loses and doubles nothing when the network is cut and the page reloaded", async () => {
    const { page, context } = await open("/chat?as=C003");
    await page.getByText("我是小安").waitFor();
    fake.cut("C003");
    await context.setOffline(true);
    await page.getByText("网络断开了").waitFor();
    await say(page, "断网时说的话");
    await page.getByText("等待发送").waitFor();
    await shot(page, "chat-390-offline");
    await context.setOffline(false);
    await page.locator(".msg.customer:not(.pending)", { hasText: "断网时说的话" }).waitFor();
    await page.reload();
    await page.locator(".msg.customer", { hasText: "断网时说的话" }).waitFor();
    expect(await page.locator(".msg.customer").count()).toBe(1);
    expect(fake.conversation("C003").log.filter((m) => m.text === "断网时说的话")).toHaveLength(1);
    await context.close();
  });

  it("opens large for elders, with big targets, and remembers the choice", async () => {
    const { page, context } = await open("/chat?as=C001");
    await page.getByRole("button", { name: "再说一遍" }).waitFor();
    for (const name of ["再说一遍", "找人帮我", "发送", "标准版"]) {
      const target = await page.getByRole("button", { name, exact: true }).boundingBox();
      expect(Math.min(target?.width ?? 0, target?.height ?? 0), name).toBeGreaterThanOrEqual(60);
    }
    expect(
      await page
        .locator(".bubble")
        .first()
        .evaluate((el) => Number.parseFloat(getComputedStyle(el).fontSize)),
    ).toBeGreaterThanOrEqual(24);
    await say(page, "给儿子转三千");
    await page.locator(".readback").waitFor();
    await shot(page, "elder-390-readback");
    // What the button does is decided with it in view, above the bar.
    const confirm = await page.locator(".readback .primary").boundingBox();
    const bar = await page.locator(".elder-bar").boundingBox();
    expect((confirm?.y ?? 0) + (confirm?.height ?? 0)).toBeLessThan(bar?.y ?? 0);
    expect(await findings(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await page.getByRole("button", { name: "标准版" }).click();
    await page.getByRole("button", { name: "再说一遍" }).waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "长辈版" }).waitFor();
    await page.getByText("我是小安").waitFor();
    await page.getByRole("button", { name: "长辈版" }).click();
    await page.getByRole("button", { name: "再说一遍" }).waitFor();
    await context.close();
  });

  it("reads aloud to elders, and nothing to who can't hear", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    await context.addInitScript(() => {
      const spoken: string[] = [];
      const synthesis = { speak: (u: { text: string }) => spoken.push(u.text), cancel: () => undefined };
      Object.defineProperty(window, "speechSynthesis", { value: synthesis });
      Object.assign(window, { spoken });
    });
    const page = await context.newPage();
    page.setDefaultTimeout(8_000);
    await page.goto(`${fake.url}/chat?as=C001`);
    const spoken = () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken.join());
    await page.getByRole("button", { name: "再说一遍" }).waitFor();
    fake.say("C001", { author: "bot", text: "这一句念出来。" });
    await expect.poll(spoken).toContain("这一句念出来。");
    fake.say("C001", { author: "bot", text: "这一句只看。", quiet: true });
    fake.say("C001", { author: "agent", author_id: "A001", text: "同事打的字也只看。" });
    await page.getByText("同事打的字也只看。").first().waitFor();
    await page.getByRole("button", { name: "再说一遍" }).click();
    await expect.poll(() => fake.frames.some((f) => f.includes("再说一遍"))).toBe(true);
    expect(await spoken()).not.toContain("只看");
    await context.close();
  });

  it("speaks English in one tap, changes employee, queues for a person and shows the agent", async () => {
    const { page, context } = await open("/chat?as=C010", 768, 1024);
    await page.getByRole("button", { name: "Switch to English" }).click();
    await page.locator(".disclosure", { hasText: "I'm a digital employee, not a person" }).waitFor();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("button", { name: /Change to 小达/ }).click();
    await page.getByText("我是小达").waitFor();
    await page.getByRole("button", { name: "Person", exact: true }).click();
    await page.getByText("1 customer before you").waitFor();
    await shot(page, "chat-768-queue-en");
    expect(await findings(page)).toEqual([]);
    fake.state("C010", {
      speaker: "agent",
      agent: { name: "林芳", number: "1001" },
      session: { id: "s1", code: "4829", state: "offered", present: ["林芳"] },
    });
    fake.say("C010", {
      author: "system",
      kind: "notice",
      text: "坐席邀请您同屏，请核对口令 4829。",
      card: {
        kind: "call",
        title: "林芳邀请您同屏",
        ref: "s1",
        rows: [
          { label: "坐席", value: "林芳 工号 1001" },
          { label: "口令", value: "4829" },
        ],
        options: [],
      },
      actions: [
        { id: "accept", label: "接受", style: "primary" },
        { id: "decline", label: "不用了" },
      ],
    });
    fake.say("C010", { author: "agent", author_id: "A001", text: "您好，我是林芳，看到您刚才的步骤了。" });
    const offer = page.locator(".rs-offer");
    await offer.getByText("林芳 invites you to remote help").waitFor();
    await offer.getByText("4829").waitFor();
    await shot(page, "chat-768-offer-en");
    expect(await findings(page)).toEqual([]);
    await offer.getByRole("button", { name: "Accept" }).click();
    await expect
      .poll(() =>
        fake.frames.some((f) => f.includes('"signal"') && f.includes('{\\"action\\":\\"accept\\"}')),
      )
      .toBe(true);
    fake.state("C010", {
      speaker: "agent",
      agent: { name: "林芳", number: "1001" },
      session: { id: "s1", code: "4829", state: "live", sharing: "none", present: ["Emily", "林芳"] },
    });
    await page.getByText("Nothing is shared").waitFor();
    await shot(page, "chat-768-live-en");
    expect(await findings(page)).toEqual([]);
    await context.close();
  });

  it("books a call-back while queued, beside a read-back that stays, and keeps the time in sight", async () => {
    for (const [width, height] of [
      [390, 844],
      [1440, 900],
    ] as const) {
      const { page, context } = await open(`/chat?as=C0${width === 390 ? 11 : 12}`, width, height);
      await say(page, "给儿子转三千");
      await page.getByRole("button", { name: /确认转出/ }).waitFor();
      await page.getByRole("button", { name: "人工", exact: true }).click();
      const strip = page.locator(".strip.queue");
      await strip.getByRole("button", { name: "不等了" }).waitFor();
      await shot(page, `chat-${width}-queue-book`);
      await strip.getByRole("button", { name: "约个时间" }).click();
      const time = page.getByRole("button", { name: "明天10:30" });
      await time.waitFor();
      await shot(page, `chat-${width}-book-times`);
      await time.click();
      await page
        .locator(".strip.booked")
        .getByText(/已约同事：11月23日.*10:30/)
        .waitFor();
      await page.getByText("不会打电话向您要密码和验证码").waitFor();
      await shot(page, `chat-${width}-booked`);
      expect(await page.getByRole("button", { name: /确认转出/ }).isEnabled()).toBe(true);
      expect(await overflows(page)).toBe(false);
      expect(await findings(page)).toEqual([]);
      await page.locator(".strip.booked").getByRole("button", { name: "取消预约" }).click();
      await expect.poll(() => fake.frames.some((f) => f.includes('"unbook"'))).toBe(true);
      await context.close();
    }
  });

  it("looks right at every width", async () => {
    for (const [width, height] of [
      [390, 844],
      [768, 1024],
      [1440, 900],
    ] as const) {
      const hall = await open("/", width, height);
      await hall.page.getByText("王秀英", { exact: false }).first().waitFor();
      await shot(hall.page, `hall-${width}`);
      expect(await findings(hall.page)).toEqual([]);
      expect(await overflows(hall.page)).toBe(false);
      if (SHOTS) await hall.page.screenshot({ path: join(SHOTS, `hall-${width}-full.png`), fullPage: true });
      await hall.context.close();
      const chat = await open("/chat?as=C002", width, height);
      await chat.page.getByText("转账成功").waitFor();
      await say(chat.page, "转给老王");
      await chat.page.getByText("王建军").last().waitFor();
      await shot(chat.page, `chat-${width}`);
      expect(await findings(chat.page)).toEqual([]);
      expect(await overflows(chat.page)).toBe(false);
      await chat.context.close();
    }
  });

  it("stands on a bank's page of another origin by its script tag", async () => {
    const bank = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      const file = join(import.meta.dirname, "../../dist/samplebank", path === "/" ? "index.html" : path);
      if (path === "/favicon.ico") {
        response.writeHead(404).end();
        return;
      }
      const type =
        { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" }[extname(file)] ?? "text/plain";
      response.setHeader("Content-Type", type);
      // The bank's page is told where the widget comes from; the real server writes this line too.
      const body = readFileSync(file);
      response.end(
        type === "text/html"
          ? body
              .toString()
              .replace('name="pingdui-origin" content=""', `name="pingdui-origin" content="${fake.url}"`)
          : body,
      );
    });
    await new Promise<void>((done) => bank.listen(0, "127.0.0.1", done));
    const { port } = bank.address() as AddressInfo;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(8_000);
    await page.goto(`http://localhost:${port}/`);
    await page.locator("#customer option", { hasText: "黄丽" }).waitFor({ state: "attached" });
    await page.getByRole("button", { name: /在线客服/ }).waitFor();
    await page.locator("#customer").selectOption("C002");
    await page.getByRole("button", { name: "登录" }).click();
    await page.getByText("李伟，您好").waitFor();
    await page.getByRole("button", { name: /在线客服/ }).click();
    await page.getByText("您好，我是小安").waitFor();
    await shot(page, "samplebank-1280");
    await page.keyboard.press("Escape");
    await context.close();
    bank.close();
  });

  it("shows both sides on one page, with the tray", async () => {
    const { page, context } = await open("/duo", 1440, 900);
    const phone = page.frameLocator("iframe").first();
    await phone.getByText("我是小安").waitFor();
    await page.getByRole("button", { name: "来一位客户" }).click();
    await page.getByText("陈静 正在排队").waitFor();
    await shot(page, "duo-1440");
    await context.close();
  });
});
