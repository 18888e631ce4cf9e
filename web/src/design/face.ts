/** Face is what is drawn of a person: chosen from their id, so that it is always the same. */
export interface Face {
  skin: string;
  hair: string;
  style: "short" | "bob" | "bun" | "crop" | "waves";
  glasses: boolean;
  wrinkles: boolean;
}

const SKIN = ["#f6d5b8", "#f2c9a5", "#eec09a", "#f8dcc4"] as const;
const DARK = ["#2b2320", "#3a2c25", "#1f1d22", "#4a372b"] as const;
/** Characters common in women's given names: only a hint for the hair drawn. */
const LONG_HAIR = /[英静敏芬丽桂秀娟芳玲燕洁婷红梅兰霞雪]|emily|li na/i;

/** faceOf makes the face of a person from id, name and age (0 when not known). */
export function faceOf(id: string, name: string, age: number): Face {
  const n = hash(`${id}/${name}`);
  const long = LONG_HAIR.test(name);
  const old = age >= 60;
  const longStyles = old ? (["bun", "bob"] as const) : (["bob", "waves", "bun"] as const);
  const shortStyles = old ? (["crop"] as const) : (["short", "crop"] as const);
  return {
    skin: pick(SKIN, n),
    hair: old ? (age >= 72 ? "#d9d9d6" : "#9c9a97") : pick(DARK, n >> 3),
    style: long ? pick(longStyles, n >> 5) : pick(shortStyles, n >> 5),
    glasses: old ? true : n % 5 === 0,
    wrinkles: old,
  };
}

function pick<T>(list: readonly T[], n: number): T {
  const value = list[Math.abs(n) % list.length];
  if (value === undefined) throw new RangeError("pick from an empty list");
  return value;
}

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 1;
}
