// Over the whole page when nothing new has come for too long, so that an old screen never looks alive. Each run of the
// page brings a new `at`; gone by itself when the next one comes. Several sheets take turns.

export default function (component) {
  const { data } = component;
  const now = Date.now();
  if (window.otsuCover) clearInterval(window.otsuCover.timer);
  const state = { last: now, path: location.pathname, sheet: document.getElementById("otsu-cover"), turn: -1 };
  if (state.sheet) { state.sheet.remove(); state.sheet = null; }
  const draw = () => {
    if (location.pathname !== state.path) { stop(); return; }
    const silent = Date.now() - state.last;
    if (silent <= data.limit_ms) return;
    const turn = Math.floor((silent - data.limit_ms) / data.turn_ms) % data.sheets.length;
    // The dialog in which Streamlit tells of a lost server makes all else inert: a screen reader would pass over the cover.
    if (state.sheet) { state.sheet.inert = false; state.sheet.removeAttribute("aria-hidden"); }
    if (turn === state.turn) return;
    state.turn = turn;
    if (!state.sheet) {
      state.sheet = document.createElement("div");
      state.sheet.id = "otsu-cover";
      state.sheet.setAttribute("role", "alertdialog");
      state.sheet.style.cssText = data.style;
      document.body.append(state.sheet);
    }
    const { lang, lines } = data.sheets[turn];
    state.sheet.lang = lang;
    state.sheet.replaceChildren(...lines.map((words, i) => {
      const line = document.createElement(i ? "p" : "h1");
      line.textContent = words;
      line.style.cssText = "max-width:32em;margin:.4em 1em;font-size:" + (i ? data.text_size : data.title_size);
      return line;
    }));
  };
  const stop = () => {
    clearInterval(state.timer);
    if (state.sheet) state.sheet.remove();
  };
  state.timer = setInterval(draw, 500);
  window.otsuCover = state;
  return () => {};
}
