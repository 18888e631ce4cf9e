import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./api";

/** newQueries makes the cache of one person's reads. Only what may pass by itself is tried again. */
export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: true,
        retry: (count, error) =>
          count < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 502),
      },
    },
  });
}

/** sentence is what to show of an error. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
