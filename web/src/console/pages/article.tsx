import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Input, Tabs } from "antd";
import { type ReactElement, useCallback, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { Problem } from "../api";
import { asked, emptyArticle, merged, partsOf, trimmed } from "../article";
import { moment } from "../i18n";
import { ArticleForm } from "../parts/article-form";
import { ArticleSide } from "../parts/article-side";
import { Diff, Page, StateTag } from "../parts/bits";
import { SaveBar, useUnsaved } from "../parts/edit";
import { FieldChanges } from "../parts/field-changes";
import { Icon } from "../parts/icons";
import { Merge } from "../parts/merge";
import { Faults, Reading, Refused } from "../parts/states";
import { useSession } from "../session";
import type { Article, ArticleSave, ArticleView, Conflict } from "../wire";

/** ArticlePage opens one article for editing, or a new one. */
export function ArticlePage(): ReactElement {
  const { api, me } = useSession();
  const { id = "" } = useParams();
  const view = useQuery({
    queryKey: ["article", id],
    queryFn: () => api.article(id),
    enabled: id !== "new",
    // What is being edited is not changed under the editor: saving finds a conflict.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (id === "new") return <Editor key={`new ${me.subject}`} view={null} reload={() => undefined} />;
  return (
    <Reading of={view} rows={12}>
      {(v) => (
        <Editor
          key={`${v.article.id} ${v.file.base} ${v.file.state}`}
          view={v}
          reload={() => void view.refetch()}
        />
      )}
    </Reading>
  );
}

interface Clash {
  conflict: Conflict;
  theirs: Article;
}

function Editor(props: { view: ArticleView | null; reload: () => void }): ReactElement {
  const { view } = props;
  const { api, w, locale, has, nameOf } = useSession();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const navigate = useNavigate();
  // 没答上的 opens an article with the question in it: not saved yet.
  const [params, setParams] = useSearchParams();
  const [brought] = useState(() => asked(view?.article ?? emptyArticle(), params));
  const [article, setArticle] = useState<Article>(() => brought ?? view?.article ?? emptyArticle());
  const [yaml, setYaml] = useState(view?.yaml ?? "");
  const [tab, setTab] = useState("form");
  const [touched, setTouched] = useState<"" | "form" | "yaml">(brought ? "form" : "");
  const [clash, setClash] = useState<Clash | null>(null);
  const readOnly = !has("editor", "admin");
  const id = view?.article.id ?? "";

  const done = async (saved: ArticleView): Promise<void> => {
    setTouched("");
    if (brought && id !== "") setParams({}, { replace: true });
    setClash(null);
    void message.success(w.act.saved);
    queries.setQueryData(["article", saved.article.id], saved);
    await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "article" });
    if (id === "") await navigate(`/articles/${saved.article.id}`, { replace: true });
  };
  const save = useMutation({
    mutationFn: (body: ArticleSave) => (id === "" ? api.addArticle(body) : api.saveArticle(id, body)),
    onSuccess: done,
    onError: async (error, body) => {
      if (!(error instanceof Problem)) return;
      if (error.conflict) {
        const theirs = await api.article(id).catch(() => null);
        setClash({ conflict: error.conflict, theirs: theirs?.article ?? emptyArticle() });
      } else if (error.code === "comments") {
        modal.confirm({
          title: w.edit.comments,
          content: w.edit.commentsHint,
          okText: w.edit.dropComments,
          cancelText: w.edit.useYaml,
          onOk: () => save.mutate({ ...body, drop_comments: true }),
          onCancel: () => setTab("yaml"),
        });
      }
    },
  });
  const base = view?.file.base ?? "";
  const submit = useCallback(() => {
    if (touched === "yaml") save.mutate({ base, yaml });
    else save.mutate({ base, article: trimmed(article) });
  }, [touched, base, yaml, article, save.mutate]);
  useUnsaved(touched !== "" && !readOnly, submit);
  const discard = useMutation({
    mutationFn: () => api.discard(view?.file.path ?? "", base),
    onSuccess: async () => {
      setTouched("");
      void message.success(w.act.discarded);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "article" });
      if (view?.file.state === "new") await navigate("/articles", { replace: true });
      else props.reload();
    },
  });
  const remove = useMutation({
    mutationFn: () => api.deleteArticle(id, base),
    onSuccess: async () => {
      setTouched("");
      void message.success(w.edit.deleted);
      await queries.invalidateQueries();
      await navigate("/articles", { replace: true });
    },
  });
  const file = view?.file;
  const change = (next: Article): void => {
    setArticle(next);
    setTouched("form");
  };
  const refused = [save.error, discard.error, remove.error].find(
    (e) => e && !(e instanceof Problem && (e.conflict || e.code === "comments")),
  );
  return (
    <Page
      back={
        <Link to="/articles" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.articles}
        </Link>
      }
      title={view ? (article.title.zh ?? id) : w.edit.newTitle}
      note={
        file ? (
          <>
            <StateTag file={file} /> <code>{file.path}</code>
            {file.author
              ? ` · ${w.edit.savedBy(nameOf(file.author))} ${moment(file.updated_at, locale)}`
              : ""}
          </>
        ) : null
      }
      tools={
        file && file.state !== "published" && !file.proposed ? (
          <Link to="/releases?pack=1">{w.act.toRelease}</Link>
        ) : null
      }
    >
      {file?.state === "deleted" ? <Alert type="warning" showIcon title={w.edit.gone} /> : null}
      {view && view.problems.length > 0 ? (
        <Alert
          type="error"
          showIcon
          title={w.edit.problems}
          description={<Faults list={view.problems} word={w.edit.remedy} />}
        />
      ) : null}
      <Refused error={refused} />
      <div className="cs-editor">
        <Tabs
          activeKey={tab}
          onChange={setTab}
          items={[
            {
              key: "form",
              label: w.edit.form,
              disabled: touched === "yaml",
              children: (
                <ArticleForm
                  article={article}
                  fresh={view === null}
                  readOnly={readOnly}
                  saved={touched === ""}
                  onChange={change}
                />
              ),
            },
            {
              key: "yaml",
              label: w.edit.yaml,
              disabled: touched === "form",
              children: (
                <>
                  <p className="cs-note">{w.edit.yamlHint}</p>
                  <Input.TextArea
                    className="cs-code"
                    value={yaml}
                    readOnly={readOnly}
                    spellCheck={false}
                    autoSize={{ minRows: 18 }}
                    aria-label={w.edit.yaml}
                    onChange={(e) => {
                      setYaml(e.target.value);
                      setTouched("yaml");
                    }}
                  />
                </>
              ),
            },
            ...(view
              ? [
                  {
                    key: "diff",
                    label: w.edit.diff,
                    children: view.diff ? (
                      <>
                        <FieldChanges list={view.changed ?? []} label={w.edit.diff} />
                        <Diff text={view.diff} label={w.edit.diff} />
                      </>
                    ) : (
                      <p className="cs-note">{w.edit.noDiff}</p>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {view ? <ArticleSide view={view} /> : null}
      </div>
      <SaveBar
        dirty={touched !== ""}
        saving={save.isPending}
        readOnly={readOnly}
        note={file && file.state !== "published" ? w.act.saved : undefined}
        save={submit}
        undo={() => {
          setArticle(view?.article ?? emptyArticle());
          setYaml(view?.yaml ?? "");
          setTouched("");
          save.reset();
        }}
        discard={file && file.state !== "published" && !file.proposed ? () => discard.mutate() : undefined}
        remove={
          view && file?.state !== "deleted"
            ? {
                label: w.edit.remove,
                run: () =>
                  modal.confirm({
                    title: w.edit.deleteAsk,
                    content: w.edit.deleteHint,
                    okText: w.edit.remove,
                    okButtonProps: { danger: true },
                    cancelText: w.act.cancel,
                    onOk: () => remove.mutateAsync(),
                  }),
              }
            : undefined
        }
      />
      {clash ? (
        <Merge
          conflict={clash.conflict}
          parts={touched === "yaml" ? [] : partsOf(article, clash.theirs, w)}
          saving={save.isPending}
          onSave={(values) => {
            if (touched === "yaml") {
              save.mutate({ base: clash.conflict.base, yaml });
              return;
            }
            const next = merged(article, clash.theirs, values);
            setArticle(next);
            save.mutate({ base: clash.conflict.base, article: trimmed(next) });
          }}
          onTheirs={() => {
            setClash(null);
            setTouched("");
            props.reload();
          }}
          onClose={() => setClash(null)}
        />
      ) : null}
    </Page>
  );
}
