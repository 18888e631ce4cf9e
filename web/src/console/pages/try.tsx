import { useMutation, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Segmented, Select } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { DayInput, Field, Page } from "../parts/bits";
import { Blank, Loading, Refused } from "../parts/states";
import { TryView } from "../parts/try-view";
import { useSession } from "../session";
import type { TryRequest } from "../wire";

const SAMPLES = ["现在三年定期多少", "给儿子转三千五，不对，三千", "我卡丢了怎么办", "帮我写首诗"];

/** TryPage shows every step of one message, as any customer, edition, language and day. */
export function TryPage(): ReactElement {
  const { api, w, cast, locale } = useSession();
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get("text") ?? "");
  const [customer, setCustomer] = useState(params.get("customer") ?? "");
  const [edition, setEdition] = useState<"standard" | "elder">(
    params.get("edition") === "elder" ? "elder" : "standard",
  );
  const [speaks, setSpeaks] = useState<"zh" | "en">(params.get("locale") === "en" ? "en" : "zh");
  const [on, setOn] = useState(params.get("on") ?? "");
  const [release, setRelease] = useState(params.get("release") ?? "");
  const [staff, setStaff] = useState(params.get("staff") === "1");
  const releases = useQuery({ queryKey: ["releases", "first"], queryFn: () => api.releases(0) });
  const run = useMutation({ mutationFn: (body: TryRequest) => api.tryOut(body) });

  const start = (said: string): void => {
    const trimmed = said.trim();
    if (trimmed === "") return;
    const body: TryRequest = { text: trimmed, edition, locale: speaks };
    if (customer !== "") body.customer = customer;
    if (on !== "") body.on = on;
    if (release !== "") body.release = release;
    if (staff) body.staff = true;
    const kept = new URLSearchParams({ text: trimmed });
    for (const [key, value] of Object.entries({
      customer,
      on,
      release,
      edition: edition === "elder" ? edition : "",
      locale: speaks === "en" ? speaks : "",
      staff: staff ? "1" : "",
    }))
      if (value !== "") kept.set(key, value);
    setParams(kept, { replace: true });
    run.mutate(body);
  };
  // A link with a text in it is tried at once.
  useEffect(() => {
    if (text !== "") start(text);
  }, []);

  return (
    <Page title={w.nav.try} note={w.try.emptyHint}>
      <div className="cs-try">
        <form
          className="cs-panel cs-try-form"
          onSubmit={(e) => {
            e.preventDefault();
            start(text);
          }}
        >
          <Field label={w.try.text}>
            <Input.TextArea
              value={text}
              autoSize={{ minRows: 3, maxRows: 8 }}
              placeholder={w.try.placeholder}
              maxLength={2000}
              onChange={(e) => setText(e.target.value)}
              onPressEnter={(e) => {
                if (e.shiftKey || e.nativeEvent.isComposing) return;
                e.preventDefault();
                start(text);
              }}
            />
          </Field>
          <Button
            type="primary"
            htmlType="submit"
            block
            size="large"
            loading={run.isPending}
            disabled={text.trim() === ""}
          >
            {run.isPending ? w.try.running : w.try.run}
          </Button>
          <Field label={w.try.who}>
            <Select
              value={customer}
              showSearch={{ optionFilterProp: "label" }}
              options={[
                { value: "", label: w.try.visitor },
                ...cast.customers
                  .filter((c) => c.role === "customer")
                  .map((c) => ({
                    value: c.id,
                    label: `${locale === "en" ? c.name_en || c.name : c.name}${c.age ? `，${c.age}` : ""}`,
                  })),
              ]}
              onChange={(id) => {
                setCustomer(id);
                const person = cast.customers.find((c) => c.id === id);
                setEdition(person?.edition === "elder" ? "elder" : "standard");
                setSpeaks(person?.locale === "en" ? "en" : "zh");
              }}
            />
          </Field>
          <div className="cs-grid-2 cs-keep">
            <div className="cs-field">
              <span className="cs-field-label">{w.try.edition}</span>
              <Segmented
                block
                aria-label={w.try.edition}
                value={edition}
                onChange={(v) => setEdition(v === "elder" ? v : "standard")}
                options={[
                  { value: "standard", label: w.try.standard },
                  { value: "elder", label: w.try.elder },
                ]}
              />
            </div>
            <div className="cs-field">
              <span className="cs-field-label">{w.try.locale}</span>
              <Segmented
                block
                aria-label={w.try.locale}
                value={speaks}
                onChange={(v) => setSpeaks(v === "en" ? v : "zh")}
                options={[
                  { value: "zh", label: "中文" },
                  { value: "en", label: "EN" },
                ]}
              />
            </div>
            <Field label={w.try.on}>
              <DayInput value={on} onChange={setOn} />
            </Field>
            <Field label={w.try.release}>
              <Select
                value={release}
                popupMatchSelectWidth={false}
                options={[
                  { value: "", label: w.try.current },
                  ...(releases.data?.releases ?? []).map((r) => ({
                    value: r.id,
                    label: `${r.id} ${r.title}`,
                  })),
                ]}
                onChange={setRelease}
              />
            </Field>
          </div>
          <Checkbox checked={staff} onChange={(e) => setStaff(e.target.checked)}>
            {w.try.staff}
          </Checkbox>
        </form>
        <div className="cs-stack" aria-live="polite">
          <Refused error={run.error} />
          {run.isPending && !run.data ? <Loading /> : null}
          {run.data ? (
            <TryView result={run.data} text={run.variables?.text ?? ""} edition={edition} locale={speaks} />
          ) : null}
          {!run.data && !run.isPending && !run.error ? (
            <Blank icon="try" title={w.try.empty} hint={w.try.samples}>
              <div className="cs-samples">
                {SAMPLES.map((s) => (
                  <Button
                    key={s}
                    onClick={() => {
                      setText(s);
                      start(s);
                    }}
                  >
                    {s}
                  </Button>
                ))}
              </div>
            </Blank>
          ) : null}
        </div>
      </div>
    </Page>
  );
}
