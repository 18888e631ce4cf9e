// Ops on the real program: an editor changes an answer, nothing happens before a
// second person approves, publishing makes it live for customers, one click
// takes it back; the try-it pane shows why.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Program, startBrowser, startProgram } from "./program.ts";

const SHOTS = process.env.PINGDUI_SHOTS ?? "";
const FRESH = "蛇年纪念币请到任一网点柜台兑换，每人限二十枚。";
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
  await page.screenshot({ path: join(SHOTS, `real-ops-${name}.png`) });
}

/** What a customer is told now, in a conversation of its own. */
async function told(text: string): Promise<string> {
  const call = async (path: string, body: unknown, token = ""): Promise<unknown> => {
    const answer = await fetch(program.url + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return await answer.json();
  };
  const { token } = (await call("/api/v1/devices", {})) as { token: string };
  const { conversation } = (await call("/api/v1/conversations", {}, token)) as { conversation: string };
  const { messages } = (await call(
    `/api/v1/conversations/${conversation}/inputs`,
    { id: "q", text },
    token,
  )) as { messages: { author: string; text: string }[] };
  return messages
    .filter((m) => m.author === "bot")
    .map((m) => m.text)
    .join("\n");
}

test("an edit goes live only with a second person, and comes back in one click", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${program.url}/console/articles/deposits-term-rate?as=E01`);
  await page.getByRole("textbox", { name: "中文", exact: true }).first().waitFor();
  await shot(page, "article");
  const before = await told("定期利率怎么算");
  const answer = page.getByRole("textbox", { name: "中文", exact: true }).first();
  await answer.fill(FRESH);
  await page.getByRole("button", { name: "保存草稿" }).click();
  await page.getByText("草稿已保存，发布前不影响客户").first().waitFor();
  expect(await told("定期利率怎么算")).toBe(before);
  await page.getByRole("link", { name: "去打包提交" }).click();
  await page.getByRole("dialog").getByLabel("这次改了什么").fill("试一次改动");
  await page.getByRole("button", { name: "提交，开始检查" }).click();
  await page.waitForURL(/\/console\/releases\/r2$/);
  await page
    .getByText(/项通过/)
    .first()
    .waitFor({ timeout: 120_000 });
  expect(
    await page
      .getByRole("button", { name: /批\s*准/ })
      .first()
      .isDisabled(),
  ).toBe(true);
  await shot(page, "own-release");
  await page.goto(`${program.url}/console/releases/r2?as=E02`);
  await page.getByRole("button", { name: "批准", exact: true }).click();
  const sure = page.getByRole("dialog").getByRole("button", { name: "批准" });
  await sure.waitFor();
  await sure.click();
  await page.getByRole("button", { name: "发布到线上", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "发布" }).click();
  await expect.poll(async () => await told("定期利率怎么算"), { timeout: 50_000 }).toContain("纪念币");
  await shot(page, "published");
  await page.goto(`${program.url}/console/releases/r1?as=E02`);
  await page.getByRole("button", { name: "回滚到这个版本" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "回滚到这个版本" }).click();
  await expect.poll(async () => await told("定期利率怎么算"), { timeout: 50_000 }).toBe(before);
  expect(errors).toEqual([]);
  await context.close();
}, 240_000);
