/** Trouble is an answer that was no success, with its sentence for people. */
export class Trouble extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Trouble";
  }
}

async function trouble(response: Response): Promise<Trouble> {
  let body: { code?: string; message?: string } = {};
  try {
    body = (await response.json()) as typeof body;
  } catch {
    // Not JSON: the status has to do.
  }
  const message =
    body.message ??
    `服务器没有接受（${response.status}），请稍后再试 / refused (${response.status}), try again`;
  return new Trouble(response.status, body.code ?? "unknown", message);
}

/**
 * signedSender makes calls below `base`; `token` is asked at each and signs in anew with
 * renew. An answer that is no success is thrown as Trouble.
 */
export function signedSender(base: string, token: (renew: boolean) => Promise<string>) {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const attempt = async (renew: boolean): Promise<Response> => {
      const headers: Record<string, string> = {
        Accept: "application/json",
        Authorization: `Bearer ${await token(renew)}`,
      };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      try {
        return await fetch(base + path, {
          method,
          headers,
          credentials: "same-origin", // an opening's secret is a cookie of its own path
          cache: "no-store",
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch {
        throw new Trouble(
          0,
          "network",
          "连不上服务器，请检查网络后重试 / can't reach the server, check the network",
        );
      }
    };
    let response = await attempt(false);
    if (response.status === 401) response = await attempt(true);
    if (!response.ok) throw await trouble(response);
    return response;
  }
  return send;
}
