// A page that shows what changes: it asks for itself again, and puts the new content in place of the old one.
const every = Number(document.currentScript.dataset.seconds) * 1000;
const key = document.currentScript.dataset.key; // what a script of another page does not know
async function look() {
  const fields = [...document.querySelectorAll("main input:not([type=hidden]), main textarea")];
  const busy = document.activeElement.matches("input, select, textarea, button") || fields.some((each) => each.value);
  if (!busy && !document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Form-Key": key } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const again = page.querySelector("script[data-seconds]");
        if (!again) return location.reload(); // the feedback is there, on a page that runs nothing
        const now = document.querySelector("main"), then = page.querySelector("main");
        if (now.innerHTML !== then.innerHTML) now.replaceWith(then);
      }
    } catch { /* the service is being started again: try later */ }
  }
  setTimeout(look, every);
}
setTimeout(look, every);
