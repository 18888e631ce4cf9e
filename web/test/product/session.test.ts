// A remote session on the real program: offered with the same 口令 on both sides,
// accepted, the tab shared with its secrets covered, a mark drawn by the agent that
// stays on its target, ended; and the transfer is where it was. Once direct from the
// bank's own page, once over TURN alone from the chat's page.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { play, say, shot } from "./played.ts";

/** TARGET is the colour the known target is painted in: no part of the pages has it. */
const TARGET = "#ff00c8";
/** NEAR is how many CSS pixels a mark may be off its target: the line's width and the picture's scaling. */
const NEAR = 8;
const on = play(() =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // A real tab is captured only with a compositor that draws.
    args: [
      "--no-sandbox",
      "--no-first-run",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--auto-accept-this-tab-capture",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--enable-gpu-rasterization",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  }),
);
let desk: Page;

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

beforeAll(async () => {
  const staff = await on.browser.newContext({ viewport: { width: 1440, height: 900 } });
  desk = await staff.newPage();
  desk.setDefaultTimeout(30_000);
  await desk.goto(`${on.program.url}/desk?as=A01`);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();
});
/** customerPage opens a page that remembers its connections, so that the test can ask how they run. */
async function customerPage(width: number, height: number): Promise<{ context: BrowserContext; page: Page }> {
  const context = await on.browser.newContext({ viewport: { width, height } });
  await context.addInitScript(() => {
    const lines: RTCPeerConnection[] = [];
    const Plain = RTCPeerConnection;
    Object.assign(globalThis, {
      lines,
      RTCPeerConnection: class extends Plain {
        constructor(config?: RTCConfiguration) {
          super(config);
          lines.push(this);
        }
      },
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => process.stdout.write(`customer's page: ${String(error)}\n`));
  return { context, page };
}

/** candidates are the kinds of addresses the customer's page used. */
async function candidates(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const found = new Set<string>();
    for (const line of (globalThis as unknown as { lines: RTCPeerConnection[] }).lines)
      for (const stat of Array.from((await line.getStats()).values() as Iterable<Record<string, string>>))
        if (stat.type === "local-candidate") found.add(stat.candidateType ?? "");
    return Array.from(found).sort();
  });
}

/** helped brings a customer from a transfer's read-back to a live session. */
async function helped(page: Page, transfer: string, name: string): Promise<void> {
  await page.locator(".msg.bot").first().waitFor();
  await say(page, transfer);
  await page.locator(".readback").last().waitFor();
  await say(page, "人工");
  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  await page.getByText(/林晓/).first().waitFor();
  await desk.getByRole("button", { name: "发起同屏" }).click();
  const offer = page.locator(".rs-offer");
  await offer.getByText("工号").waitFor();
  await offer.getByText("工作人员不会索要密码和验证码").waitFor();
  await desk.locator(".dk-code b").waitFor();
  const code = await offer.locator(".rs-code b").textContent();
  expect(code).toMatch(/^\d{4}$/);
  expect(await desk.locator(".dk-code b").textContent()).toBe(code);
  await shot(page, `session-${name}-offer`);
  await offer.getByRole("button", { name: "接受", exact: true }).click();
  await page.locator(".rs-live").waitFor();
}

/** shared shows the tab: the consent first, then the browser's own question, which a switch answers. */
async function shared(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "共享这个页面" }).click();
  await page.getByText("密码、验证码、卡号和余额会自动遮住").waitFor();
  await shot(page, `session-${name}-consent`);
  await page.getByRole("button", { name: "同意并共享" }).click();
  await page.locator(".rs-state", { hasText: "正在共享这个页面" }).waitFor();
  await shot(page, `session-${name}-shared`);
}

/** seen is where the target's colour stands in the agent's picture, in pixels of the desk; null when it is not seen. */
async function seen(): Promise<Box | null> {
  return await desk.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>(".dk-stage video");
    const { videoWidth: w = 0, videoHeight: h = 0 } = video ?? {};
    if (!video || !w || !h) return null;
    const context = new OffscreenCanvas(w, h).getContext("2d");
    if (!context) return null;
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, w, h);
    let [x0, y0, x1, y1] = [w, h, -1, -1];
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        const at = (y * w + x) * 4;
        const [r = 0, g = 0, b = 0] = [data[at], data[at + 1], data[at + 2]];
        if (r > 190 && g < 80 && b > 130) {
          x0 = Math.min(x0, x);
          y0 = Math.min(y0, y);
          x1 = Math.max(x1, x + 1);
          y1 = Math.max(y1, y + 1);
        }
      }
    if (x1 < 0) return null;
    const box = video.getBoundingClientRect();
    const scale = Math.min(box.width / w, box.height / h);
    const left = box.left + (box.width - w * scale) / 2;
    const top = box.top + (box.height - h * scale) / 2;
    return { x: left + x0 * scale, y: top + y0 * scale, w: (x1 - x0) * scale, h: (y1 - y0) * scale };
  });
}

