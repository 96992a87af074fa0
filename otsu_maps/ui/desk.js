// The desk in the browser. Scans and taps go into a queue in this browser's storage first and leave it when the server
// has answered for them, so that a reload, a lost line or a stopped server loses nothing and doubles nothing.

const QUEUE = "otsu-desk-1-";
const BEAT_MS = 2000, BEAT_LIMIT_MS = 3000, SILENT_MS = 8000, IDLE_MS = 1500;
const UNDO_MS = 60000, SHOWN = 8, BATCH = 20;
const LEAST = 4;  // fewer characters are somebody's finger on a keyboard
const CARD = 12, MARK = "O", BODY = /^O[0-9A-HJKMNP-TV-Z]{10}[0-9A-NP-Z]$/;
const ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// UUIDv7 (RFC 9562): made here, so that sending again records once.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = now & 255; now = Math.floor(now / 256); }
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// ISO/IEC 7064 MOD 37,36, as desk/cards.py.
function isCard(text) {
  if (!BODY.test(text)) return false;
  let product = 36;
  for (const letter of text.slice(0, -1)) {
    product = (product + ALL.indexOf(letter)) % 36 || 36;
    product = (product * 2) % 37;
  }
  return ALL[(37 - product) % 36] === text[CARD - 1];
}

// One entry an item, so that neither another tab nor a page that is drawn anew writes over what waits here.
const queue = {
  items() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(QUEUE)).sort();
    return keys.map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }));
  },
  add(item) {
    window.otsuDeskCount = (window.otsuDeskCount || 0) + 1;
    const place = `${String(Date.now()).padStart(15, "0")}-${String(window.otsuDeskCount).padStart(9, "0")}`;
    localStorage.setItem(`${QUEUE}${place}-${item.id}`, JSON.stringify(item));
  },
  remove(items) { for (const item of items) localStorage.removeItem(item.key); },
};

class Desk {
  // `before` is the desk that was drawn here until now: what it was in the middle of goes on.
  constructor(root, data, before) {
    this.root = root;
    this.typed = before ? before.typed : "";
    this.log = before ? before.log : [];
    this.way = before && before.way;
    this.people = before && before.people;
    this.lastAnswer = before ? before.lastAnswer : Date.now();
    this.isSending = false;
    this.draw(data);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
    this.beat = setInterval(() => this.alive(), BEAT_MS);
    this.watch = setInterval(() => this.cover(Date.now() - this.lastAnswer > SILENT_MS), 500);
    this.pump();
    this.alive();
  }

  stop() {
    document.removeEventListener("keydown", this.onKey, true);
    clearInterval(this.beat);
    clearInterval(this.watch);
    clearTimeout(this.idle);
    this.cover(false);
    this.isStopped = true;
  }

  draw(data) {
    this.data = data;
    const find = (name) => this.root.querySelector(`[data-desk="${name}"]`);
    this.parts = {};
    for (const name of ["last", "log", "inside", "away", "counted", "waiting", "manual"]) this.parts[name] = find(name);
    for (const button of this.root.querySelectorAll("[data-do]")) {
      button.onclick = () => this.press(button.dataset.do);
    }
    for (const group of ["way", "people"]) {
      for (const button of this.root.querySelectorAll(`[data-${group}]`)) {
        button.onclick = () => this.choose(group, button.dataset[group]);
      }
    }
    if (!this.log.length) this.parts.last.textContent = data.texts.ready;
    this.choose("way", this.way || "auto");
    this.choose("people", this.people || "1");
    find("enter").onclick = () => { this.take(this.parts.manual.value + "\n"); this.parts.manual.value = ""; };
    this.parts.manual.onkeydown = (event) => { if (event.key === "Enter") find("enter").onclick(); };
    this.refresh();
  }

  choose(group, value) {
    this[group] = value;
    for (const button of this.root.querySelectorAll(`[data-${group}]`)) {
      button.setAttribute("aria-pressed", String(button.dataset[group] === value));
    }
  }

