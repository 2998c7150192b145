// Talking to the server: JSON in and out, and its events. The address's own cookie says who asks.

/** {ok: true, value} or {ok: false, faults: [{rule, ...}], lost}; `lost`: nobody answered. Never throws. */
async function call(method, path, body) {
  const request = { method, cache: "no-store", headers: {} };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  let value;
  try {
    response = await fetch(path, request);
    value = await response.json();
  } catch {
    return { ok: false, lost: response === undefined, status: response?.status ?? 0, faults: [] };
  }
  if (response.ok) return { ok: true, value };
  return { ok: false, lost: false, status: response.status, faults: value.faults ?? [] };
}

export const server = {
  get: (path) => call("GET", path),
  post: (path, body = {}) => call("POST", path, body),
};

const SILENCE = 45_000; // ms; the server's heartbeat comes far more often
const AGAIN = 2_000; // ms

/**
 * Events from the server, from `onEvent(kind, data)`. `onState("open" | "lost")` says how it stands. The browser
 * comes back by itself with the number of the last event; where it gives up, or nothing comes for long, we begin anew.
 */
export function listen(path, kinds, onEvent, onState) {
  let source = null;
  let heard = Date.now();
  let retry = 0;
  const open = () => {
    source = new EventSource(path);
    source.addEventListener("open", () => {
      heard = Date.now();
      onState("open");
    });
    source.addEventListener("error", () => {
      onState("lost");
      if (source.readyState === EventSource.CLOSED) again();
    });
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        heard = Date.now();
        onEvent(kind, event.data === "" ? {} : JSON.parse(event.data));
      });
    }
  };
  const again = () => {
    source?.close();
    clearTimeout(retry);
    retry = setTimeout(open, AGAIN);
  };
  setInterval(() => {
    if (Date.now() - heard > SILENCE) {
      heard = Date.now();
      onState("lost");
      again();
    }
  }, 5_000);
  open();
}
