// The page of a scene in a real Chromium: graph and text are one, whichever is edited.

import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ConsoleFake, startConsoleFake } from "./console-fake.ts";
import { findings, keepShot } from "./console-look.ts";

const DIST = process.env.PINGDUI_DIST ?? join(import.meta.dirname, "../../dist");
let fake: ConsoleFake;
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});
beforeEach(async () => {
  fake = await startConsoleFake(DIST);
  return () => fake.stop();
});
afterAll(async () => {
  await browser?.close();
});

async function open(
  path: string,
  width = 1440,
  height = 900,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  await page.goto(fake.url + path);
  return { page, context };
}

const step = (page: Page, id: string) => page.locator(`[data-step="${id}"]`);

describe("the page of a scene", () => {
  it("lists scenes with what customers made of them, and finds one", async () => {
    const { page, context } = await open("/console/flows?as=E01");
    const row = page.getByRole("row", { name: /生活缴费/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/12[\s\S]*120[\s\S]*75%[\s\S]*18%/);
    expect(await findings(page)).toEqual([]);
    await page.getByLabel("搜编号、名称、部门").fill("没有这样的");
    await page.getByText("没有符合条件的场景").waitFor();
    await page.getByLabel("搜编号、名称、部门").fill("24");
    await row.getByRole("link").click();
    await page.waitForURL(/flows\/pay_bill/);
    await context.close();
  });

  it("lights the lines of a step, and the step of a line", async () => {
    const { page, context } = await open("/console/flows/pay_bill?as=E01");
    await step(page, "large").click();
    const lit = page.locator(".cs-yaml-lit");
    await page.locator("[data-step=large][aria-pressed=true]").waitFor();
    expect([await lit.getAttribute("data-from"), await lit.getAttribute("data-until")]).toEqual(["13", "16"]);
    expect(await step(page, "form").textContent()).toContain("−22");
    await page.keyboard.press("ArrowDown");
    await page.locator("[data-step=paid][aria-pressed=true]").waitFor();
    expect(await lit.getAttribute("data-from")).toBe("17");
    // The cursor in the text chooses the step.
    const text = page.getByLabel("流程的 YAML");
    await text.evaluate((el: HTMLTextAreaElement) => {
      const at = el.value.indexOf("branch:");
      el.focus();
      el.setSelectionRange(at, at);
    });
    await page.keyboard.press("ArrowLeft");
    await page.locator("[data-step=which][aria-pressed=true]").waitFor();
    expect(await findings(page)).toEqual([]);
    await keepShot(page, "flow-1440");
    await context.close();
  });

  it("draws what is typed, says what is wrong with it, and types what is changed on the graph", async () => {
    const { page, context } = await open("/console/flows/pay_bill?as=E01");
    const text = page.getByLabel("流程的 YAML");
    const first = await text.inputValue();
    await text.fill(first.replace("缴好了。", "都缴好了。"));
    await step(page, "paid").getByText("都缴好了。").waitFor();
    await text.fill(first.replace("    next: paid\n", "    next: nowhere\n"));
    await page.getByText("1 处要改").waitFor();
    await step(page, "nowhere").waitFor();
    expect(await page.locator(".cs-mark-bad [data-step=large]").count()).toBe(1);
    await page.getByRole("button", { name: "到第 16 行" }).click();
    await keepShot(page, "flow-bad-1440");
    await text.fill("不是 YAML");
    await page.getByText("图停在上一次").waitFor();
    await step(page, "paid").waitFor();
    await text.fill(first);
    await page.getByText("图和文字一致").waitFor();

    // On the graph: a wording, then where a branch leads.
    await step(page, "paid").dblclick();
    const wording = page.getByLabel("正文 中文");
    await wording.fill("缴完啦。");
    await wording.press("Control+Enter");
    await step(page, "paid").getByText("缴完啦。").waitFor();
    await step(page, "which").click();
    await page.getByLabel(/500000 通向/).click();
    await page.locator('.ant-select-item-option[title^="paid"]').click();
    await page.getByText("改好了，只动了这几行").first().waitFor();
    await page.getByText("YAML", { exact: true }).click();
    const after = (await text.inputValue()).split("\n");
    const differs = first.split("\n").flatMap((l, i) => (l === after[i] ? [] : [after[i]]));
    expect(differs).toEqual([
      "      - {when: fen(amount) > 500000, next: paid} # costs something",
      "      text: {zh: 缴完啦。, en: Paid.}",
    ]);
    await page.getByRole("button", { name: "撤回上一步" }).click();
    expect(await text.inputValue()).toContain("next: large} # costs something");
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByText("草稿已保存，发布前不影响客户").first().waitFor();
    await page.getByText("有草稿").waitFor();

    await page.getByText("版本", { exact: true }).click();
    await page.getByRole("button", { name: "对比", exact: true }).click();
    await page.locator(".cs-mark-changed [data-step=paid]").getByText("～改过").waitFor();
    await page.locator(".cs-diff-add", { hasText: "都缴好了" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await keepShot(page, "flow-compare-1440");
    await context.close();
  });

  it("recalls a version to a person, which only an approver may and only with a reason", async () => {
    const editor = await open("/console/flows/pay_bill?pane=versions&as=E01");
    await editor.page.getByText("a1b2c3d4").waitFor();
    expect(await editor.page.getByRole("button", { name: "收回到人工" }).count()).toBe(0);
    await editor.context.close();
    const { page, context } = await open("/console/flows/pay_bill?pane=versions&as=E02");
    await page.getByRole("button", { name: "收回到人工" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "收回到人工" }).isDisabled()).toBe(true);
    await dialog.getByLabel("为什么收回").fill("金额显示错了");
    await dialog.getByRole("button", { name: "收回到人工" }).click();
    await page.getByText("已收回，正在办的转人工。").first().waitFor();
    await page.getByText(/金额显示错了/).waitFor();
    expect(await findings(page)).toEqual([]);
    await keepShot(page, "flow-recall-1440");
    await page.getByRole("button", { name: "恢复使用" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "恢复使用" }).click();
    await page.getByRole("button", { name: "收回到人工" }).waitFor();
    await context.close();
  });

  it("draws a way by hand", async () => {
    const { page, context } = await open("/console/flows/pay_bill?as=E01");
    await step(page, "which").click();
    const dot = page
      .locator(".cs-node-which .cs-node-dot, .cs-node:has([data-step=which]) .cs-node-dot")
      .first();
    const from = await dot.boundingBox();
    const to = await step(page, "done").boundingBox();
    if (!from || !to) throw new Error("nothing to draw between");
    await page.mouse.move(from.x + 7, from.y + 7);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 20, { steps: 4 });
    await page.mouse.up();
    // Two ways lead on from there: which one is asked.
    await page.getByRole("dialog").getByRole("button", { name: "确认" }).click();
    await page.getByText("改好了，只动了这几行").first().waitFor();
    expect(await page.getByLabel("流程的 YAML").inputValue()).toContain(
      "> 500000, next: done} # costs something",
    );
    await context.close();
  });

  it("lights the way of a run, at phone width too, in English", async () => {
    const { page, context } = await open("/console/flows/pay_bill?pane=run&as=E01", 390, 844);
    await page.getByRole("button", { name: "从头开始" }).click();
    await page.getByLabel("客户说").fill("缴两百");
    await page.keyboard.press("Enter");
    await page.getByText(/流程结束/).waitFor();
    expect(await page.locator(".cs-mark-now [data-step=done]").count()).toBe(1);
    expect(await page.locator('.cs-way-lit[data-way="which>paid"]').count()).toBe(1);
    expect(await page.locator('.cs-way-lit[data-way="which>large"]').count()).toBe(0);
    await page.getByText("¥200.00").waitFor();
    await keepShot(page, "flow-run-390");
    await page.getByRole("button", { name: "English" }).click();
    for (const pane of ["yaml", "step", "versions", "files"]) {
      await page.goto(`${fake.url}/console/flows/pay_bill?pane=${pane}&step=paid`);
      await page.locator("h1", { hasText: "Bills" }).waitFor();
      await page.locator(".cs-flow-side").waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, pane).toBeLessThanOrEqual(0);
      expect(await findings(page), pane).toEqual([]);
    }
    await context.close();
  });
});
