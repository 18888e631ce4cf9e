// A supervisor on the real program: from the wall into a live session of two other
// pages, listening, whispering, joining the call, leaving. What reaches the customer is
// read from the customer's own connection.
import { chromium, type Page } from "playwright-core";
import { expect, test } from "vitest";
import { play, say, shot } from "./played.ts";

const on = play(() =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--no-first-run",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--disable-gpu",
      "--disable-background-networking",
    ],
  }),
);

/** visit opens a page that remembers its connections. */
async function visit(path: string, width: number): Promise<Page> {
  const context = await on.browser.newContext({ viewport: { width, height: 900 } });
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
  await page.goto(on.program.url + path);
  return page;
}

/** voices is how many others' voices have reached a page. */
async function voices(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    let n = 0;
    for (const line of (globalThis as unknown as { lines: RTCPeerConnection[] }).lines)
      for (const stat of Array.from((await line.getStats()).values() as Iterable<Record<string, unknown>>))
        if (stat.type === "inbound-rtp" && stat.kind === "audio" && Number(stat.packetsReceived) > 0) n++;
    return n;
  });
}

test("a supervisor listens, whispers to the agent alone, joins the call and leaves", async () => {
  const desk = await visit("/desk?as=A01", 1440);
  await desk.getByRole("button", { name: "开始接待" }).click();
  await desk.getByRole("button", { name: "就绪", pressed: true }).waitFor();
  const customer = await visit("/chat?as=C001", 390);
  await customer.locator(".msg.bot").first().waitFor();
  await say(customer, "人工");
  await desk.getByRole("alertdialog").waitFor();
  await desk.keyboard.press("Control+Enter");
  await desk.getByRole("button", { name: "发起同屏" }).click();
  await customer.locator(".rs-offer").getByRole("button", { name: "接受", exact: true }).click();
  await customer.locator(".rs-live").waitFor();
  await desk.getByRole("button", { name: "打开话筒" }).click();
  await expect.poll(() => voices(customer), { timeout: 20_000 }).toBe(1);

  const wall = await visit("/supervisor?as=S01", 1440);
  const row = wall.locator("tr[data-conversation]", { hasText: "林晓" });
  await row.getByRole("button", { name: /^查\s?看$/ }).click();
  await wall.getByRole("button", { name: "质量抽检" }).click();
  await wall.getByRole("button", { name: /^进\s?入$/ }).click();
  const look = wall.locator(".sv-look");
  await look.getByText("人工").first().waitFor();
  await look.getByRole("button", { name: "旁听" }).click();
  const bar = customer.locator(".rs-live header");
  await bar.getByText(/唐慧 880101.*主管在旁听/).waitFor();
  await expect.poll(() => voices(wall), { timeout: 20_000 }).toBeGreaterThan(0);
  expect(await voices(customer)).toBe(1);
  await shot(customer, "supervisor-listens");

  await look.getByRole("button", { name: "指导坐席" }).click();
  await bar.getByText(/主管在指导坐席/).waitFor();
  await desk.getByText(/主管在指导您/).waitFor();
  await expect.poll(() => voices(desk), { timeout: 20_000 }).toBe(1); // the customer's mic is off: this is the whisper
  expect(await voices(customer)).toBe(1);

  await look.getByRole("button", { name: "加入通话" }).click();
  await bar.getByText(/主管已加入通话/).waitFor();
  await expect.poll(() => voices(customer), { timeout: 20_000 }).toBe(2);
  await shot(wall, "supervisor-wall");

  await wall.getByRole("button", { name: /^离\s?开$/ }).click();
  await bar.getByText(/唐慧/).waitFor({ state: "detached" });
  await customer.locator(".rs-live").waitFor(); // the two go on
});
