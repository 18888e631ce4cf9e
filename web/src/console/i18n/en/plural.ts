/** s is the ending of a plural. */
export const s = (n: number): string => (n === 1 ? "" : "s");
