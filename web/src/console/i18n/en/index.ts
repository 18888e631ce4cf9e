import type { Words } from "../zh";
import { articlesWords } from "./articles";
import { flowPageWords } from "./flow-page";
import { flowsWords } from "./flows";
import { frameWords } from "./frame";
import { intentsWords } from "./intents";
import { releasesWords } from "./releases";
import { staffWords } from "./staff";
import { tablesWords } from "./tables";
import { todoWords } from "./todo";
import { tryWords } from "./try";

/** en are the console's words in English. */
export const en: Words = {
  ...frameWords,
  ...todoWords,
  ...articlesWords,
  ...intentsWords,
  ...flowsWords,
  ...flowPageWords,
  ...tablesWords,
  ...releasesWords,
  ...tryWords,
  ...staffWords,
};
