// Starts the real program on free ports with a data folder of its own, and a
// real Chromium to look at it. The folder is a copy of one that a program has
// filled once for all files (prepared.ts): the first start of an empty one learns
// the intents, which takes longer than most of what is played here.
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { inject } from "vitest";

export interface Program {
  readonly url: string;
  readonly data: string;
  readonly output: () => string;
  /** Ends the program; last sees its folder before it is removed. */
  stop(last?: (data: string) => void): Promise<void>;
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}

/**
 * Starts `pingdui serve --demo` and waits until /readyz says 200. prepared is the
 * folder whose copy it works on; empty: it starts from nothing.
 */
export async function startProgram(
  env: Record<string, string> = {},
  prepared = inject("prepared"),
): Promise<Program> {
  const path = process.env.PINGDUI_PROGRAM;
  if (path === undefined) throw new Error("PINGDUI_PROGRAM names no program: run `make test`");
  const data = mkdtempSync(join(tmpdir(), "pingdui-product-"));
  if (prepared !== "") cpSync(prepared, data, { recursive: true });
  const port = await freePort();
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("PINGDUI_")),
  );
  const child: ChildProcess = spawn(
    path,
    ["serve", "--demo", "--addr", `127.0.0.1:${port}`, "--data", data],
    {
      env: { ...inherited, ...env },
    },
  );
  let output = "";
  child.stdout?.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr?.on("data", (part: Buffer) => (output += part.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the program did not get ready:\n${output}`);
    try {
      const answer = await fetch(`${url}/readyz`);
      if (answer.status === 200) break;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    data,
    output: () => output,
    stop: async (last) => {
      child.kill("SIGTERM");
      await ended;
      last?.(data);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** A headless Chromium with fake devices; `extra` adds command line switches. */
export async function startBrowser(extra: string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...extra,
    ],
  });
}