/** settled is `seen` once it has stood still for two looks. */
async function settled(): Promise<Box> {
  let last = "";
  let found: Box | null = null;
  await expect
    .poll(
      async () => {
        found = await seen();
        const now = JSON.stringify(found);
        const still = now === last && found !== null && found.h > 8;
        last = now;
        return still;
      },
      { timeout: 30_000, interval: 500, message: "the agent sees the target and the picture settles" },
    )
    .toBe(true);
  return found as unknown as Box;
}

/** drawn lets the agent draw a box around what it sees of the target. */
async function drawn(): Promise<void> {
  await desk.getByRole("button", { name: "框出" }).click();
  const box = await settled();
  await desk.mouse.move(box.x, box.y);
  await desk.mouse.down();
  await desk.mouse.move(box.x + box.w / 2, box.y + box.h / 2, { steps: 4 });
  await desk.mouse.move(box.x + box.w, box.y + box.h, { steps: 4 });
  await desk.mouse.up();
}

/** marked is the box of the mark's colour on a screenshot of the customer's page. */
async function marked(page: Page): Promise<Box | null> {
  const png = (await page.screenshot()).toString("base64");
  return await desk.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    if (!context) return null;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let [x0, y0, x1, y1] = [image.width, image.height, -1, -1];
    for (let y = 0; y < image.height; y++)
      for (let x = 0; x < image.width; x++) {
        const at = (y * image.width + x) * 4;
        const [r = 0, g = 0, b = 0] = [data[at], data[at + 1], data[at + 2]];
        if (Math.abs(r - 217) < 14 && Math.abs(g - 72) < 14 && Math.abs(b - 15) < 14) {
          x0 = Math.min(x0, x);
          y0 = Math.min(y0, y);
          x1 = Math.max(x1, x + 1);
          y1 = Math.max(y1, y + 1);
        }
      }
    return x1 < 0 ? null : { x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
  }, png);
}

/** standsOn waits until the mark's four edges are those of the target. */
async function standsOn(page: Page, target: Locator, when: string): Promise<void> {
  let words = "";
  await expect
    .poll(
      async () => {
        const mark = await marked(page);
        const box = await target.boundingBox();
        if (!mark || !box) {
          words = `mark ${JSON.stringify(mark)}, target ${JSON.stringify(box)}`;
          return false;
        }
        const off = [
          mark.x - box.x,
          mark.y - box.y,
          mark.x + mark.w - box.x - box.width,
          mark.y + mark.h - box.y - box.height,
        ].map(Math.round);
        words = `the mark's edges are ${off.join(", ")} px off the target's`;
        return off.every((d) => Math.abs(d) <= NEAR);
      },
      { timeout: 20_000, interval: 500, message: when },
    )
    .toBe(true)
    .catch(async () => {
      await shot(page, "session-off");
      await shot(desk, "session-off-desk");
      throw new Error(`${when}: ${words}`);
    });
  process.stdout.write(`${when}: ${words}\n`);
}

/** recorded lets the agent ask, and the customer agree to, a recording. */
async function recorded(page: Page): Promise<void> {
  await desk.getByRole("button", { name: "请客户同意录制" }).click();
  await page.getByText("坐席请您同意录制这次协助").waitFor();
  expect(readdirSync(join(on.program.data, "recordings")).filter((name) => name.endsWith(".pdev"))).toEqual(
    [],
  );
  await page.getByRole("button", { name: "同意录制" }).click();
  await page.getByRole("button", { name: "停止录制" }).waitFor();
  await desk.getByRole("button", { name: "正在录制" }).waitFor();
}

/** proven checks the recording with the program's own commands, and exports it. */
function proven(): void {
  const folder = join(on.program.data, "recordings");
  const files = readdirSync(folder).filter((name) => name.endsWith(".pdev"));
  expect(files.length).toBe(1);
  const file = join(folder, files[0] ?? "");
  const anchors = join(on.program.data, "anchors.jsonl");
  const pingdui = (...args: string[]): string =>
    execFileSync(process.env.PINGDUI_PROGRAM ?? "", ["session", ...args], {
      encoding: "utf8",
      env: Object.fromEntries(Object.entries(process.env).filter(([key]) => key !== "PINGDUI_PROGRAM")),
    });
  writeFileSync(anchors, pingdui("anchors", (files[0] ?? "").slice(0, 36), "--data", on.program.data));
  expect(pingdui("verify", file, "--anchors", anchors)).toContain("与原始记录一致");
  const out = join(on.program.data, "export");
  expect(pingdui("export", file, "--out", out, "--data", on.program.data)).toContain("customer-screen.webm");
  expect(readFileSync(join(out, "events.jsonl"), "utf8")).toContain('"shape":"box"');
}

