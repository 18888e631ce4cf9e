// The program starts, says that it is ready, and its first page opens.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Program, startBrowser, startProgram } from "./program.ts";

let program: Program;
let browser: Browser;

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await program?.stop();
});

test("the first page opens without an error", async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const answer = await page.goto(`${program.url}/`);
  expect(answer?.status()).toBe(200);
  await page.waitForLoadState("domcontentloaded");
  expect(await page.title()).toMatch(/屏对屏|Pingdui/);
  expect(errors).toEqual([]);
  expect(program.output()).toContain(program.url);
});
