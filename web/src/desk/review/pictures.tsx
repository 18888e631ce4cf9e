import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import type { ReactElement } from "react";
import { useEffect, useState } from "react";
import type { Picture } from "../../api/wire";
import type { Conversation } from "../core/state";
import { useRoom } from "../ui/context";
import { pictureWords } from "./picture-words";

/**
 * Pictures are what the customer photographed in this conversation, beside what was
 * read off each. Every look is noted on the server; nothing is kept in the browser.
 */
export function Pictures(props: { conversation: Conversation }): ReactElement | null {
  const { api, locale } = useRoom();
  const t = pictureWords(locale);
  const { conversation: c } = props;
  const [open, setOpen] = useState<Picture | null>(null);
  const list = useQuery({
    // Every change of the case may have brought a picture.
    queryKey: ["captures", c.id, c.file.step, c.messages.length],
    queryFn: () => api.captures(c.id),
    enabled: c.own && !c.stale,
    placeholderData: (before) => before,
    retry: 1,
  });
  const pictures = list.data?.captures ?? [];
  if (pictures.length === 0) return null;
  return (
    <section className="dk-panel dk-pictures" aria-label={t.title}>
      <header>
        <h2>{t.title}</h2>
      </header>
      <ul>
        {pictures.map((p) => (
          <li key={p.id}>
            <Button size="small" onClick={() => setOpen(p)}>
              {p.title}
            </Button>
            <Fields picture={p} />
          </li>
        ))}
      </ul>
      <Modal
        open={open !== null}
        onCancel={() => setOpen(null)}
        footer={null}
        title={open?.title}
        width="min(960px, 96vw)"
        destroyOnHidden
      >
        {open ? (
          <div className="dk-picture">
            <Shown conversation={c.id} picture={open} />
            <Fields picture={open} />
          </div>
        ) : null}
      </Modal>
    </section>
  );
}

function Fields(props: { picture: Picture }): ReactElement {
  const { locale } = useRoom();
  const t = pictureWords(locale);
  const { picture: p } = props;
  if (!p.read && p.kind !== "video") return <p className="dk-note">{t.reading}</p>;
  if (p.fields.length === 0) return <p className="dk-note">{t.nothingAsked}</p>;
  return (
    <dl className="dk-read">
      {p.fields.map((f) => (
        <div key={f.name}>
          <dt>{t.fields[f.name] ?? f.name}</dt>
          <dd>
            {f.value ? f.value : t.notFound}
            {f.value && !f.sure ? <em className="dk-tag gold">{t.unsure}</em> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Shown loads one picture and forgets it when it is closed. */
function Shown(props: { conversation: string; picture: Picture }): ReactElement {
  const { api, locale } = useRoom();
  const t = pictureWords(locale);
  const [url, setUrl] = useState("");
  const [trouble, setTrouble] = useState("");
  const { conversation, picture: p } = props;
  useEffect(() => {
    let made = "";
    let over = false;
    api.picture(conversation, p.id).then(
      (blob) => {
        if (over) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      (error: unknown) => {
        if (!over) setTrouble(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [api, conversation, p.id]);
  if (trouble)
    return (
      <div role="alert" className="dk-alert">
        {trouble}
      </div>
    );
  if (!url) return <p className="dk-note">{t.loading}</p>;
  return p.kind === "video" ? (
    <video src={url} controls muted aria-label={p.title} />
  ) : (
    <img src={url} alt={p.title} />
  );
}
