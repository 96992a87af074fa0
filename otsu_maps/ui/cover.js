// Over the whole page when nothing new has come for too long, so that an old screen never looks alive. Each run of the
// page brings a new `at`; gone by itself when the next one comes.

export default function (component) {
  const { data } = component;
  const now = Date.now();
  if (window.otsuCover) clearInterval(window.otsuCover.timer);
  const state = { last: now, path: location.pathname, sheet: document.getElementById("otsu-cover") };
  if (state.sheet) { state.sheet.remove(); state.sheet = null; }
  const draw = () => {
    if (location.pathname !== state.path) { stop(); return; }
    const silent = Date.now() - state.last;
    if (silent > data.limit_ms && !state.sheet) {
      state.sheet = document.createElement("div");
      state.sheet.id = "otsu-cover";
      state.sheet.setAttribute("role", "alertdialog");
      state.sheet.style.cssText = data.style;
      for (const [tag, words] of [["h1", data.title], ["p", data.since], ["p", data.next], ["p", data.back]]) {
        const line = document.createElement(tag);
        line.textContent = words;
        line.style.cssText = "max-width:32em;margin:.4em 1em;font-size:" + (tag === "h1" ? "2rem" : "1.25rem");
        state.sheet.append(line);
      }
      document.body.append(state.sheet);
    }
  };
  const stop = () => {
    clearInterval(state.timer);
    if (state.sheet) state.sheet.remove();
  };
  state.timer = setInterval(draw, 500);
  window.otsuCover = state;
  return () => {};
}
