// A customer on the real program: balance, a transfer with a correction and a
// question at the confirm, the secure box with the code from the tray, the
// receipt, the ledger; reload and a second device lose and double nothing.
import { execFileSync } from "node:child_process";
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

/** The code the tray shows for the open secure box. */
async function codeFromTray(kind: string): Promise<string> {
  const as = await fetch(`${program.url}/api/v1/demo/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: "anonymous" }),
  });
  const { token } = (await as.json()) as { token: string };
  const stop = new AbortController();
  const answer = await fetch(`${program.url}/api/v1/demo/tray`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  let text = "";
  let code = "";
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part);
    for (const match of text.matchAll(/^data: (.*)$/gm)) {
      const event = JSON.parse(match[1] ?? "{}") as { code?: string; field?: string };
      if (event.code !== undefined && event.field === kind) code = event.code;
    }
    if (code !== "") break;
  }
  stop.abort();
  return code;
}

test("the first page opens without an error and shows the cast", async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const answer = await page.goto(`${program.url}/`);
  expect(answer?.status()).toBe(200);
  await page.getByText("演示环境").first().waitFor();
  await page.getByText("王秀英").first().waitFor();
  await shot(page, "hall-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, "hall-390");
  expect(await page.title()).toMatch(/屏对屏|Pingdui/);
  expect(errors).toEqual([]);
  expect(program.output()).toContain(program.url);
  await page.close();
});

test("a transfer is read back, corrected, asked about, confirmed once and receipted", async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${program.url}/`);
  await page
    .getByRole("button", { name: /王秀英/ })
    .first()
    .click();
  await page.waitForURL(/\/chat\?as=C001$/);
  await page.getByText("三年定期存款还有3天到期").first().waitFor();
  await shot(page, "chat-opening");
  await say(page, "给儿子转三千五，不对，三千");
  const readback = page.locator(".readback").last();
  await readback.getByText("叁仟元整").waitFor();
  await shot(page, "chat-readback");
  await say(page, "好的，要手续费吗");
  await page.getByText("这一笔手续费 ¥0.00").waitFor();
  await page.getByRole("button", { name: "确认转出 ¥3,000.00" }).last().click();
  const box = page.getByLabel(/短信验证码/).last();
  await box.waitFor();
  const code = await codeFromTray("sms_code");
  expect(code).toMatch(/^\d{6}$/);
  await box.fill(code);
  await shot(page, "chat-secure");
  await page.locator(".secure").last().getByRole("button").last().click();
  const receipt = page.locator(".receipt");
  await receipt
    .getByText(/T\d{16}/)
    .first()
    .waitFor();
  await shot(page, "chat-receipt");
  const said = await page.locator(".msg").count();
  await page.reload();
  await page.locator(".receipt").waitFor();
  expect(await page.locator(".msg").count()).toBe(said);
  const second = await context.newPage();
  await second.goto(`${program.url}/chat?as=C001`);
  await second.locator(".receipt").waitFor();
  expect(await second.locator(".receipt").count()).toBe(1);
  const ledger = JSON.parse(
    execFileSync(
      process.env.PINGDUI_PROGRAM ?? "",
      ["sandbox-bank", "ledger", "--customer", "C001", "--data", program.data, "--json"],
      { encoding: "utf8" },
    ),
  ) as { operations: { operation: string }[] };
  expect(ledger.operations.filter((o) => o.operation === "bank.transfer")).toHaveLength(1);
  await context.close();
}, 120_000);

test("a secret typed in the chat is masked and the customer is told", async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${program.url}/chat?as=C003`);
  await page.locator(".msg.bot").first().waitFor();
  await say(page, "我的取款密码是 730195");
  await page.getByText("已经遮住").waitFor();
  await shot(page, "chat-secret");
  await page.reload();
  await page.locator(".msg.customer").first().waitFor();
  const shown = (await page.locator(".msg").allTextContents()).join("\n");
  expect(shown).toContain("取款密码");
  expect(shown).not.toContain("730195");
  await context.close();
});