  // A scanner types like a keyboard. Keys are taken by their place (event.code), so that an input method that is on
  // does not swallow them; whoever types into a field is left alone.
  key(event) {
    const target = event.composedPath()[0];
    if (target && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName || ""))) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const found = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
    const letter = found ? found[1] || found[2] : event.key.length === 1 ? event.key.toUpperCase() : "";
    const typed = event.key === "Enter" && this.typed ? "\n" : letter;
    if (!typed) return;
    event.preventDefault();
    event.stopPropagation();
    this.take(typed);
  }

  // Whole cards leave the buffer at once, however close the next one follows; what is left when the scanner pauses or
  // says Enter was damaged.
  take(text) {
    clearTimeout(this.idle);
    for (const letter of text.normalize("NFKC").toUpperCase()) {
      if (/\s/.test(letter) || letter === MARK) this.flush();
      if (/\s/.test(letter)) continue;
      this.typed += letter;
      if (this.typed.length === CARD && isCard(this.typed)) {
        this.add({ do: "scan", code: this.typed, way: this.way, people: Number(this.people) });
        this.typed = "";
        this.choose("people", "1");
      }
    }
    this.idle = setTimeout(() => this.flush(), IDLE_MS);
  }

  flush() {
    const damaged = this.typed.slice(0, 40);
    this.typed = "";
    if (damaged.length < LEAST) return;
    this.note({ id: newId(), ok: false, words: this.data.texts.damaged, code: damaged });
  }

  press(what) {
    if (what === "print") this.print();
    else this.add({ do: what });
  }

  add(item) {
    const at = new Date().toISOString();
    queue.add({ id: newId(), at, incident: this.data.incident, shelter: this.data.shelter, ...item });
    this.refresh();
    this.pump();
  }

  async post(path, body, limit) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, lang: this.data.lang }),
      signal: AbortSignal.timeout(limit || 15000),
    });
    return [answer.status, answer.ok ? await answer.json() : null];
  }

  async pump() {
    if (this.isSending) return;
    this.isSending = true;
    for (let waiting = queue.items(); waiting.length && !this.isStopped; waiting = queue.items()) {
      const { incident, shelter } = waiting[0];
      const items = [];
      for (const item of waiting) {
        if (item.incident !== incident || item.shelter !== shelter || items.length === BATCH) break;
        items.push(item);
      }
      try {
        const [status, found] = await this.post("/desk/do", { incident, shelter, items });
        if (found) {
          const answered = new Set(found.results.map((result) => result.id));
          queue.remove(items.filter((item) => answered.has(item.id)));
          this.lastAnswer = Date.now();
          for (const result of found.results) this.answered(result);
          if (incident === this.data.incident && shelter === this.data.shelter) this.show(found.totals);
          continue;
        }
        this.say(false, status === 401 || status === 403 ? this.data.texts.sign_in : this.data.texts.not_taken);
      } catch (error) { /* no answer: it stays in the queue */ }
      await new Promise((wake) => setTimeout(wake, 1000));
    }
    this.isSending = false;
    this.refresh();
  }

  answered(result) {
    const texts = this.data.texts;
    const words = result.sentence || texts[result.said] || result.said;
    const people = result.people > 1 ? ` ${result.people}${texts.people_unit}` : "";
    this.note({ ...result, words: words + people });
    setTimeout(() => this.refresh(), UNDO_MS + 500);
  }

  note(entry) {
    this.log.unshift({ ...entry, at: Date.now() });
    this.log = this.log.slice(0, SHOWN);
    this.say(entry.ok, entry.words + (entry.code ? `　${entry.code}` : ""));
  }

  say(isGood, words) {
    this.parts.last.textContent = words;
    this.parts.last.className = isGood ? "last good" : "last bad";
    this.sound(isGood);
    this.refresh();
  }

  sound(isGood) {
    try {
      this.audio = this.audio || new AudioContext();
      const tone = this.audio.createOscillator(), gain = this.audio.createGain();
      tone.frequency.value = isGood ? 1760 : 220;
      tone.type = isGood ? "sine" : "square";
      gain.gain.value = 0.15;
      tone.connect(gain).connect(this.audio.destination);
      tone.start();
      tone.stop(this.audio.currentTime + (isGood ? 0.12 : 0.6));
    } catch (error) { /* a browser without sound still shows it */ }
  }

  async undo(entry) {
    entry.undone = true;
    this.refresh();
    try {
      const [status, found] = await this.post("/desk/undo", { event: entry.id, id: newId(), incident: this.data.incident, shelter: this.data.shelter });
      entry.words = found && found.ok ? `${this.data.texts.undone}　${entry.words}` : (found && found.sentence) || this.data.texts.not_undone;
      if (found && found.totals) this.show(found.totals);
      if (!found) entry.undone = false;
    } catch (error) { entry.undone = false; }
    this.refresh();
  }

  refresh() {
    const texts = this.data.texts;
    const waiting = queue.items().length;
    this.parts.waiting.textContent = waiting ? texts.waiting.replace("{count}", waiting) : "";
    this.parts.log.replaceChildren(...this.log.map((entry) => {
      const line = document.createElement("li");
      line.textContent = `${new Date(entry.at).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" })}　${entry.words}${entry.code ? "　" + entry.code : ""}`;
      if (!entry.ok) line.className = "bad";
      if (entry.ok && !entry.undone && Date.now() - entry.at < UNDO_MS) {
        const button = document.createElement("button");
        button.textContent = texts.undo;
        button.onclick = () => this.undo(entry);
        line.append(" ", button);
      }
      return line;
    }));
  }

  show(totals) {
    const shown = (value) => (value === null || value === undefined ? this.data.texts.unknown : value.toLocaleString("ja-JP"));
    this.parts.inside.textContent = shown(totals.checked_in);
    this.parts.away.textContent = shown(totals.away);
    this.parts.counted.textContent = shown(totals.counted);
  }

  async alive() {
    if (!location.pathname.endsWith("/desk")) { this.stop(); return; }
    const { incident, shelter } = this.data;
    try {
      const [status, found] = await this.post("/desk/alive", { incident, shelter }, BEAT_LIMIT_MS);
      if (status < 500) this.lastAnswer = Date.now();
      if (status === 401 || status === 403) this.say(false, this.data.texts.sign_in);
      if (found && found.totals && !this.isStopped) this.show(found.totals);
    } catch (error) { /* the cover tells */ }
  }

  print() {
    const frame = document.createElement("iframe");
    frame.style.display = "none";
    frame.srcdoc = this.data.paper;
    frame.onload = () => { frame.contentWindow.print(); setTimeout(() => frame.remove(), 60000); };
    document.body.append(frame);
  }

  // Over everything, so that a dead desk never looks alive; gone by itself when the server answers again.
  cover(isOn) {
    if (isOn && !this.sheet) {
      const texts = this.data.texts;
      this.sheet = document.createElement("div");
      this.sheet.id = "otsu-desk-cover";
      this.sheet.setAttribute("role", "alertdialog");
      this.sheet.style.cssText = this.data.cover_style;
      const lines = [["h1", texts.cover_title], ["p", texts.cover_do], ["p", texts.cover_kept], ["p", texts.cover_back]];
      for (const [tag, words] of lines) {
        const line = document.createElement(tag);
        line.textContent = words;
        line.style.cssText = "max-width:32em;margin:.4em 1em;font-size:" + (tag === "h1" ? "2rem" : "1.25rem");
        this.sheet.append(line);
      }
      const button = document.createElement("button");
      button.textContent = texts.print;
      button.style.cssText = "font:inherit;font-size:1.3rem;padding:.6em 1.4em;margin:1em";
      button.onclick = () => this.print();
      this.sheet.append(button);
      document.body.append(this.sheet);
      this.sound(false);
    } else if (!isOn && this.sheet) {
      this.sheet.remove();
      this.sheet = null;
      this.pump();
    }
  }
}

export default function (component) {
  const { parentElement, data } = component;
  const held = window.otsuDesk;
  const isSame = held && held.data.incident === data.incident && held.data.shelter === data.shelter;
  if (isSame && held.root === parentElement && !held.isStopped) {
    held.draw(data);
  } else {
    if (held) held.stop();
    window.otsuDesk = new Desk(parentElement, data, isSame ? held : null);
  }
}
