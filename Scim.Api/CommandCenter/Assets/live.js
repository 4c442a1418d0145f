// What the pages do beyond links and forms: regions that follow the directory, copying, times, a few keys.
const root = document.documentElement;

// Relative times go on while a page stands open.
const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["h", 3600], ["min", 60]];
function ago(then) {
    const seconds = Math.round((Date.now() - then) / 1000), far = Math.abs(seconds);
    if (far < 45) return seconds < 0 ? "in a moment" : "just now";
    const [unit, length] = units.find(([, l]) => far >= l) ?? units.at(-1);
    const n = Math.max(1, Math.floor(far / length)), text = `${n} ${unit}${n > 1 && !["h", "min"].includes(unit) ? "s" : ""}`;
    return seconds < 0 ? `in ${text}` : `${text} ago`;
}
function tick() {
    for (const time of document.querySelectorAll("time[data-relative]")) {
        const text = ago(Date.parse(time.dateTime));
        if (time.textContent !== text) time.textContent = text;
    }
}
setInterval(tick, 20000);

// The server says that something changed; the page is asked for again, and only its live regions are exchanged. Nothing that
// is being typed, has the focus or is chosen is touched.
let source, asking, waiting, took = 0, again = 0 /* 1: once more, 2: with what waits */;
function busy(region) {
    const focus = document.activeElement;
    return focus && focus !== document.body && region.contains(focus) && focus.matches("input, select, textarea");
}
// Rows that one reads stay where they are: what is new waits behind a button, as it does in a list that is paused.
const rowsOf = region => [...region.querySelectorAll("tbody tr, .events > li")].map(row => row.querySelector("a")?.getAttribute("href") ?? row.textContent);
function holds(region, fresh) {
    if (!region.matches("[data-found], #tab")) return false;
    const paused = document.querySelector("[data-paused]") && region.closest("main");
    if (!paused && region.getBoundingClientRect().top >= 0) return false;
    const shown = rowsOf(region), coming = rowsOf(fresh);
    if (!paused && shown.join() === coming.join()) return false;
    const known = new Set(shown), count = coming.filter(row => !known.has(row)).length;
    if (count > 0 || !paused) tell(count > 0 ? `${count} new` : "Changed");
    return true;
}
function tell(words) {
    let news = document.getElementById("news");
    if (!news) {
        document.querySelector("main").insertAdjacentHTML("beforebegin", '<p class="news" role="status"><button id="news" type="button" class="main"></button></p>');
        news = document.getElementById("news");
        news.addEventListener("click", () => { quiet(); scrollTo(0, 0); refresh(true); });
    }
    if (news.textContent !== words) news.textContent = words;
}
function quiet() { document.querySelector(".news")?.remove(); }
async function refresh(all) {
    if (asking) { again = Math.max(again, all ? 2 : 1); return; }
    asking = true;
    const begun = performance.now();
    try {
        const address = location.href;
        const answer = await fetch(address, { headers: { "X-Live": "1" }, redirect: "error" });
        const text = answer.ok ? await answer.text() : null;
        if (text === null || location.href !== address) return;
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const region of document.querySelectorAll("[data-live]")) {
            const fresh = page.getElementById(region.id);
            if (!fresh || busy(region) || region.innerHTML === fresh.innerHTML || (!all && holds(region, fresh))) continue;
            const focused = region.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
            region.replaceChildren(...fresh.childNodes);
            if (rowsOf(region).length) quiet();
            if (focused) (document.getElementById(focused) ?? [...region.querySelectorAll("a")].find(a => a.getAttribute("href") === focused))?.focus({ preventScroll: true });
        }
        tick();
    } catch { /* the next message asks again */ }
    finally {
        asking = false;
        took = performance.now() - begun;
        const next = again;
        again = 0;
        if (next === 2) refresh(true); else if (next) soon();
    }
}
// A page that takes long to make is asked for less often: it keeps the service busy a third of the time at most. What comes
// while it waits is shown then, and puts nothing off.
function soon() { waiting ??= setTimeout(() => { waiting = undefined; refresh(); }, Math.max(100, 2 * took)); }
function watch() {
    const wanted = document.querySelector("[data-live]");
    if (wanted && !source) {
        source = new EventSource(`/live?known=${encodeURIComponent(document.getElementById("stamp")?.dataset.stamp ?? "")}`);
        source.addEventListener("message", soon);
    } else if (!wanted && source) {
        source.close();
        source = undefined;
    }
}
addEventListener("pagehide", () => { source?.close(); source = undefined; });
addEventListener("pageshow", watch);

