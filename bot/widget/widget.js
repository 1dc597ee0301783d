/**
 * <psqm-assistant>: the PSQM assistant in a corner of any page. How to embed and theme it: docs/widget.md.
 *
 * The API is where this file came from. Only textContent is ever written, styles are a constructed sheet, so it runs
 * under `script-src`, `style-src` and Trusted Types policies as strict as they come.
 */

const API = new URL("api/", import.meta.url);
const TOKEN = `psqm-session ${API.href}`;
const LIMIT = 4000; // characters a message, as the API counts them: code points
const NEARLY = 3600;
const PATIENCE = 30_000; // ms for an answer
const TYPING = 150; // ms of rest before a school is looked up
const SEARCHING = 5000; // ms for that
const SILENCE = 45_000; // ms: the event stream beats every 15 s, so three missed beats are a dead line
const SHEET = "(max-width: 480px), (max-height: 420px)"; // here the panel fills the screen

const TEXT = {
  label: "Ask a question",
  heading: "assistant",
  robot: "Automatic answers, not a person",
  again: "Start again",
  close: "Close",
  send: "Send",
  retry: "Try again",
  edit: "Change and send again",
  offline: "You seem to be offline. What you write is kept, and goes as soon as you are connected.",
  unreachable: "The assistant cannot be reached just now. What you wrote is kept: please try again in a moment.",
  broken: "Something went wrong on our side. What you wrote is kept: please try again in a moment.",
  expired: "Your earlier conversation has expired, so this is a new one.",
  confirm: "Start again? This conversation will be cleared from this device.",
  keep: "Keep it",
  typing: "The assistant is writing",
  newTab: " (opens in a new tab)",
  noSchool: "No school found: just send what you wrote",
  right: "Was that right?",
  thanks: "Thank you.",
  unrated: "That could not be kept: please try again.",
  noSearch: "Schools cannot be looked up just now: send what you wrote",
};
const SPEAKERS = { you: "You", assistant: "Assistant", leader: "Hub leader" };
/** What the field is when the assistant expects this: its element, its name, its attributes. */
const FIELDS = {
  text: ["textarea", "Your question or answer", { rows: "1", inputmode: "text", autocomplete: "off", autocapitalize: "sentences" }],
  email: ["input", "Your email address", { type: "email", inputmode: "email", autocomplete: "email", autocapitalize: "none" }],
  school: [
    "input", "Your school’s name, town or postcode",
    {
      role: "combobox", "aria-autocomplete": "list", "aria-controls": "schools", "aria-expanded": "false",
      autocomplete: "off", autocapitalize: "words", spellcheck: "false",
    },
  ],
};
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  again: "M5 12a7 7 0 1 0 2.2-5.1M5 4v4h4",
  send: "M12 19V6M6 11l6-6 6 6",
  outside: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
};

/* ---------------------------------------------------------------- small things */

/** An element: attributes (false and null are left out), `on…` listeners, children. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const unseen = (text) => h("span", { class: "unseen" }, text);

/** A link if the address is one that a person may follow, the bare label otherwise. */
function link(href, label) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return document.createTextNode(label);
  }
  if (url.protocol === "mailto:") return h("a", { href: url.href }, label);
  if (!/^https?:$/.test(url.protocol)) return document.createTextNode(label);
  return h("a", { href: url.href, target: "_blank", rel: "noopener" }, label, icon("outside"), unseen(TEXT.newTab));
}

/** Writes into a field; one of a single line would glue the lines together. */
function write(field, text) {
  field.value = field.matches("input") ? text.replace(/\s*\n\s*/g, " ") : text;
}

