// Run once before all files of the project: a program fills a data folder with its
// first release and ends; each file then starts on a copy of it.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startProgram } from "./program.ts";

declare module "vitest" {
  interface ProvidedContext {
    prepared: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "pingdui-prepared-"));
  const program = await startProgram({}, "");
  await program.stop((data) => cpSync(data, folder, { recursive: true }));
  project.provide("prepared", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