// Copying, and a switch of the menu by its button.
document.addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const from = document.getElementById(button.dataset.copy), text = from ? from.value ?? from.textContent : button.dataset.copy;
    try { await navigator.clipboard.writeText(text.trim()); }
    catch { if (from?.select) { from.select(); document.execCommand("copy"); } }
    const was = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => button.textContent = was, 1500);
});

// A search asks while it is typed, and the list is exchanged like a live region.
let typing, search;
document.addEventListener("input", event => {
    const form = event.target.closest("form[data-search]");
    if (!form || event.target.type !== "search") return;
    clearTimeout(typing);
    search?.abort(); // what was asked before would come after what is asked now
    typing = setTimeout(async () => {
        const { signal } = search = new AbortController();
        const address = new URL(form.getAttribute("action") ?? location.href, location.href) /* a field may be called action */;
        address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value)).toString();
        const text = await fetch(address, { signal }).then(answer => answer.ok || answer.status === 400 ? answer.text() : null).catch(() => null);
        if (text === null || signal.aborted || location.pathname !== address.pathname) return; // what is refused says why
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const region of document.querySelectorAll("[data-found]")) {
            const fresh = page.getElementById(region.id);
            if (fresh) region.replaceChildren(...fresh.childNodes);
        }
        history.replaceState(history.state, "", address);
    }, 120);
});

// Keys, unless they are switched off or something is typed.
let first = "";
document.addEventListener("keydown", event => {
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); palette(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.keys === "off" || event.target.closest("input, select, textarea, dialog")) return;
    const pair = first + event.key;
    first = event.key === "g" ? "g" : "";
    if (event.key === "/") { event.preventDefault(); (document.querySelector("main input[type=search]") ?? { focus: palette }).focus(); }
    else if (event.key === "?") { event.preventDefault(); location.href = "/settings/look#keys"; }
    else {
        const link = document.querySelector(`[data-key="${CSS.escape(pair)}"]`);
        if (event.key === "j" || event.key === "k") {
            const rows = [...document.querySelectorAll("main tbody tr, main .events > li")].filter(row => row.querySelector("a"));
            const at = rows.findIndex(row => row.contains(document.activeElement));
            rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]?.querySelector("a").focus();
        }
        if (link) { event.preventDefault(); first = ""; link.click(); }
    }
});

// The palette: what is typed is looked for among people, groups and pages; arrows go through what is found.
let finding, soonFind;
function palette() {
    const dialog = document.getElementById("palette");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("input").select();
    find();
}
async function find() {
    clearTimeout(soonFind);
    finding?.abort();
    const { signal } = finding = new AbortController();
    const asked = new URLSearchParams({ q: document.getElementById("palette-text").value });
    const at = location.pathname.startsWith("/directory") && new URLSearchParams(location.search).get("at");
    if (at) asked.set("at", at);
    const text = await fetch(`/palette?${asked}`, { signal, redirect: "error" }).then(answer => answer.ok ? answer.text() : null).catch(() => null);
    if (text === null || signal.aborted) return false;
    document.getElementById("palette-found").replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    return true;
}
document.addEventListener("input", event => {
    if (event.target.id !== "palette-text") return;
    clearTimeout(soonFind);
    finding?.abort();
    soonFind = setTimeout(find, 120);
});
document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.closest("#palette") || form.method === "dialog") return;
    event.preventDefault();
    const first = await find() && document.querySelector("#palette-found a");
    if (first) first.click(); else form.submit();
});
document.addEventListener("keydown", event => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !event.target.closest("#palette")) return;
    const stops = document.querySelectorAll("#palette-text, #palette-found a"), at = [...stops].indexOf(event.target);
    event.preventDefault();
    stops[Math.min(stops.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
});
document.addEventListener("click", event => { if (event.target.closest("#palette-found a")) document.getElementById("palette").close(); });

// Navigation exchanges the document's attributes as well.
function ready() {
    root.classList.add("js");
    clearTimeout(typing);
    search?.abort(); // its list is gone, and the address is another
    quiet();
    tick();
    watch();
}

// What goes on without an event asks for itself again.
setInterval(() => document.querySelector("[data-live] [data-again]") && !document.hidden && refresh(), 2000);
document.addEventListener("DOMContentLoaded", () => {
    ready();
    globalThis.Blazor?.addEventListener("enhancedload", ready);
});
