// A customer on the real program: balance, a transfer with a correction and a
// question at the confirm, the secure box with the code from the tray, the
// receipt, the ledger; reload and a second device lose and double nothing.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { codeFromTray, play, say, shot } from "./played.ts";

const on = play();

test("the first page opens without an error and shows the cast", async () => {
  const page = await on.browser.newPage({ viewport: { width: 1440, height: 900 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const answer = await page.goto(`${on.program.url}/`);
  expect(answer?.status()).toBe(200);
  await page.getByText("演示环境").first().waitFor();
  await page.getByText("王秀英").first().waitFor();
  await shot(page, "real-hall-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, "real-hall-390");
  expect(await page.title()).toMatch(/屏对屏|Pingdui/);
  expect(errors).toEqual([]);
  expect(on.program.output()).toContain(on.program.url);
  await page.close();
});

test("a transfer is read back, corrected, asked about, confirmed once and receipted", async () => {
  const context = await on.browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${on.program.url}/`);
  await page
    .getByRole("button", { name: /王秀英/ })
    .first()
    .click();
  await page.waitForURL(/\/chat\?as=C001$/);
  await page.getByText("三年定期存款还有3天到期").first().waitFor();
  await shot(page, "real-chat-opening");
  await say(page, "给儿子转三千五，不对，三千");
  const readback = page.locator(".readback").last();
  await readback.getByText("叁仟元整").waitFor();
  await shot(page, "real-chat-readback");
  await say(page, "好的，要手续费吗");
  await page.getByText("这一笔手续费 ¥0.00").waitFor();
  await page.getByRole("button", { name: "确认转出 ¥3,000.00" }).last().click();
  const box = page.getByLabel(/短信验证码/).last();
  await box.waitFor();
  const code = await codeFromTray(on.program, "sms_code");
  expect(code).toMatch(/^\d{6}$/);
  await box.fill(code);
  await shot(page, "real-chat-secure");
  await page.locator(".secure").last().getByRole("button").last().click();
  const receipt = page.locator(".receipt");
  await receipt
    .getByText(/T\d{16}/)
    .first()
    .waitFor();
  await shot(page, "real-chat-receipt");
  const said = await page.locator(".msg").count();
  await page.reload();
  await page.locator(".receipt").waitFor();
  expect(await page.locator(".msg").count()).toBe(said);
  const second = await context.newPage();
  await second.goto(`${on.program.url}/chat?as=C001`);
  await second.locator(".receipt").waitFor();
  expect(await second.locator(".receipt").count()).toBe(1);
  const ledger = JSON.parse(
    execFileSync(
      process.env.PINGDUI_PROGRAM ?? "",
      ["sandbox-bank", "ledger", "--customer", "C001", "--data", on.program.data, "--json"],
      { encoding: "utf8" },
    ),
  ) as { operations: { operation: string }[] };
  expect(ledger.operations.filter((o) => o.operation === "bank.transfer")).toHaveLength(1);
  await context.close();
}, 120_000);

test("a secret typed in the chat is masked and the customer is told", async () => {
  const context = await on.browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${on.program.url}/chat?as=C003`);
  await page.locator(".msg.bot").first().waitFor();
  await say(page, "我的取款密码是 730195");
  await page.getByText("已经遮住").waitFor();
  await shot(page, "real-chat-secret");
  await page.reload();
  await page.locator(".msg.customer").first().waitFor();
  const shown = (await page.locator(".msg").allTextContents()).join("\n");
  expect(shown).toContain("取款密码");
  expect(shown).not.toContain("730195");
  await context.close();
});
