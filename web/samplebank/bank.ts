import { nameThisPage } from "../src/rtc/capture";

/**
 * The sample bank: a site of another origin that embeds the chat by its script tag and
 * hands the customer's token over in memory. It has every kind of field that
 * screen sharing and co-browse must never leak.
 */

/** Token is what the product's demo sign-in answers. */
interface Token {
  token: string;
  subject: string;
  name: string;
  roles: string[];
  expires_at: string;
}

/** Chat is what the bank's page uses of <pingdui-chat>. */
interface Chat extends HTMLElement {
  tokenSource: ((renew: boolean) => Promise<Token>) | null;
  restart(): void;
}

// A remote session shares only a tab that carries the bank's name.
nameThisPage("pingdui-samplebank");

const product = productOrigin();
let customer = "";

/** productOrigin is where the widget comes from: the meta tag, or this host one port lower. */
function productOrigin(): string {
  const said = document.querySelector<HTMLMetaElement>('meta[name="pingdui-origin"]')?.content ?? "";
  if (said !== "") return said;
  return `${location.protocol}//${location.hostname}:${Number(location.port || "8081") - 1}`;
}

/** signIn stands for the bank's own backend, which would ask the product for a customer's token. */
async function signIn(as: string): Promise<Token> {
  const response = await fetch(`${product}/api/v1/demo/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    body: JSON.stringify({ as }),
  });
  if (!response.ok) throw new Error(`登录没有成功（${response.status}）`);
  return (await response.json()) as Token;
}

function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no ${id} on this page`);
  return found;
}

const chat = document.createElement("pingdui-chat") as Chat;
chat.setAttribute("demo", "");
chat.setAttribute("server", product);
chat.addEventListener("pingdui-sign-in", () =>
  byId("sign-in", HTMLElement).scrollIntoView({ behavior: "smooth" }),
);

// For tests of the demo: a session's media over TURN alone.
if (new URLSearchParams(location.search).has("relay")) chat.setAttribute("relay", "");
// While this tab is shared the page covers what nobody else may see; the style sheet says how.
chat.addEventListener("pingdui-sharing", (event) => {
  const { sharing } = (event as CustomEvent<{ sharing: boolean }>).detail;
  document.documentElement.classList.toggle("shared", sharing);
});

const script = document.createElement("script");
script.src = `${product}/widget.js`;
script.async = true;
script.addEventListener("load", () => document.body.append(chat));
document.body.append(script);

const select = byId("customer", HTMLSelectElement);
void fetch(`${product}/api/v1/demo/cast`, { credentials: "omit" })
  .then((response) => response.json())
  .then((cast: { customers: { id: string; name: string }[] }) => {
    for (const person of cast.customers) select.add(new Option(person.name, person.id));
  })
  .catch(() => {
    byId("sign-in-note", HTMLElement).textContent = "在线客服暂时连不上，网站其他功能不受影响。";
  });

byId("sign-in-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  customer = select.value;
  const note = byId("sign-in-note", HTMLElement);
  signIn(customer).then(
    (token) => {
      let first: Token | null = token;
      chat.tokenSource = async (renew) => {
        const known = renew ? null : first;
        first = null;
        return known ?? signIn(customer);
      };
      byId("who", HTMLElement).textContent = `${token.name}，您好`;
      note.textContent = "已登录。右下角的在线客服现在认得您了。";
      if (chat.isConnected) chat.restart();
    },
    (error: unknown) => {
      note.textContent = error instanceof Error ? error.message : String(error);
    },
  );
});

byId("show-password", HTMLInputElement).addEventListener("change", (event) => {
  const shown = (event.currentTarget as HTMLInputElement).checked;
  byId("password", HTMLInputElement).type = shown ? "text" : "password";
});

byId("transfer-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  byId("transfer-note", HTMLElement).textContent = "演示网站不会真的转账。请在右下角的在线客服里办理。";
  byId("pin", HTMLInputElement).value = "";
});

/** The limits live in a shadow root: one more place where a mirror must not look. */
class BankLimits extends HTMLElement {
  connectedCallback(): void {
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>label{display:block;margin:8px 0;color:#55524d}input{min-height:40px;margin-left:8px;padding:4px 10px;font:inherit;border:1px solid #bdb8ae;border-radius:8px}</style>
      <label>单笔限额（元）<input value="50000" inputmode="numeric"></label>
      <label>支付密码<input type="password" data-secret data-pd-mask maxlength="6" inputmode="numeric"></label>`;
  }
}
customElements.define("bank-limits", BankLimits);

const canvas = byId("spending", HTMLCanvasElement);
const pen = canvas.getContext("2d");
if (pen) {
  pen.font = "14px sans-serif";
  [3120, 2860, 4410, 3015, 5260, 3890].forEach((spent, i) => {
    const height = spent / 40;
    pen.fillStyle = "#973747";
    pen.fillRect(24 + i * 104, 150 - height, 56, height);
    pen.fillStyle = "#55524d";
    pen.fillText(`${i + 1} 月`, 36 + i * 104, 170);
  });
}
