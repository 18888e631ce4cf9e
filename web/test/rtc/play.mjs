// Plays customer and agent: node play.mjs URL CHROMIUM direct|relay-udp|relay-tcp
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { chromium } from "playwright-core";
import { build } from "vite";

const [url, executablePath, way] = process.argv.slice(2);
const here = import.meta.dirname;
const bundle = async (name) => {
  const out = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry: resolve(here, name), formats: ["es"], fileName: "page" },
    },
  });
  return (Array.isArray(out) ? out[0] : out).output[0].code;
};
const html = readFileSync(resolve(here, "page.html"), "utf8");
const scripts = { customer: await bundle("customer.ts"), agent: await bundle("agent.ts") };
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
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
});
let failed = false;
try {
  const open = async (role) => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.log(role, "page error", String(error)));
    await page.route(`${url}/${role}*`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: html.replace("</body>", () => `<script type="module">${scripts[role]}</script></body>`),
      }),
    );
    await page.goto(`${url}/${role}${way === "direct" ? "" : `?relay=${way.slice("relay-".length)}`}`);
    return page;
  };
  const customer = await open("customer");
  const agent = await open("agent");
  const started = Date.now();
  assert.ok((await customer.request.post(`${url}/offer`)).ok());
  await customer.waitForFunction(() => globalThis.said.some((s) => s.state === "offered"));
  await agent.waitForFunction(() => globalThis.said.some((s) => s.state === "offered"));
  const code = (page) => page.evaluate(() => globalThis.said.find((s) => s.code).code);
  assert.equal(await code(customer), await code(agent));
  await customer.click("#accept");
  await customer.waitForFunction(() => globalThis.said.some((s) => s.state === "live"));
  await customer.click("#share");
  await customer.waitForFunction(() => globalThis.said.some((s) => s.share !== undefined));
  const share = await customer.evaluate(() => globalThis.said.find((s) => s.share !== undefined));
  assert.equal(share.share, true, `the share was refused: ${share.reason}`);
  await customer.evaluate(() => scrollTo(0, 400));
  // The agent sees the target, at its place and whole.
  await agent.waitForFunction(() => {
    const box = globalThis.green();
    return box && box.h > 60;
  });
  console.log(`${way}: the target is seen after ${Date.now() - started} ms`);
  const steady = async () => {
    let last = "";
    for (let n = 0; n < 40; n++) {
      const now = JSON.stringify(await agent.evaluate(() => globalThis.green()));
      if (now === last && now !== "null") return JSON.parse(now);
      last = now;
      await agent.waitForTimeout(300);
    }
    throw new Error("the picture does not settle");
  };
  const seen = await steady();
  await agent.mouse.move(seen.x, seen.y);
  await agent.mouse.down();
  await agent.mouse.move(seen.x + seen.w / 2, seen.y + seen.h / 2, { steps: 4 });
  await agent.mouse.move(seen.x + seen.w, seen.y + seen.h, { steps: 4 });
  await agent.mouse.up();
  await customer.waitForFunction(() => {
    const [mark] = globalThis.overlay.places();
    return mark && Math.abs(mark.points[1].x - mark.points[0].x) > 100;
  });

  // on checks by position and by the colour of pixels on a screenshot.
  const on = async (when) => {
    let last;
    for (let n = 0; n < 10; n++) {
      await customer.waitForTimeout(300);
      try {
        return await look(when);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };
  const look = async (when) => {
    const { target, points } = await customer.evaluate(() => {
      const r = document.getElementById("target").getBoundingClientRect();
      return {
        target: { x: r.x, y: r.y, w: r.width, h: r.height },
        points: globalThis.overlay.places()[0].points,
      };
    });
    const off = [
      points[0].x - target.x,
      points[0].y - target.y,
      points[1].x - target.x - target.w,
      points[1].y - target.y - target.h,
    ].map(Math.round);
    console.log(`${way}: ${when}: the mark's corners are ${off.join(", ")} px off the target's`);
    assert.ok(
      off.every((d) => Math.abs(d) <= 8),
      `${when}: the mark is off its target by ${off}`,
    );
    const picture = (await customer.screenshot()).toString("base64");
    const red = await agent.evaluate(
      async ([png, x, y, w, h]) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        // Half way along each edge of the target, within 12 px of it.
        const edges = [
          [x + w / 2, y],
          [x + w / 2, y + h],
          [x, y + h / 2],
          [x + w, y + h / 2],
        ];
        return edges.map(([cx, cy]) => {
          const { data } = context.getImageData(Math.round(cx) - 12, Math.round(cy) - 12, 24, 24);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i] > 180 && data[i + 1] < 90 && data[i + 2] < 90) count++;
          return count;
        });
      },
      [picture, target.x, target.y, target.w, target.h],
    );
    console.log(`${way}: ${when}: red pixels at the four edges: ${red.join(", ")}`);
    assert.ok(
      red.every((count) => count > 20),
      `${when}: the mark is not seen on the target's edges: ${red}`,
    );
  };
  await on("drawn");
  await customer.evaluate(() => scrollBy(0, 150));
  await on("scrolled");
  await customer.setViewportSize({ width: 720, height: 640 });
  await on("resized");
  const kinds = await agent.evaluate(async () => {
    const found = new Set();
    for (const s of (await globalThis.session.stats()).values())
      if (s.type === "local-candidate")
        found.add(`${s.candidateType}${s.relayProtocol ? `/${s.relayProtocol}` : ""}`);
    return [...found].sort();
  });
  console.log(`${way}: local candidates: ${kinds.join(" ")}`);
  if (way !== "direct") assert.deepEqual(kinds, [`relay/${way.slice("relay-".length)}`]);
  await customer.evaluate(() => scrollTo(0, 0));
  await customer.click("#end");
  await agent.waitForFunction(() => globalThis.said.some((s) => s.end === "customer"));
  console.log(`${way}: the customer ended it`);
} catch (error) {
  failed = true;
  console.log(String(error?.stack ?? error));
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
