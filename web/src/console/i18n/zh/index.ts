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

/** zh are the console's words in Chinese, a file an area; en has the same shape. */
export const zh = {
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

/** Words is what a dictionary of the console holds. */
export type Words = typeof zh;
