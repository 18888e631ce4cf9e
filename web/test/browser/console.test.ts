// Clicks through the console in a real Chromium, against a small fake of its API.
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ConsoleFake, startConsoleFake } from "./console-fake.ts";
import { findings, keepShot as shot } from "./console-look.ts";

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

interface Opened {
  page: Page;
  context: BrowserContext;
  errors: string[];
}

async function open(path: string, width = 1440, height = 900): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(fake.url + path);
  return { page, context, errors };
}

async function become(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: /换一个身份/ }).click();
  await page.getByRole("menuitem", { name: new RegExp(name) }).click();
  await page.getByRole("button", { name: new RegExp(`换一个身份：\\s*${name}`) }).waitFor();
}

describe("console", () => {
  it("takes an edit from draft to a second person's approval, live and back", async () => {
    const { page, context, errors } = await open("/console");
    await page.getByRole("button", { name: "以沈知的身份进入" }).click();
    await page.getByRole("heading", { name: /沈知/ }).waitFor();
    expect(await findings(page)).toEqual([]);
    await shot(page, "todo-1440");

    await page.getByRole("link", { name: "知识", exact: true }).click();
    await page.getByRole("link", { name: /定期存款利率/ }).waitFor();
    await shot(page, "articles-1440");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("link", { name: /定期存款利率/ }).click();
    await page.getByText("命中本条 0.91").waitFor();
    await page.getByText("会命中：外汇牌价 0.62").waitFor();
    await shot(page, "article-1440");
    expect(await findings(page)).toEqual([]);

    const answer = page.getByRole("textbox", { name: "中文", exact: true }).first();
    await answer.fill("");
    await page.getByRole("button", { name: "保存草稿" }).click();
    await page.getByText("articles/deposits/deposits-term-rate.yaml:9").waitFor();
    await page.getByText("改法：补上 zh:").waitFor();
    await shot(page, "article-invalid-1440");
    await answer.fill("三年期年利率1.30%，按存入当日挂牌利率计息。");
    await page.getByLabel(/中文 添加一条/).fill("三年的利息现在多少");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+s");
    await page.getByText("草稿已保存，发布前不影响客户").first().waitFor();
    await page.getByRole("tab", { name: "与线上对比" }).click();
    await page.locator(".cs-diff-add", { hasText: "1.30%" }).waitFor();

    await page.getByRole("link", { name: "去打包提交" }).click();
    await page.getByRole("dialog").getByLabel("这次改了什么").fill("三年定期利率调整");
    await shot(page, "pack-1440");
    await page.getByRole("button", { name: "提交，开始检查" }).click();
    await page.waitForURL(/\/console\/releases\/r2$/);
    await page.getByText("24 项通过").waitFor();
    const approve = page.getByRole("button", { name: /批\s*准/ });
    expect(await approve.isDisabled()).toBe(true);
    await page.getByText("不能审批自己提交的").first().waitFor();
    await shot(page, "release-own-1440");
    expect(await findings(page)).toEqual([]);

    await become(page, "曹严");
    await page.getByRole("button", { name: "批准", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "批准" }).click();
    await page.getByRole("button", { name: "发布到线上", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "发布" }).click();
    await page.getByText("1/2 个节点已切换").first().waitFor();
    await page.getByText("2 个节点都在使用线上版本").first().waitFor();
    await page.getByRole("link", { name: /线上 r2/ }).waitFor();
    await shot(page, "release-live-1440");

    await page.goto(`${fake.url}/console/releases/r1`);
    await page.getByRole("button", { name: "回滚到这个版本" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "回滚到这个版本" }).click();
    await page.getByRole("link", { name: /线上 r1/ }).waitFor();
    await page.goto(`${fake.url}/console/releases`);
    await page.getByRole("table", { name: "版本历史" }).waitFor();
    await shot(page, "releases-1440");
    await page.goto(`${fake.url}/console/audit`);
    await page.getByText("回滚版本").waitFor();
    await shot(page, "audit-1440");
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("shows a second editor the difference and loses nobody's words", async () => {
    const { page, context } = await open("/console/articles/deposits-term-rate?as=E01");
    await page.getByRole("textbox", { name: "中文", exact: true }).first().fill("我写的答案。");
    fake.otherEditor("deposits-term-rate", (a) => {
      a.answer.zh = "别人写的答案。";
      a.similar = { zh: [...(a.similar?.zh ?? []), "别人加的问法"] };
    });
    await page.getByRole("button", { name: "保存草稿" }).click();
    const merge = page.getByRole("dialog", { name: "别人先保存了" });
    await merge.getByText("别人写的答案。").first().waitFor();
    await merge.getByText("我写的答案。").first().waitFor();
    await shot(page, "merge-1440");
    expect(await findings(page)).toEqual([]);
    await merge.getByRole("button", { name: "按选择保存" }).click();
    await merge.waitFor({ state: "detached" });
    expect(await page.getByRole("textbox", { name: "中文", exact: true }).first().inputValue()).toBe(
      "我写的答案。",
    );
    expect(await page.locator("input[value='别人加的问法']").count()).toBe(1);
    await context.close();
  });

  it("tries a message step by step and keeps it as an example", async () => {
    const { page, context, errors } = await open("/console/try?as=E01");
    await page.getByLabel("客户说的话").fill("三年定期现在给多少");
    await page.keyboard.press("Enter");
    await page.getByText("现在三年期整存整取年利率是 1.25%。").waitFor();
    await page.getByText("直接办", { exact: true }).waitFor();
    await page.getByText("3.4 毫秒").waitFor();
    await shot(page, "try-1440");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "存为例句" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "保存草稿" }).click();
    await page.getByText("已存进“查存款利率”的草稿").waitFor();
    await page.getByRole("link", { name: "查存款利率" }).click();
    await page.locator("input[value='三年定期现在给多少']").waitFor();
    await shot(page, "intent-1440");
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it("sends a digital employee off duty with a reason, and says who may not", async () => {
    const { page, context } = await open("/console/employees?as=E01");
    const card = page.getByRole("article", { name: "小达" });
    await card.waitFor();
    expect(await card.getByRole("button", { name: /停\s*岗/ }).isDisabled()).toBe(true);
    // The menu doesn't show what the role can't open; who goes there anyway is told.
    expect(await page.getByRole("link", { name: "审计" }).count()).toBe(0);
    await page.goto(`${fake.url}/console/audit`);
    await page.getByText("您的角色不能看这一页").waitFor();
    await page.getByRole("link", { name: "数字员工" }).click();
    await become(page, "曹严");
    await card.getByRole("button", { name: /停\s*岗/ }).click();
    await page.getByLabel("停岗原因").fill("利率表核对中");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /停\s*岗/ })
      .click();
    await card.getByText("停岗中").waitFor();
    await card.getByText("正在通知 2 个节点").waitFor();
    await shot(page, "employees-1440");
    expect(await findings(page)).toEqual([]);
    await context.close();
  });

  it("fits a phone and a tablet, and speaks English", async () => {
    for (const width of [390, 768]) {
      const { page, context } = await open("/console?as=E01", width, 844);
      await page.getByRole("heading", { name: /沈知/ }).waitFor();
      await page.getByRole("button", { name: "English" }).click();
      await page.getByRole("heading", { name: /Shen Zhi/ }).waitFor();
      for (const path of [
        "",
        "/articles",
        "/articles/deposits-term-rate",
        "/try",
        "/employees",
        "/releases",
      ]) {
        await page.goto(`${fake.url}/console${path}`);
        await page.locator(".cs-main h1").waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${path} at ${width}`).toBeLessThanOrEqual(0);
        await shot(page, `${path.slice(1).replace("/", "-") || "todo"}-${width}-en`);
      }
      await context.close();
    }
  });
});
