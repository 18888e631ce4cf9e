import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { useNavigate } from "react-router";
import { moment } from "../i18n";
import { kindOf, placeOf } from "../paths";
import { useSession } from "../session";
import { Field, StateTag } from "./bits";
import { Blank, Reading, Refused } from "./states";

/** Pack makes a release of drafts: choose, name, propose. */
export function Pack(props: { onClose: () => void }): ReactElement {
  const { api, w, locale, nameOf } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const drafts = useQuery({ queryKey: ["drafts"], queryFn: api.drafts, staleTime: 0 });
  const [title, setTitle] = useState("");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const free = (drafts.data ?? []).filter((d) => !d.proposed);
  const picked = free.filter((d) => !left.has(d.path)).map((d) => d.path);
  const propose = useMutation({
    mutationFn: () => api.propose(title.trim(), picked.length === free.length ? [] : picked),
    onSuccess: async (release) => {
      void message.success(w.releases.packed(release.id));
      await queries.invalidateQueries();
      props.onClose();
      await navigate(`/releases/${release.id}`);
    },
  });
  return (
    <Modal
      open
      width={640}
      title={w.releases.packTitle}
      onCancel={props.onClose}
      destroyOnHidden
      footer={[
        <Button key="no" onClick={props.onClose}>
          {w.act.cancel}
        </Button>,
        <Button
          key="yes"
          type="primary"
          loading={propose.isPending}
          disabled={title.trim() === "" || picked.length === 0}
          onClick={() => propose.mutate()}
        >
          {w.releases.packSubmit}
        </Button>,
      ]}
    >
      <p className="cs-note">{w.releases.packHint}</p>
      <Reading of={drafts} rows={3}>
        {() =>
          free.length === 0 ? (
            <Blank icon="articles" title={w.releases.packNone} hint={w.releases.packNoneHint} />
          ) : (
            <>
              <Field label={w.releases.packName}>
                <Input
                  value={title}
                  maxLength={60}
                  autoFocus
                  placeholder={w.releases.packNameHint}
                  onChange={(e) => setTitle(e.target.value)}
                />
              </Field>
              <fieldset className="cs-pick">
                <legend>{w.releases.packPick}</legend>
                <Checkbox
                  checked={picked.length === free.length}
                  indeterminate={picked.length > 0 && picked.length < free.length}
                  onChange={(e) => setLeft(e.target.checked ? new Set() : new Set(free.map((d) => d.path)))}
                >
                  {w.releases.packAll}
                </Checkbox>
                {free.map((d) => (
                  <Checkbox
                    key={d.path}
                    checked={!left.has(d.path)}
                    onChange={(e) => {
                      const next = new Set(left);
                      if (e.target.checked) next.delete(d.path);
                      else next.add(d.path);
                      setLeft(next);
                    }}
                  >
                    <span className="cs-pick-line">
                      <span>
                        {kindOf(d.path, w)} · <strong>{placeOf(d.path).name}</strong>
                        <small>
                          {nameOf(d.author)} {moment(d.updated_at, locale)}
                        </small>
                      </span>
                      <StateTag file={d} />
                    </span>
                  </Checkbox>
                ))}
              </fieldset>
            </>
          )
        }
      </Reading>
      <Refused error={propose.error} />
    </Modal>
  );
}
