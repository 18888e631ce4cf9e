import { useQuery } from "@tanstack/react-query";
import { useSession } from "../session";

/** MOST is how many articles one answer of the server holds at most. */
const MOST = 500;

/** Names are what people call scenes and articles; a code nobody named stays as it is. */
export interface Names {
  flow(id: string): string;
  article(id: string): string;
}

/** useNames looks the names of scenes up, and those of articles where they are wanted too. */
export function useNames(articles: boolean): Names {
  const { api, locale } = useSession();
  const flows = useQuery({ queryKey: ["flows"], queryFn: api.flows });
  const intents = useQuery({ queryKey: ["intents"], queryFn: api.intents, enabled: locale === "en" });
  const list = useQuery({
    queryKey: ["articles", "names"],
    queryFn: () =>
      api.articles({ q: "", group: "", audience: "", state: "", expiring: false, offset: 0, limit: MOST }),
    enabled: articles,
    staleTime: 60_000,
  });
  // Scenes and articles carry a Chinese name here; their intents carry the English one.
  const english = (of: "flow" | "article", id: string): string =>
    locale === "en" ? (intents.data?.find((i) => i[of] === id)?.label_en ?? "") : "";
  return {
    flow: (id) => english("flow", id) || flows.data?.flows.find((f) => f.id === id)?.name || id,
    article: (id) => english("article", id) || list.data?.articles.find((a) => a.id === id)?.title || id,
  };
}
