// Ops on the real program: an editor changes an answer, nothing happens before a
// second person approves, publishing makes it live for customers, one click
// takes it back; the try-it pane shows why.
import { expect, test } from "vitest";
import { play, shot } from "./played.ts";

const FRESH = "蛇年纪念币请到任一网点柜台兑换，每人限二十枚。";
const on = play();

/** What a customer is told now, in a conversation of its own; as names one of the cast. */
async function told(text: string, as = ""): Promise<string> {
  const call = async (path: string, body: unknown, token = ""): Promise<unknown> => {
    const answer = await fetch(on.program.url + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return await answer.json();
  };
  const { token } = (await (as === ""
    ? call("/api/v1/devices", {})
    : call("/api/v1/demo/sign-in", { as }))) as { token: string };
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
  const context = await on.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${on.program.url}/console/articles/deposits-term-rate?as=E01`);
  await page.getByRole("textbox", { name: "中文", exact: true }).first().waitFor();
  await shot(page, "real-ops-article");
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
  await shot(page, "real-ops-own-release");
  await page.goto(`${on.program.url}/console/releases/r2?as=E02`);
  await page.getByRole("button", { name: "批准", exact: true }).click();
  const sure = page.getByRole("dialog").getByRole("button", { name: "批准" });
  await sure.waitFor();
  await sure.click();
  await page.getByRole("button", { name: "发布到线上", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "发布" }).click();
  await expect.poll(async () => await told("定期利率怎么算"), { timeout: 50_000 }).toContain("纪念币");
  await shot(page, "real-ops-published");
  await page.goto(`${on.program.url}/console/releases/r1?as=E02`);
  await page.getByRole("button", { name: "回滚到这个版本" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "回滚到这个版本" }).click();
  await expect.poll(async () => await told("定期利率怎么算"), { timeout: 50_000 }).toBe(before);
  expect(errors).toEqual([]);
  await context.close();
}, 240_000);

test("a flow is one as text and as graph: edited, run through, counted, compared", async () => {
  // Three customers begin a transfer; what they noted is counted.
  expect(await told("给妈转三千五", "C002")).toContain("请核对");
  await told("给房东转一千", "C003");
  await told("转账", "C004");
  const context = await on.browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${on.program.url}/console/flows/transfer?as=E01`);
  const step = (id: string) => page.locator(`[data-step="${id}"]`);
  await step("form")
    .getByText(/^3 100%/)
    .waitFor();
  await step("readback")
    .getByText(/^2 67%/)
    .waitFor();
  await shot(page, "real-ops-flow");

  // Typed: the compiler draws it and says what is wrong, at the step and the line.
  const yaml = page.getByLabel("流程的 YAML");
  const first = await yaml.inputValue();
  await yaml.fill(first.replace("next: refused_end", "next: nowhere"));
  await page.locator(".cs-mark-bad [data-step=not_allowed]").waitFor();
  await step("nowhere").waitFor();
  await yaml.fill(first);
  await page.getByText("图和文字一致").waitFor();

  // On the graph: one wording, one line.
  await step("wrong_code").dblclick();
  const wording = page.getByLabel("正文 中文");
  await wording.fill("验证没有通过，没有扣款。请重新输入一次。");
  await wording.press("Control+Enter");
  await page.getByText("改好了，只动了这几行").first().waitFor();
  await page.getByText("YAML", { exact: true }).click();
  const after = (await yaml.inputValue()).split("\n");
  expect(first.split("\n").filter((l, i) => l !== after[i])).toHaveLength(1);

  // Run through as edited, with the way lit.
  await page.getByText("试跑", { exact: true }).click();
  await page.getByRole("button", { name: "从头开始" }).click();
  await page.getByLabel("客户说").fill("给妈转三千五");
  await page.keyboard.press("Enter");
  await page
    .locator(".cs-run-taps")
    .getByRole("button", { name: /确认转出/ })
    .click();
  await page.getByLabel("短信验证码").fill("111111");
  await page.getByRole("button", { name: "填好提交" }).click();
  await page.locator(".cs-run-log").getByText("请重新输入一次").waitFor();
  await page.locator('.cs-way-lit[data-way="pay>wrong_code"]').waitFor({ state: "attached" });
  await page.locator(".cs-mark-now [data-step=code]").waitFor();
  await shot(page, "real-ops-flow-run");

  await page.getByRole("button", { name: "保存草稿" }).click();
  await page.getByText("草稿已保存，发布前不影响客户").first().waitFor();
  await page.getByText("版本", { exact: true }).click();
  await page.getByRole("button", { name: "对比", exact: true }).click();
  await page.locator(".cs-mark-changed [data-step=wrong_code]").waitFor();
  await page.locator(".cs-diff-add", { hasText: "请重新输入一次" }).waitFor();
  await shot(page, "real-ops-flow-compare");
  expect(errors).toEqual([]);
  await context.close();
}, 180_000);