/** Text as nodes, with the web and email addresses in it made into links. */
function linked(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)) {
    nodes.push(text.slice(end, match.index), link(/^http/.test(match[0]) ? match[0] : `mailto:${match[0]}`, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

/** "2026-03-01" → "1 March 2026". */
function day(iso) {
  const date = new Date(`${iso}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  const words = date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return words.replaceAll(" ", "\u00a0");
}

/** The text as the service keeps it, roughly: enough to know our own message again. */
const plain = (text) => text.normalize().replace(/[\p{C}\s]+/gu, " ").trim();

// crypto.randomUUID is missing where the page came over plain http.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/** localStorage or sessionStorage, or a mere memory where the browser forbids them or they are full. */
function shelf(area) {
  const memory = new Map();
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key);
      try {
        return window[area].getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      memory.delete(key);
      try {
        if (value) window[area].setItem(key, value);
        else window[area].removeItem(key);
      } catch {
        memory.set(key, value);
      }
    },
  };
}

const device = shelf("localStorage"); // the session, for all tabs
const tab = shelf("sessionStorage"); // open or not, the draft, what is not sent yet; the session of a letter

/* ---------------------------------------------------------------- the service */

/** What went wrong, in words for the person. `status` 0: nobody answered. `wait`: seconds. */
class Problem extends Error {
  constructor(status, detail, wait = 0) {
    super(detail);
    this.status = status;
    this.wait = wait;
  }

  /** An error as a Problem: what is not one is a bug, ours or the service's, and no text for a person. */
  static of(error) {
    if (error instanceof Problem) return error;
    console.error(error);
    return new Problem(500, TEXT.broken);
  }
}

function headers(token, more = {}) {
  return token ? { Authorization: `Bearer ${token}`, ...more } : more;
}

function retryAfter(response) {
  const value = response.headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Math.max(0, Math.ceil(seconds || 0));
}

/** Calls the API; the answer's JSON. Throws Problem. */
async function call(path, { token, body, signal = AbortSignal.timeout(PATIENCE) } = {}) {
  let response, answer;
  try {
    response = await fetch(new URL(path, API), {
      method: body ? "POST" : "GET",
      headers: headers(token, body ? { "Content-Type": "application/json" } : {}),
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      signal,
    });
    answer = await response.text();
  } catch {
    throw new Problem(0, navigator.onLine ? TEXT.unreachable : TEXT.offline);
  }
  try {
    answer = JSON.parse(answer);
  } catch {
    throw new Problem(response.status || 500, TEXT.broken, retryAfter(response));
  }
  if (!response.ok) throw new Problem(response.status, answer?.detail || TEXT.broken, retryAfter(response));
  return answer;
}

/** The messages of one event stream until it ends, in order. Throws Problem, or what fetch throws. */
async function* streamed(token, seen, stop) {
  const line = new AbortController();
  const giveUp = () => line.abort();
  let watch = setTimeout(giveUp, SILENCE);
  stop.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await fetch(new URL("events", API), {
      // EventSource cannot send Authorization, and a token in the address would end up in logs.
      headers: headers(token, { Accept: "text/event-stream", "Last-Event-ID": String(seen) }),
      credentials: "omit",
      cache: "no-store",
      signal: line.signal,
    });
    if (!response.ok) throw new Problem(response.status, "", retryAfter(response));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(giveUp, SILENCE);
      buffer += value;
      for (let gap; (gap = /\r\n\r\n|\n\n/.exec(buffer)); ) {
        const fields = buffer.slice(0, gap.index).split(/\r?\n/);
        buffer = buffer.slice(gap.index + gap[0].length);
        const data = fields.filter((field) => field.startsWith("data:")).map((field) => field.slice(5).trimStart());
        if (data.length) yield JSON.parse(data.join("\n"));
      }
    }
  } finally {
    clearTimeout(watch);
    stop.removeEventListener("abort", giveUp);
    line.abort();
  }
}

/* ---------------------------------------------------------------- the schools that may be meant */

/** A combobox's list, chosen from by hand only (ARIA Authoring Practices); `choose` gets a school as one would type it. */
class SchoolList {
  #field;
  #search = null;
  #at = -1; // the option pointed at; -1 is the field itself

  constructor(choose) {
    this.choose = choose;
    this.list = h("ul", {
      id: "schools", role: "listbox", "aria-label": "Schools", hidden: true,
      onpointerdown: () => this.#drop(), // what is under the finger shall not change
      onmousedown: (event) => event.preventDefault(), // the focus stays in the field
    });
    this.found = h("p", { class: "found", role: "status" });
  }

  /** Looks up what stands in the field, once the typing pauses; an answer to anything older is dropped. */
  async seek(field) {
    this.#field = field;
    this.#point(-1);
    this.#drop();
    const q = field.value.trim();
    if (q.length < 2 || q.length > 100 || q.includes("?")) return this.clear();
    const search = (this.#search = new AbortController());
    const { signal } = search;
    await pause(TYPING, signal);
    if (signal.aborted) return;
    const timer = setTimeout(() => search.abort(), SEARCHING);
    let options = [];
    let found = TEXT.noSearch;
    try {
      const { schools } = await call(`schools?${new URLSearchParams({ q })}`, { signal });
      options = schools.map((school, at) => this.#option(school, at));
      const { length } = options;
      found = length ? `${length} school${length > 1 ? "s" : ""} found, or send what you wrote` : TEXT.noSchool;
    } catch {} // told: the person sends what is written
    clearTimeout(timer);
    if (search === this.#search) this.#show(options, found);
  }

  /** Whether a key was for the list. */
  press(event) {
    const { key } = event;
    const { children, hidden } = this.list;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step && children[0]) {
      this.#drop();
      this.#open(true);
      // Beyond either end is the field.
      const places = children.length + 1;
      this.#point(((this.#at + 1 + step + places) % places) - 1);
    } else if (hidden) return false;
    else if (key === "Escape") this.close();
    else if (key === "Enter" && this.#at >= 0) children[this.#at].click();
    else {
      if (/Home|End|Left|Right/.test(key)) this.#point(-1); // back in the text
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#drop();
    this.#open(false);
    this.found.textContent = "";
  }

  clear() {
    this.close();
    this.list.replaceChildren();
  }

  #drop() {
    this.#search?.abort();
    this.#search = null;
  }

  #show(options, found) {
    this.list.replaceChildren(...options);
    this.#open(options.length > 0);
    if (this.found.textContent !== found) this.found.textContent = found; // else it is read out again
  }

  #open(yes) {
    this.list.hidden = !yes;
    this.#field?.setAttribute("aria-expanded", String(yes));
    if (!yes) this.#point(-1);
  }

  #point(at) {
    this.#at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = this.list.children[at];
    if (!option) return this.#field?.removeAttribute("aria-activedescendant");
    this.#field.setAttribute("aria-activedescendant", option.id);
    for (const node of [option, this.#field]) node.scrollIntoView({ block: "nearest" });
  }

  #option({ urn, name, town, postcode, status, teaches_primary }, at) {
    const place = [town, postcode].filter(Boolean);
    const but = status !== "open" ? ` (${status})` : teaches_primary ? "" : " (not primary)";
    return h(
      "li",
      {
        role: "option", id: `school-${at}`, "aria-selected": "false",
        onclick: () => this.choose(`${[name, ...place].join(", ")} (${urn})`),
      },
      h("b", {}, `${name} `),
      h("span", {}, place.join(", ") + but),
    );
  }
}

/* ---------------------------------------------------------------- the element */

class PsqmAssistant extends HTMLElement {
  static observedAttributes = ["open", "label"];

  #items = []; // what the log shows, in order: {n, from, order, node, choices?, text, entry?}
  #outbox = []; // what is not answered yet: {id, text | choice, shown, after, item, state}
  #seen = 0; // the last n that history or the stream brought; a POST's answers may run ahead of it
  #epoch = 0; // rises with each new conversation: answers to an older one are dropped
  #token = null;
  #joining = null;
  #stream = null;
  #sending = false;
  #connected = null;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET_OF_STYLES];
    this.#build();
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(value) {
    this.toggleAttribute("open", Boolean(value));
  }

  /** Opens the panel and sends a question, as if the person had typed it; closing gives the focus back to `opener`. */
  ask(question, opener = this.#launcher) {
    this.#opener = opener;
    this.open = true;
    this.#ready();
    if (question?.trim()) this.#say({ text: question, shown: question });
  }

  connectedCallback() {
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    const on = (target, type, listener) => target?.addEventListener(type, listener, { signal });
    const mode = matchMedia(SHEET);
    on(mode, "change", () => this.open && this.#arrange());
    on(window.visualViewport, "resize", () => this.#fit());
    on(window.visualViewport, "scroll", () => this.#fit());
    on(document, "visibilitychange", () => this.#listen());
    on(window, "online", () => {
      if (this.open) this.#join();
      for (const entry of this.#outbox) if (entry.status === 0) this.#retry(entry);
    });
    on(window, "storage", ({ key, newValue }) => {
      if (key === this.#shelf.key && newValue && newValue !== this.#token && this.#token) this.#leave(this.#outbox);
    });
    on(document, "click", (event) => {
      const asked = event.target.closest?.("[data-psqm-ask]");
      if (!asked || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.ask(asked.dataset.psqmAsk, asked);
    });
    write(this.#field, tab.get("psqm-draft") ?? "");
    this.#count();
    // What the person did last in this tab comes before what the page says.
    const last = tab.get("psqm-open");
    if (last) this.toggleAttribute("open", last === "yes");
    if (this.open && !this.#panel.open) this.#opened();
  }

  disconnectedCallback() {
    this.#connected.abort();
    this.#connected = null;
    this.#listen();
  }

  attributeChangedCallback(name, before, after) {
    if (name === "label") this.#label.textContent = after || TEXT.label;
    else if ((before === null) !== (after === null) && this.#connected) this.open ? this.#opened() : this.#closed();
  }

  /* ---- looks */

  #launcher;
  #opener;
  #label;
  #panel;
  #heading;
  #log;
  #typing;
  #form;
  #field = h("span");
  #expected;
  #called = h("label", { for: "field", class: "unseen" });
  #schools = new SchoolList((school) => this.#submit(school));
  #counter;
  #counted;
  #foot;
  #confirm;

  #build() {
    this.#label = h("span", {}, TEXT.label);
    this.#launcher = h(
      "button",
      {
        type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false",
        onclick: () => this.ask(),
      },
      icon("chat"),
      this.#label,
    );
    this.#opener = this.#launcher;
    this.#heading = h("h2", { id: "heading" }, `PSQM ${TEXT.heading}`);
    const tool = (name, onclick) =>
      h("button", { type: "button", class: "tool", "aria-label": TEXT[name], title: TEXT[name], onclick }, icon(name));
    this.#log = h("div", {
      class: "log", part: "log", role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0",
    });
    this.#typing = h("div", { class: "typing", role: "status" });
    this.#counter = h("span", { id: "counter", class: "counter" });
    this.#counted = h("span", { class: "unseen", role: "status" });
    this.#form = h(
      "form",
      {
        class: "composer", part: "composer", novalidate: true,
        onsubmit: (event) => (event.preventDefault(), this.#submit()),
      },
      this.#called,
      this.#field,
      h("button", { class: "send", "aria-label": TEXT.send, title: TEXT.send }, icon("send")),
      this.#counter,
      this.#counted,
      h("div", { class: "schools" }, this.#schools.list, this.#schools.found),
    );
    this.#expect("text");
    this.#foot = h("p", { class: "foot" }, TEXT.robot);
    this.#confirm = h(
      "div",
      { class: "confirm", hidden: true, role: "group", "aria-labelledby": "confirm" },
      h("p", { id: "confirm" }, TEXT.confirm),
      h("button", { type: "button", onclick: () => this.#again() }, TEXT.again),
      h("button", { type: "button", onclick: () => this.#asking(false) }, TEXT.keep),
    );
    this.#panel = h(
      "dialog",
      {
        class: "panel", part: "panel", "aria-labelledby": "heading", tabindex: "-1",
        onkeydown: (event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          event.preventDefault();
          event.stopPropagation();
          if (this.#confirm.hidden) this.open = false;
          else this.#asking(false);
        },
        oncancel: (event) => (event.preventDefault(), (this.open = false)), // a phone's back gesture
      },
      h(
        "header",
        { part: "header" },
        this.#heading,
        tool("again", () => (this.#items.some(({ from }) => from === "you") ? this.#asking(true) : this.#again())),
        tool("close", () => (this.open = false)),
      ),
      this.#confirm,
      this.#log,
      this.#typing,
      this.#form,
      this.#foot,
    );
    this.shadowRoot.append(
      h("section", { lang: "en-GB", class: "root", "aria-label": `PSQM ${TEXT.heading}` }, this.#launcher, this.#panel),
    );
  }

  /** Makes the field what the assistant expects; what is written in it stays. */
  #expect(kind) {
    if (kind === this.#expected) return;
    this.#expected = kind;
    const [tag, name, attributes] = FIELDS[kind];
    const before = this.#field;
    const focused = this.shadowRoot.activeElement === before;
    this.#schools.clear();
    this.#field = h(tag, {
      id: "field", placeholder: name, enterkeyhint: "send", "aria-describedby": "counter", ...attributes,
      oninput: () => this.#typed(),
      onblur: () => this.#schools.close(),
      onkeydown: (event) => {
        // An input method's own Enter (keyCode 229 in Safari) chooses a word; it does not send.
        if (event.isComposing || event.keyCode === 229 || this.#schools.press(event)) return;
        if (event.key !== "Enter" || event.shiftKey) return;
        event.preventDefault();
        this.#submit();
      },
    });
    this.#called.textContent = name;
    write(this.#field, before.value ?? "");
    before.replaceWith(this.#field);
    if (focused) this.#field.focus();
    this.#count();
  }

  #opened() {
    tab.set("psqm-open", "yes");
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#arrange();
    this.#join();
    call("config").then(({ short_name, email }) => {
      this.#heading.textContent = `${short_name} ${TEXT.heading}`;
      this.#foot.replaceChildren(`${TEXT.robot}. To reach one: `, link(`mailto:${email}`, email));
    }, () => {}); // only decoration: whoever cannot reach the service learns it from the conversation
  }

  #closed() {
    const inside = this.#panel.contains(this.shadowRoot.activeElement);
    tab.set("psqm-open", "no");
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#panel.close();
    if (inside) this.#opener.focus();
    this.#opener = this.#launcher;
    this.#listen();
  }

  /** A panel beside the page, or on a small screen a sheet over it: there the page behind must not take the focus. */
  #arrange() {
    const sheet = matchMedia(SHEET).matches;
    const focused = this.shadowRoot.activeElement;
    if (this.#panel.open) this.#panel.close();
    // show() would take the focus from wherever it is, also on a mere reload; the attribute does not.
    if (sheet) this.#panel.showModal();
    else this.#panel.setAttribute("open", "");
    if (sheet) (this.#panel.contains(focused) ? focused : this.#panel).focus();
    else if (this.#panel.contains(focused)) focused.focus();
    this.#fit();
    this.#toEnd();
  }

  /** Keeps the sheet above the on-screen keyboard, which covers the page instead of resizing it. */
  #fit() {
    const view = window.visualViewport;
    // Zoomed in with two fingers the visual viewport is a magnifying glass, not the room we have.
    const sheet = view && view.scale === 1 && matchMedia(SHEET).matches;
    this.#panel.style.setProperty("--height", sheet ? `${view.height}px` : null);
    this.#panel.style.setProperty("--top", sheet ? `${view.offsetTop}px` : null);
  }

  /** The focus where the next thing is said: in the field, or on a touch sheet where it brings up no keyboard. */
  #ready() {
    (matchMedia(SHEET).matches ? this.#log : this.#field).focus({ preventScroll: true });
  }

  #asking(yes) {
    this.#confirm.hidden = !yes;
    if (yes) this.#confirm.querySelector("button").focus();
    else this.#ready();
  }

  /* ---- the conversation */

  /** A conversation to be in: the one of this device, or a new one. Never rejects: null, or the Problem. */
  #join() {
    const epoch = this.#epoch;
    this.#joining ??= this.#enter(epoch).then(
      () => (this.#listen(), null),
      (error) => {
        const problem = Problem.of(error);
        if (epoch === this.#epoch) {
          this.#joining = null;
          if (!this.#outbox.length) this.#note(this.#trouble(problem, () => this.#join()));
        }
        return problem;
      },
    );
    return this.#joining;
  }

  /** Where the session is kept: for all tabs of the device, or with a letter for this tab, since each visit has its own. */
  get #shelf() {
    const letter = this.getAttribute("letter");
    return letter ? { area: tab, key: `${TOKEN} ${letter}` } : { area: device, key: TOKEN };
  }

  /** A new conversation: with a letter that is known it begins there, else like any other. */
  async #begin() {
    const letter = this.getAttribute("letter");
    try {
      return await call("sessions", { body: letter ? { letter } : {} });
    } catch (problem) {
      if (!letter || ![400, 410].includes(problem.status)) throw problem;
      return call("sessions", { body: {} });
    }
  }

  async #enter(epoch) {
    // Two tabs that open together shall share one conversation.
    const alone = navigator.locks ? (work) => navigator.locks.request(TOKEN, work) : (work) => work();
    const { area, key } = this.#shelf;
    const { messages, known, expired } = await alone(async () => {
      const kept = area.get(key);
      if (kept) {
        try {
          const history = await call("messages", { token: kept });
          this.#token = kept;
          return { ...history, known: true };
        } catch (problem) {
          if (problem.status !== 401) throw problem;
          area.set(key, "");
        }
      }
      const started = await this.#begin();
      area.set(key, (this.#token = started.session));
      return { ...started, expired: Boolean(kept) };
    });
    if (epoch !== this.#epoch) return;
    this.#clear();
    if (expired) this.#note(h("p", {}, TEXT.expired));
    // What was said before is not news: a screen reader shall not read it all out again.
    this.#log.setAttribute("aria-live", known ? "off" : "polite");
    for (const message of messages) this.#receive(message);
    this.#seen = Math.max(0, ...messages.map(({ n }) => n));
    if (!this.#outbox.length) this.#recover();
    for (const entry of this.#outbox) {
      if (!known || !entry.recovered) entry.after = this.#seen;
      entry.state = "waiting"; // its first try was before, perhaps in another conversation: the same id does no harm
      this.#echo(entry);
    }
    this.#toEnd();
    setTimeout(() => this.#log.setAttribute("aria-live", "polite"), 250);
    this.#send();
  }

  #clear() {
    this.#items = [];
    this.#seen = 0;
    this.#log.replaceChildren();
  }

  /** Into another conversation, and takes along what is not answered yet. */
  #leave(outbox) {
    this.#epoch++;
    this.#joining = this.#token = null;
    this.#outbox = outbox;
    this.#keep();
    this.#listen();
    this.#clear();
    this.#wait(false);
    this.#join();
  }

  #again() {
    this.#asking(false);
    this.#shelf.area.set(this.#shelf.key, "");
    this.#leave([]);
  }

  /** Shows a message of the service, once, where its number puts it. */
  #receive(message) {
    if (this.#items.some(({ n }) => n === message.n)) return null;
    if (message.from === "you") {
      const own = this.#items.find(({ n, entry, text }) => {
        if (!entry || n != null || message.n <= entry.after) return false;
        return plain(text) === plain(message.text) || message.n === entry.before - 1;
      });
      if (own) return this.#number(own, message);
    }
    const item = { ...message, order: message.n, node: this.#bubble(message) };
    this.#place(item);
    return item;
  }

  /** Our own message came back with its number, and perhaps with a number in it blotted out. */
  #number(item, { n, text }) {
    Object.assign(item, { n, text });
    item.node.querySelector(".text").textContent = text;
    this.#settle(item, n);
    return item;
  }

  /** Gives what we sent its place among the others; it moves only if another was quicker. */
  #settle(item, order) {
    item.order = order;
    const at = this.#items.indexOf(item);
    if (!this.#items.some((other, i) => (i < at && other.order > order) || (i > at && other.order < order))) return;
    this.#items.splice(at, 1);
    this.#place(item);
  }

  #place(item) {
    const at = this.#items.findIndex(({ order }) => order > item.order);
    const next = at < 0 ? null : this.#items[at].node;
    this.#items.splice(at < 0 ? this.#items.length : at, 0, item);
    const low = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 80;
    // First, because a screen reader stops what it reads when the focus goes to another field.
    const expects = this.#items.findLast(({ from }) => from !== "you")?.expects;
    this.#expect(expects in FIELDS ? expects : "text");
    this.#log.insertBefore(item.node, next);
    // Only the choices of the last turn can still be taken, and only the last answer is asked about.
    const last = this.#items.findLastIndex(({ from }) => from === "you");
    this.#items.slice(0, Math.max(0, last)).forEach(({ node }) => node.querySelector(".choices")?.remove());
    const asked = this.#items.findLastIndex(({ rating }) => /open|right|wrong/.test(rating));
    this.#items.forEach(({ node }, i) => (i === asked && i > last) || node.querySelector(".rating")?.remove());
    if (low) this.#toEnd();
  }

  #bubble({ n, from, name, text, choices, links, source, rating }) {
    const take = (id, label) => {
      this.#say({ choice: id, shown: label });
      this.#ready(); // the button goes, the focus must not
    };
    // An email address in the text is a link there already.
    const apart = (links ?? []).filter(({ label }) => !(label.includes("@") && text.includes(label)));
    const checked = source?.checked ? `, last checked ${day(source.checked)}` : "";
    return h(
      "div",
      { class: `message ${from}`, part: `message message-${from}` },
      h("p", { class: from === "leader" ? "who" : "unseen" }, `${name || (SPEAKERS[from] ?? SPEAKERS.assistant)}: `),
      h("p", { class: "text", dir: "auto" }, ...(from === "you" ? [text] : linked(text))),
      apart.length
        ? h("p", { class: "links" }, ...apart.map(({ href, label }) => h("span", {}, link(href, label))))
        : null,
      source?.title ? h("p", { class: "source" }, `Source: ${source.title}${checked}`) : null,
      choices?.length
        ? h(
            "div",
            { class: "choices", role: "group", "aria-label": "Choices" },
            ...choices.map(({ id, label }) => h("button", { type: "button", onclick: () => take(id, label) }, label)),
          )
        : null,
      /open|right|wrong/.test(rating) ? this.#rating(n, rating) : null,
    );
  }

  /** "Was that right?": the answer stays changeable, and the service may have something to say to a no. */
  #rating(n, rating) {
    const told = h("span", { role: "status" });
    const buttons = [["Yes", true], ["No", false]].map(([label, right]) =>
      h("button", { type: "button", "aria-pressed": String(rating === (right ? "right" : "wrong")), onclick: () => rate(right) }, label));
    const rate = async (right) => {
      const epoch = this.#epoch;
      try {
        const { messages } = await call("ratings", { token: this.#token, body: { n, right } });
        if (epoch !== this.#epoch) return;
        buttons.forEach((button, i) => button.setAttribute("aria-pressed", String((i === 0) === right)));
        told.textContent = TEXT.thanks;
        for (const message of messages) this.#receive(message);
        // What is offered takes the place of these buttons, and of their focus.
        if (messages[0]) [...this.#log.querySelectorAll(".choices")].at(-1)?.querySelector("button").focus();
      } catch {
        told.textContent = TEXT.unrated;
      }
    };
    return h("p", { class: "rating", role: "group", "aria-label": TEXT.right }, h("span", {}, TEXT.right), ...buttons, told);
  }

  #note(...content) {
    this.#log.querySelector(".note")?.remove();
    this.#log.append(h("div", { class: "note" }, ...content));
    this.#toEnd();
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /* ---- sending */

  #typed() {
    tab.set("psqm-draft", this.#field.value);
    this.#count();
    if (this.#expected === "school") this.#schools.seek(this.#field);
  }

  #count() {
    if (!CSS.supports("field-sizing", "content")) {
      this.#field.style.height = "auto";
      this.#field.style.height = `${this.#field.scrollHeight}px`;
    }
    const length = [...this.#field.value].length;
    const left = LIMIT - length;
    const words = (count) => `${count.toLocaleString("en-GB")} character${count === 1 ? "" : "s"}`;
    const text = length < NEARLY ? "" : left < 0 ? `${words(-left)} too many` : `${words(left)} left`;
    this.#counter.textContent = text;
    this.#field.setAttribute("aria-invalid", String(left < 0));
    clearTimeout(this.#counted.timer); // not at every key: a screen reader would never get to the end
    this.#counted.timer = setTimeout(() => (this.#counted.textContent = text), 1000);
    return left >= 0;
  }

  #submit(text = this.#field.value) {
    this.#field.focus();
    if (!text.trim()) return;
    if (!this.#count()) {
      this.#counted.textContent = this.#counter.textContent;
      return;
    }
    this.#say({ text, shown: text.trim() });
    this.#field.value = "";
    this.#typed();
  }

  #say({ text, choice, shown }) {
    const after = Math.max(0, ...this.#items.map(({ n }) => n ?? 0));
    const entry = { id: newId(), text, choice, shown, after, state: "waiting" };
    this.#outbox.push(entry);
    this.#keep();
    this.#log.querySelector(".note .problem")?.remove(); // this message tries the same again
    this.#echo(entry);
    this.#toEnd();
    this.#send();
  }

  /** Shows what is being sent; or finds it in what the service already has. */
  #echo(entry) {
    const own = { from: "you", text: entry.shown, order: Infinity };
    const isIt = (item) =>
      item.from === "you" && !item.entry && item.n > entry.after && plain(item.text) === plain(own.text);
    const had = entry.recovered && this.#items.find(isIt);
    entry.item = had || { ...own, node: this.#bubble(own) };
    entry.item.entry = entry;
    if (!had) this.#place(entry.item);
  }

  /** Sends what waits, one after the other. */
  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    for (let entry; (entry = this.#outbox.find(({ state }) => state === "waiting")); ) await this.#deliver(entry);
    this.#sending = false;
    if (this.open) this.#listen();
  }

  async #deliver(entry) {
    entry.state = "sending";
    this.#wait(true);
    const epoch = this.#epoch;
    try {
      const trouble = await this.#join();
      if (trouble) throw trouble;
      if (epoch !== this.#epoch) return;
      const { id, text, choice } = entry;
      const body = choice ? { id, choice } : { id, text };
      const { messages } = await call("messages", { token: this.#token, body });
      if (epoch === this.#epoch) this.#answered(entry, messages);
    } catch (problem) {
      if (epoch !== this.#epoch) return;
      if (problem.status === 401 && !entry.renewed) return this.#renew(entry);
      this.#failed(entry, Problem.of(problem));
    } finally {
      if (epoch === this.#epoch) this.#wait(false);
    }
  }

  /** The session has expired: a new one, quietly, or another tab's if that was quicker; what was said goes to it. */
  #renew(entry) {
    Object.assign(entry, { renewed: true, state: "waiting" });
    this.#stream?.abort();
    this.#stream = this.#joining = null;
    return this.#join();
  }

  #answered(entry, messages) {
    this.#outbox = this.#outbox.filter((other) => other !== entry);
    this.#keep();
    const { item } = entry;
    const first = Math.min(...messages.filter(({ from }) => from !== "you").map(({ n }) => n));
    if (item.n == null && Number.isFinite(first)) {
      entry.before = first;
      this.#settle(item, first - 0.5);
      // The stream or another tab brought our message before, in other words: "[number removed]".
      if (this.#items.some(({ n, from, entry: other }) => n === first - 1 && from === "you" && !other)) {
        this.#items = this.#items.filter((other) => other !== item);
        item.node.remove();
      }
    }
    item.node.querySelector(".problem")?.remove();
    for (const message of messages) this.#receive(message);
    // A long answer is read from its beginning.
    if (item.node.isConnected) this.#log.scrollTop = item.node.offsetTop - 12;
  }

  #failed(entry, problem) {
    Object.assign(entry, { state: "failed", status: problem.status });
    const lost = [400, 413, 415, 422].includes(problem.status);
    entry.item.node.append(
      lost && entry.choice ? h("div", { class: "problem" }, h("p", {}, problem.message))
      : lost ? this.#trouble(problem, () => this.#edit(entry), TEXT.edit)
      : this.#trouble(problem, () => this.#retry(entry)),
    );
    if (lost) this.#outbox = this.#outbox.filter((other) => other !== entry);
    this.#keep();
    this.#toEnd();
  }

  #retry(entry) {
    if (entry.state !== "failed" || !this.#outbox.includes(entry)) return;
    entry.item.node.querySelector(".problem")?.remove();
    entry.state = "waiting";
    this.#send();
  }

  /** The same again would fail again: so the words go back to where they can be changed. */
  #edit(entry) {
    write(this.#field, [entry.text, this.#field.value].filter(Boolean).join("\n"));
    this.#items = this.#items.filter((item) => item !== entry.item);
    entry.item.node.remove();
    this.#typed();
    this.#field.focus();
  }

  /** What went wrong and the way on; too many requests wait for as long as the service says, then go by themselves. */
  #trouble(problem, again, label = TEXT.retry) {
    const box = h("div", { class: "problem" }, h("p", {}, ...linked(problem.message)));
    const step = () => {
      const focused = box.contains(this.shadowRoot.activeElement);
      box.remove();
      if (focused) this.#ready();
      again();
    };
    if (problem.status === 429) {
      const seconds = problem.wait || 10;
      const few = seconds > 1 ? `${seconds} seconds` : "a second";
      const time = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : few;
      box.append(h("p", {}, `It goes by itself in ${time}.`));
      setTimeout(() => box.isConnected && step(), seconds * 1000);
    } else box.append(h("button", { type: "button", onclick: step }, label));
    return box;
  }

  #wait(yes) {
    clearTimeout(this.#typing.timer);
    if (!yes) return this.#typing.replaceChildren();
    // Most answers are there before anybody could read that they are being written.
    this.#typing.timer = setTimeout(() => {
      this.#typing.replaceChildren(unseen(TEXT.typing), ...[1, 2, 3].map(() => h("i")));
    }, 350);
  }

  /** What is not answered yet outlives a reload: its id makes sure that it is not done twice. */
  #keep() {
    const kept = this.#outbox.map(({ id, text, choice, shown, after }) => ({ id, text, choice, shown, after }));
    tab.set("psqm-unsent", kept.length ? JSON.stringify(kept) : "");
  }

  #recover() {
    try {
      this.#outbox = JSON.parse(tab.get("psqm-unsent") || "[]").map((entry) => ({ ...entry, recovered: true }));
    } catch {
      tab.set("psqm-unsent", "");
    }
  }

  /* ---- late messages and other tabs */

  /** Starts or stops the event stream: only while somebody can see what it brings. */
  #listen() {
    const wanted = this.#connected && this.open && !document.hidden && this.#token && this.#joining;
    if (wanted && this.#stream) return;
    this.#stream?.abort();
    this.#stream = null;
    if (wanted) this.#follow((this.#stream = new AbortController()).signal, this.#epoch);
  }

  async #follow(stop, epoch) {
    for (let wait = 1000; !stop.aborted; wait = Math.min(wait * 2, 30_000)) {
      let least = 0;
      try {
        for await (const message of streamed(this.#token, this.#seen, stop)) {
          if (stop.aborted || epoch !== this.#epoch) return;
          wait = 1000;
          this.#seen = Math.max(this.#seen, message.n);
          this.#receive(message);
        }
      } catch (problem) {
        if (stop.aborted) return;
        least = problem.wait ?? 0;
        if (problem.status === 401) return void (this.#stream = null); // the next message renews the session
        if (problem.status === 404) return; // a service without events
      }
      await pause(Math.max(least * 1000, wait * (0.75 + Math.random() / 2)), stop);
    }
  }
}

/* ---------------------------------------------------------------- looks */

/* Sizes are in em of the host, which `all: initial` sets to the reader's own font size whatever the page does to its root. */
const SHEET_OF_STYLES = new CSSStyleSheet();
SHEET_OF_STYLES.replaceSync(`
:host { all: initial !important; direction: ltr !important; }
:host([hidden]) { display: none !important; }
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
.root {
  --accent: var(--psqm-accent, #0f5a4c);
  --on-accent: var(--psqm-on-accent, #fff);
  --strong: var(--psqm-strong, #0c5446);
  --surface: var(--psqm-surface, #fffdf8);
  --ink: var(--psqm-ink, #1c2a28);
  --muted: var(--psqm-muted, #53625f);
  --tint: var(--psqm-tint, #e7f0ea);
  --line: var(--psqm-line, #7d8c88);
  --soft: #d9dfd8;
  --error: #9c2f1d;
  --error-tint: #fdeee8;
  --shadow: 0 .1em .3em #12201e26, 0 .9em 2.6em #12201e33;
  --radius: var(--psqm-radius, .9em);
  --offset: var(--psqm-offset, 1.25em);
  color: var(--ink);
  color-scheme: light;
  font: 1em/1.5 var(--psqm-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif);
}
@media (prefers-color-scheme: dark) {
  .root {
    --accent: var(--psqm-accent, #12685a);
    --strong: var(--psqm-strong, #8fdac8);
    --surface: var(--psqm-surface, #16211f);
    --ink: var(--psqm-ink, #ecf2ee);
    --muted: var(--psqm-muted, #a9b8b3);
    --tint: var(--psqm-tint, #23332f);
    --line: var(--psqm-line, #7f918c);
    --soft: #33443f;
    --error: #ffb4a1;
    --error-tint: #3d231c;
    --shadow: 0 .1em .3em #0008, 0 .9em 2.6em #000a;
    color-scheme: dark;
  }
}
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
p, h2 { margin: 0; font: inherit; }
[hidden] { display: none !important; }
svg { width: 1.35em; height: 1.35em; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; flex: none; }
button, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; }
:focus-visible { outline: .19em solid var(--ink); outline-offset: .13em; box-shadow: 0 0 0 .13em var(--surface); }

.launcher {
  position: fixed; z-index: 2147483000;
  right: max(var(--offset), env(safe-area-inset-right)); bottom: max(var(--offset), env(safe-area-inset-bottom));
  display: flex; align-items: center; gap: .55em; max-width: calc(100vw - 2 * var(--offset));
  padding: .75em 1.2em .75em 1em; border: 2px solid var(--on-accent); border-radius: 2em;
  background: var(--accent); color: var(--on-accent); font-weight: 600; box-shadow: var(--shadow);
}
.launcher:hover { text-decoration: underline; text-underline-offset: .2em; }
.launcher:focus-visible { box-shadow: 0 0 0 .13em var(--surface), var(--shadow); }
:host([open]) .launcher { display: none; }

.panel {
  position: fixed; z-index: 2147483001; inset: auto; margin: 0; padding: 0;
  right: max(var(--offset), env(safe-area-inset-right)); bottom: max(var(--offset), env(safe-area-inset-bottom));
  width: min(25.5em, calc(100vw - 2 * var(--offset))); height: min(41em, calc(100dvh - 2 * var(--offset)));
  max-width: none; max-height: none; overflow: hidden; flex-direction: column;
  background: var(--surface); color: var(--ink); border: 1px solid var(--soft); border-radius: var(--radius); box-shadow: var(--shadow);
}
.panel[open] { display: flex; }
.panel::backdrop { background: none; }
.panel:focus { outline: none; }
header { display: flex; align-items: center; gap: .25em; padding: .55em .6em .55em 1.1em; background: var(--accent); color: var(--on-accent); }
h2 { flex: 1; min-width: 0; font-weight: 650; font-size: 1.06em; overflow-wrap: anywhere; }
.tool { display: grid; place-items: center; width: 2.75em; height: 2.75em; border: 0; border-radius: 50%; background: none; }
.tool:hover { background: #ffffff2b; }
.tool:focus-visible { outline-color: var(--on-accent); outline-offset: -.2em; box-shadow: none; }
.confirm { padding: .8em 1.1em; background: var(--tint); border-bottom: 1px solid var(--soft); }
.confirm p { margin-bottom: .6em; }

.log { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1.1em; display: flex; flex-direction: column; gap: .5em; }
.log:focus-visible { outline-offset: -.25em; box-shadow: none; }
.message { max-width: 92%; align-self: flex-start; overflow-wrap: anywhere; }
.text { padding: .6em .9em; border-radius: var(--radius); border-start-start-radius: .25em; background: var(--tint); white-space: pre-wrap; width: fit-content; max-width: 100%; }
.you { align-self: flex-end; max-width: 85%; margin-block: .5em; }
.you .text { margin-left: auto; background: var(--accent); color: var(--on-accent); border-radius: var(--radius); border-end-end-radius: .25em; }
.leader .text { background: none; border: 2px solid var(--strong); }
.who { font-size: .88em; font-weight: 650; color: var(--strong); }
a { color: var(--strong); text-underline-offset: .18em; }
a:hover { text-decoration-thickness: .14em; }
a svg { width: .8em; height: .8em; margin-left: .25em; vertical-align: -.05em; }
.links { display: flex; flex-wrap: wrap; gap: .2em 1.1em; padding: .45em .1em 0; }
.links a { display: inline-block; padding: .15em 0; }
.source { padding: .4em .1em 0; font-size: .82em; color: var(--muted); }
.choices { display: flex; flex-wrap: wrap; gap: .5em; padding-top: .6em; }
.choices button, .problem button, .confirm button {
  min-height: 2.75em; padding: .4em 1em; border: 1.5px solid var(--strong); border-radius: 1.4em;
  background: var(--surface); color: var(--strong); font-weight: 600; text-align: start; overflow-wrap: anywhere; margin-right: .4em;
}
.choices button { margin: 0; }
.choices button:hover, .problem button:hover, .confirm button:hover { background: var(--tint); text-decoration: underline; text-underline-offset: .2em; }
.rating { display: flex; flex-wrap: wrap; align-items: center; gap: .3em .5em; padding: .4em .1em 0; font-size: .88em; color: var(--muted); }
.rating button { min-width: 3em; min-height: 2em; padding: .1em .8em; border: 1.5px solid var(--line); border-radius: 1em; background: none; color: var(--strong); }
.rating button:hover { background: var(--tint); }
.rating [aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.note { font-size: .92em; color: var(--muted); }
.problem { margin-top: .4em; padding: .6em .9em; border-radius: .5em; border-left: .25em solid var(--error); background: var(--error-tint); color: var(--ink); font-size: .94em; }
.problem a { color: inherit; }
.problem button { margin-top: .5em; border-color: var(--error); color: var(--error); }

.typing { min-height: 1.1em; padding: 0 1.4em; display: flex; gap: .28em; align-items: center; }
.typing i { width: .42em; height: .42em; border-radius: 50%; background: var(--muted); animation: beat 1.2s infinite both; }
.typing i:nth-of-type(2) { animation-delay: .2s; }
.typing i:nth-of-type(3) { animation-delay: .4s; }
@keyframes beat { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .typing i { animation: none; } }

.composer { position: relative; display: grid; grid-template-columns: 1fr auto; gap: .25em .5em; align-items: end; padding: .4em .8em 0; }
#field {
  field-sizing: content; resize: none; width: 100%; min-height: 2.75em; max-height: min(9em, 30dvh); padding: .55em .8em;
  border: 1.5px solid var(--line); border-radius: var(--radius); background: var(--surface); color: var(--ink); overflow-y: auto;
}
#field:focus-visible { outline-offset: 0; outline-color: var(--strong); border-color: var(--strong); box-shadow: none; }
#field::placeholder { color: var(--muted); opacity: 1; }
#field[aria-invalid=true] { border-color: var(--error); outline-color: var(--error); }
.send { display: grid; place-items: center; width: 2.75em; height: 2.75em; padding: 0; border: 2px solid transparent; border-radius: 50%; background: var(--accent); color: var(--on-accent); }
.schools { position: absolute; inset: auto .8em calc(100% - .1em); display: flex; flex-direction: column; max-height: calc(var(--height, 100dvh) - 10em); }
ul { margin: 0; padding: 0; list-style: none; max-height: 17em; overflow-y: auto; overscroll-behavior: contain; background: var(--surface); box-shadow: var(--shadow); }
li { padding: .5em .8em; min-height: 2.75em; cursor: pointer; overflow-wrap: anywhere; }
li + li { border-top: 1px solid var(--soft); }
li span { display: inline-block; font-size: .92em; color: var(--muted); }
li:hover { background: var(--tint); }
li[aria-selected=true], [aria-selected=true] span { background: var(--accent); color: var(--on-accent); }
ul, .found:not(:empty) { border: 1.5px solid var(--line); border-radius: var(--radius); }
.found:not(:empty) { padding: .45em .9em; background: var(--tint); font-size: .88em; }
ul:not([hidden]) { border-end-end-radius: 0; border-end-start-radius: 0; border-bottom: 0; }
ul:not([hidden]) + .found { border-start-end-radius: 0; border-start-start-radius: 0; }
.counter { grid-column: 1 / -1; font-size: .85em; color: var(--muted); padding: 0 .2em; }
.counter:empty { display: none; }
[aria-invalid=true] ~ .counter { color: var(--error); font-weight: 600; }
.foot { padding: .45em 1.1em max(.65em, env(safe-area-inset-bottom)); font-size: .8em; color: var(--muted); overflow-wrap: anywhere; }

@media ${SHEET} {
  .panel { inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100dvh); border: 0; border-radius: 0; }
  header { padding: max(.3em, env(safe-area-inset-top)) max(.4em, env(safe-area-inset-right)) .3em max(1em, env(safe-area-inset-left)); }
  .log, .composer, .foot { padding-left: max(.9em, env(safe-area-inset-left)); padding-right: max(.9em, env(safe-area-inset-right)); }
}
/* Zoomed to 400 % there may be ten lines of room: then everything scrolls, so that nothing is squeezed out. */
@media (max-height: 340px) {
  .panel[open] { display: block; overflow-y: auto; }
  .log { overflow: visible; }
  .schools { max-height: calc(100dvh - 4.5em); }
}
@media (prefers-contrast: more) {
  .root { --muted: var(--ink); --line: var(--ink); --soft: var(--ink); }
  .text { border: 1px solid; }
}
@media (forced-colors: active) {
  .launcher, .send, .text, .problem { border: 1px solid; }
  [aria-selected=true] { outline: .19em solid Highlight; outline-offset: -.19em; }
  header { border-bottom: 1px solid; }
  .typing i { background: CanvasText; }
  :focus-visible { outline-color: Highlight; }
}
`);

if (!customElements.get("psqm-assistant")) customElements.define("psqm-assistant", PsqmAssistant);
