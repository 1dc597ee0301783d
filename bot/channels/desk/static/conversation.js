// Shows what is said while the page is open. Without it, "Show what is new" does the same; what is being typed is never touched.
"use strict";
(() => {
  const talk = document.getElementById("talk");
  if (!talk || !("EventSource" in window)) return;
  const show = (name, fresh) => {
    const old = document.getElementById(name);
    const now = fresh.getElementById(name);
    if (old && now && !old.contains(document.activeElement)) old.replaceChildren(...now.childNodes);
  };
  let asked = false;
  let again = false;
  const refresh = async () => {
    if (asked) { again = true; return; }
    asked = true;
    try {
      const response = await fetch(location.pathname, { credentials: "same-origin", cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!fresh.getElementById("talk")) { location.reload(); return; }
      const atTheEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
      talk.replaceChildren(...fresh.getElementById("talk").childNodes);
      if (atTheEnd) talk.scrollTop = talk.scrollHeight;
      show("holding", fresh);
    } catch {
      // the next event asks again
    } finally {
      asked = false;
      if (again) { again = false; refresh(); }
    }
  };
  talk.scrollTop = talk.scrollHeight;
  new EventSource(`${talk.dataset.news}?after=${talk.dataset.newest}`).addEventListener("news", refresh);
})();
