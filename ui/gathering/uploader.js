// Sends songs to the server piece by piece, and shows how far each is.
//
// The queue belongs to the window, not to the page: it goes on while the visitor looks at other pages of the dashboard.
// What has arrived stays on the server, so that after a break or a reload only the rest is sent.

const AT_ONCE = 2;
const SHOWN = 5;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const SAMPLE_BYTES = 65536;

class Queue {
    constructor() {
        this.items = [];
        this.access = {}; // by dataset: {url, ticket, chunk}
        this.listeners = new Set();
        window.addEventListener("beforeunload", (event) => {
            if (this.items.some(isOpen)) event.preventDefault();
        });
        window.addEventListener("online", () => this.items.forEach((item) => item.wake?.()));
    }

    of(dataset, genre) {
        return this.items.filter((item) => item.dataset === dataset && item.place === genre);
    }

    add(items) {
        this.items.push(...items);
        this.changed();
        this.run();
    }

    stop(items) {
        for (const item of items.filter(isOpen)) {
            item.state = "stopped";
            item.abort?.abort();
            item.wake?.();
        }
        this.changed();
        this.run();
    }

    goOn(items) {
        for (const item of items) if (item.state === "stopped") item.state = "waiting";
        this.changed();
        this.run();
    }

    clear(items) {
        this.items = this.items.filter((item) => isOpen(item) || !items.includes(item));
        this.changed();
    }

    run() {
        let free = AT_ONCE - this.items.filter((item) => item.active).length;
        for (const item of this.items) {
            if (free <= 0) break;
            if (item.state !== "waiting" || item.active) continue;
            free--;
            item.active = true;
            this.send(item).finally(() => {
                item.active = false;
                this.changed();
                this.run();
            });
        }
    }

    async send(item) {
        item.state = "sending";
        for (let attempt = 0; item.state === "sending" || item.state === "broken"; attempt++) {
            const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)];
            try {
                item.state = "sending";
                await this.sendOnce(item, () => { attempt = 0; });
                return;
            } catch (error) {
                if (item.state === "stopped") return;
                // After a restart of the server the page connects again and gets a new ticket.
                if (error.problem && !(error.isExpired && attempt < 4)) return fail(item, error.problem);
                if (error.unreadable) return fail(item, "The file can't be read any more; choose it again.");
                item.state = "broken";
                this.changed();
                await new Promise((resolve) => {
                    item.wake = resolve;
                    setTimeout(resolve, wait);
                });
            }
        }
    }

    async sendOnce(item, progressed) {
        item.fingerprint ??= await fingerprint(item.file);
        const begun = await this.request(item, "", "POST", JSON.stringify({
            genre: item.genre, file_name: item.file.name, n_bytes: item.file.size, kind: item.kind,
            fingerprint: item.fingerprint, artist: item.artist,
        }));
        item.sent = begun.offset;
        while (begun.id && item.sent < item.file.size) {
            const piece = item.file.slice(item.sent, item.sent + this.access[item.dataset].chunk);
            const answer = await this.request(item, `/${begun.id}`, "PUT", piece, item.sent);
            item.sent = answer.offset;
            progressed();
            this.changed();
        }
        if (begun.id) {
            item.state = "finishing";
            this.changed();
            try {
                await this.request(item, `/${begun.id}`, "POST");
            } catch (error) {
                item.state = item.state === "stopped" ? "stopped" : "sending";
                throw error;
            }
        }
        item.state = "done";
        item.file = { name: item.file.name, size: item.file.size };
    }

    async request(item, path, method, body, offset) {
        const { url, ticket } = this.access[item.dataset];
        item.abort = new AbortController();
        const headers = { "X-Genre-Lab-Ticket": ticket };
        if (offset !== undefined) {
            headers["X-Genre-Lab-Offset"] = String(offset);
            try { // a file that has changed or gone gives the same error as a network that is down
                await body.slice(0, 1).arrayBuffer();
            } catch { throw { unreadable: true }; }
        }
        const answer = await fetch(url + path, { method, body, headers, signal: item.abort.signal });
        const content = await answer.json().catch(() => ({}));
        if (answer.ok || (answer.status === 409 && method === "PUT")) return content;
        // A proxy answers in this way while the server is away; an error of the server itself does not pass.
        if ([409, 502, 503, 504].includes(answer.status)) throw new Error(answer.statusText);
        const problem = content.problem || `The server refused the file (${answer.status}).`;
        throw { problem, isExpired: answer.status === 403 };
    }

    changed() {
        if (this.drawing) return;
        this.drawing = true;
        setTimeout(() => { // not a frame of the browser: a tab in the background has none
            this.drawing = false;
            this.remember();
            for (const listener of this.listeners) listener();
        }, 100);
    }

    remember() {
        const missing = {};
        for (const item of this.items) {
            if (isOpen(item) || item.state === "stopped") (missing[item.dataset] ??= []).push(item.file.name);
        }
        for (const dataset of Object.keys(this.access)) {
            if (missing[dataset] || this.items.some((item) => item.dataset === dataset)) {
                write(dataset, missing[dataset] || []);
            }
        }
    }
}