async function handedBack(page: Page): Promise<void> {
  await page.locator(".rs-live").waitFor({ state: "detached" });
  const before = await page.locator(".msg.bot").count();
  await desk.getByRole("button", { name: "交还机器人" }).click();
  await desk.getByRole("button", { name: "确认交还" }).click();
  await expect
    .poll(async () => await page.locator(".msg.bot").count(), { timeout: 20_000 })
    .toBeGreaterThan(before);
  // Nobody is rung while they write up.
  await desk.getByRole("button", { name: "转账", exact: true }).click();
  await desk.getByRole("button", { name: "收尾完成，继续接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();
}

test("the bank's own tab is shared, marked and the transfer goes on", async () => {
  const { context, page } = await customerPage(1280, 800);
  await page.goto(on.program.url.replace(/\d+$/, (port) => String(Number(port) + 1)));
  await page.locator("#customer option[value=C002]").waitFor({ state: "attached" });
  await page.locator("#customer").selectOption("C002");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("李伟，您好").waitFor();
  await page.getByRole("button", { name: /在线客服/ }).click();
  await helped(page, "给房东转两千", "bank");
  await recorded(page);
  await shared(page, "bank");

  // What nobody else may see is one flat colour before the picture leaves.
  for (const secret of ["#pin", "#password", ".balance >> nth=0"]) {
    expect(
      await page.locator(secret).evaluate((element) => getComputedStyle(element).filter),
      secret,
    ).toContain("contrast(0)");
  }
  await desk.locator(".dk-stage.on").waitFor();
  await page.locator("pingdui-chat").getByRole("button", { name: "收起", exact: true }).last().click();
  await page
    .locator("pingdui-chat")
    .getByRole("button", { name: /^(收起|Minimise)$/ })
    .first()
    .click();
  await page.locator(".pd-bar", { hasText: "正在共享这个页面" }).waitFor();
  const target = page.locator("#next");
  await target.evaluate((element, colour) => {
    element.style.background = colour;
    element.style.color = colour;
    element.scrollIntoView({ block: "center" });
  }, TARGET);
  await drawn();
  await standsOn(page, target, "drawn");
  await shot(page, "session-bank-marked");
  await shot(desk, "session-desk-marked");
  await page.mouse.wheel(0, 120);
  await standsOn(page, target, "scrolled");
  await page.setViewportSize({ width: 900, height: 700 });
  await standsOn(page, target, "resized");
  await shot(page, "session-bank-resized");

  // While the PIN is typed the agent sees nothing, and afterwards the field is covered again.
  await page.locator("#pin").click();
  await desk.locator(".dk-stage-hidden").waitFor();
  await page.locator("#note").click();
  await desk.locator(".dk-stage-hidden").waitFor({ state: "detached" });

  expect(await candidates(page)).toContain("host");
  await page.locator(".pd-bar").getByRole("button", { name: "结束" }).click();
  await page.locator(".pd-bar").waitFor({ state: "hidden" });
  await page.locator('[data-pingdui="marks"]').waitFor({ state: "detached" });
  await page.getByRole("button", { name: /在线客服/ }).click();
  await handedBack(page);
  await page.getByRole("button", { name: "确认转出 ¥2,000.00" }).last().waitFor();
  await shot(page, "session-bank-after");
  proven();
  await context.close();
}, 90_000);

test("over TURN alone the chat's own page is shared and marked", async () => {
  const { context, page } = await customerPage(1280, 900);
  await page.goto(`${on.program.url}/chat?as=C001&relay`);
  await helped(page, "给儿子转三千", "chat");
  await shared(page, "chat");
  await desk.locator(".dk-stage.on").waitFor();
  await page.locator(".rs-live").getByRole("button", { name: "收起" }).click();
  const target = page.getByRole("button", { name: "确认转出 ¥3,000.00" }).last();
  await target.evaluate((element, colour) => {
    element.style.background = colour;
    element.style.color = colour;
    element.style.borderRadius = "0";
    element.scrollIntoView({ block: "center" });
  }, TARGET);
  await drawn();
  await standsOn(page, target, "relay, drawn");
  await shot(page, "session-chat-marked");
  await page.locator(".log").evaluate((log) => log.scrollBy(0, 60));
  await standsOn(page, target, "relay, scrolled inside the chat");
  expect(await candidates(page)).toEqual(["relay"]);
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, "session-chat-390");
  await page.locator(".rs-live").getByRole("button", { name: "结束" }).click();
  await handedBack(page);
  await page.getByRole("button", { name: "确认转出 ¥3,000.00" }).last().waitFor();
  await context.close();
}, 90_000);