const isOpen = (item) => ["waiting", "sending", "broken", "finishing"].includes(item.state);

function fail(item, problem) {
    item.state = "failed";
    item.problem = problem;
}

function remembered(dataset) {
    try {
        return JSON.parse(localStorage.getItem(`genre-lab-uploads-${dataset}`)) || [];
    } catch {
        return [];
    }
}

function write(dataset, names) {
    try {
        if (names.length) localStorage.setItem(`genre-lab-uploads-${dataset}`, JSON.stringify(names.slice(0, 500)));
        else localStorage.removeItem(`genre-lab-uploads-${dataset}`);
    } catch { /* a browser that stores nothing forgets what was not sent */ }
}

// What tells a file from others: crypto.subtle, which would hash all of it, is for secure contexts alone.
async function fingerprint(file) {
    let hash = 0x811c9dc5;
    for (const piece of [file.slice(0, SAMPLE_BYTES), file.slice(-SAMPLE_BYTES)]) {
        for (const byte of new Uint8Array(await piece.arrayBuffer())) hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return `${file.size}-${file.lastModified}-${(hash >>> 0).toString(16)}`;
}

// --- files and folders -----------------------------------------------------------------------------------------------

const fromInput = (input) => [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

async function fromDrop(transfer) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
    const found = [];
    const visit = async (entry, path) => {
        if (entry.isFile) {
            const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
            if (file) found.push({ file, path: path + entry.name });
            return;
        }
        const reader = entry.createReader();
        for (;;) { // a reader gives at most 100 entries at a time
            const inside = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
            if (!inside.length) return;
            for (const one of inside) await visit(one, `${path}${entry.name}/`);
        }
    };
    for (const entry of entries) await visit(entry, "");
    return found;
}

// Files as items of the queue: FOLDER/ARTIST/SONG for one genre, GENRE/ARTIST/SONG in any folder for a whole dataset.
function toItems(files, { dataset, genre, formats, most_bytes, most_archive_bytes, most_text }) {
    const suffix = ({ file }) => file.name.split(".").pop().toLowerCase();
    const isArchive = (one) => !genre && /\.(zip|tgz|tar\.gz)$/i.test(one.file.name);
    const isHidden = ({ path }) => path.split("/").some((part) => part.startsWith("."));
    const wanted = files.filter((one) => !isHidden(one) && (formats.includes(suffix(one)) || isArchive(one)));
    let paths = wanted.map(({ path }) => path.split("/"));
    const songs = () => paths.filter((_, place) => !isArchive(wanted[place]));
    while (!genre && songs().length && songs().every((parts) => parts.length > 2 && parts[0] === songs()[0][0])) {
        paths = paths.map((parts, place) => (isArchive(wanted[place]) ? parts : parts.slice(1)));
    }
    const items = wanted.map((one, place) => {
        const parts = paths[place], archive = isArchive(one);
        const item = {
            dataset, place: genre, file: one.file, sent: 0, state: "waiting", kind: archive ? "archive" : "song",
            genre: archive ? "" : genre || (parts.length > 1 ? parts[0] : ""), artist: "",
        };
        if (!archive && parts.length > 2) item.artist = parts[1]; // as in a ZIP file: folders in it are albums
        const most = archive ? most_archive_bytes : most_bytes;
        if (!one.file.size) fail(item, "The file is empty.");
        else if (one.file.size > most) {
            fail(item, archive ? `It is larger than ${megabytes(most)}.` : `It is larger than ${most_text}.`);
        } else if (!archive && !item.genre) fail(item, "It is in no folder of a genre; add it to a genre below.");
        return item;
    });
    return { items, ignored: files.length - wanted.length };
}

// --- what is shown ---------------------------------------------------------------------------------------------------

const megabytes = (bytes) => (bytes >= 999.5e6 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const STATES = {
    waiting: "waiting", sending: "", broken: "connection lost, trying again", finishing: "being read", done: "done",
    stopped: "stopped", failed: "",
};
const ORDER = ["failed", "broken", "sending", "finishing", "stopped", "waiting", "done"];

function summary(items, ignored) {
    if (!items.length) return ignored ? `No song among ${counted(ignored, "file")}.` : "";
    const count = (...states) => items.filter((item) => states.includes(item.state)).length;
    // What is in an archive is said by the page once it was unpacked.
    const verb = items.every((item) => item.kind === "archive") ? "sent" : "added";
    const texts = [`${count("done")} of ${counted(items.length, "file")} ${verb}`];
    if (count("failed")) texts.push(`${count("failed")} not ${verb}`);
    if (count("stopped")) texts.push(`${count("stopped")} stopped`);
    if (count("broken")) texts.push("the connection was lost and the upload goes on by itself");
    if (ignored) texts.push(`${counted(ignored, "other file")} ignored`);
    return `${texts.join("; ")}.`;
}

export default function ({ parentElement, data, setTriggerValue }) {
    const queue = (window.genreLabUploads ??= new Queue());
    const root = parentElement, find = (name) => root.querySelector(`.${name}`);
    queue.access[data.dataset] = { url: data.url, ticket: data.ticket, chunk: data.chunk };
    const view = (root.genreLabView ??= { ignored: 0, done: null });
    view.data = data;
    const mine = () => queue.of(data.dataset, data.genre);

    const add = (files) => {
        if (!files.length) return;
        const { items, ignored } = toItems(files, data);
        view.ignored = ignored;
        queue.clear(mine());
        queue.add(items);
    };

    const draw = () => {
        const items = mine(), open = items.filter(isOpen);
        const total = items.reduce((sum, item) => sum + item.file.size, 0);
        const sent = items.reduce((sum, item) => sum + (isOpen(item) ? item.sent : item.file.size), 0);
        find("status").textContent = summary(items, view.ignored);
        find("total").hidden = !open.length;
        find("bar").max = total || 1;
        find("bar").value = sent;
        find("amount").textContent = `${megabytes(sent)} of ${megabytes(total)}`;
        find("stop").hidden = !open.length;
        find("go-on").hidden = !items.some((item) => item.state === "stopped");
        find("clear").hidden = open.length > 0 || !items.length;
        const lost = data.remember && !queue.items.some((item) => item.dataset === data.dataset)
            ? remembered(data.dataset) : [];
        find("lost").hidden = !lost.length;
        find("lost-text").textContent = `${counted(lost.length, "file")} of your last upload did not arrive `
            + `(${lost.slice(0, 3).join(", ")}${lost.length > 3 ? " …" : ""}). Choose the same files or the same `
            + "folder again: what has arrived is not sent twice.";
        const shown = [...items].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
        const most = items.some((item) => item.state !== "done") ? Math.max(SHOWN, countFailed(items)) : 0;
        find("files").replaceChildren(...shown.slice(0, most).map(row));
        find("more").textContent = most && shown.length > most ? `and ${shown.length - most} more` : "";
        const done = items.filter((item) => item.state === "done").length;
        if (view.done !== null && done > view.done) tell(done, open.length === 0);
        else if (view.done === null || done < view.done) view.done = done;
    };

    // The page shows the new songs; not after each of 300, and at once after the last.
    const tell = (done, isLast) => {
        const now = Date.now();
        if (!isLast && now - (view.told || 0) < 2500) {
            view.later ??= setTimeout(() => { view.later = null; draw(); }, 2600);
            return;
        }
        view.told = now;
        view.done = done;
        setTriggerValue("arrived", now);
    };

    const [files, folder] = [find("choose-files"), find("choose-folder")];
    find("pick-files").onclick = () => files.click();
    find("pick-folder").onclick = () => folder.click();
    find("pick-folder").hidden = !("webkitdirectory" in folder);
    find("pick-files").textContent = data.genre ? "Choose songs" : "Choose a ZIP file";
    find("pick-folder").textContent = data.genre ? "Choose a folder" : "Choose a folder of genre folders";
    find("zone").setAttribute("aria-label", data.label);
    files.accept = data.genre ? data.formats.map((format) => `.${format}`).join(",") : ".zip,.tgz,.tar.gz,.gz";
    files.multiple = true;
    for (const input of [files, folder]) {
        input.onchange = () => {
            add(fromInput(input));
            input.value = "";
        };
    }
    find("stop").onclick = () => queue.stop(mine());
    find("go-on").onclick = () => queue.goOn(mine());
    find("clear").onclick = () => { view.ignored = 0; queue.clear(mine()); };
    find("forget").onclick = () => { write(data.dataset, []); draw(); };
    const zone = find("zone");
    zone.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
    zone.ondragleave = () => zone.classList.remove("over");
    zone.ondrop = async (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        add(await fromDrop(event.dataTransfer));
    };
    queue.listeners.delete(view.draw); // with other data, this function is called again before it ends
    view.draw = draw;
    queue.listeners.add(draw);
    draw();
    return () => {
        clearTimeout(view.later);
        queue.listeners.delete(draw);
    };
}

const countFailed = (items) => items.filter((item) => item.state === "failed").length;

function row(item) {
    const line = document.createElement("li"), name = document.createElement("span");
    const state = document.createElement("span");
    name.className = "name";
    name.textContent = item.file.name;
    state.className = `state ${item.state}`;
    const share = Math.floor((100 * item.sent) / (item.file.size || 1));
    state.textContent = item.problem || STATES[item.state] || `${share} %`;
    line.append(name, state);
    return line;
}
