// A playlist of segments: see ui/playlist.py. Plays without the server, but for the sounds themselves.

class Playlist {
    constructor(parent) {
        this.root = element("section", "player playlist");
        this.root.setAttribute("role", "region");
        this.picture = element("div", "picture");
        this.canvas = element("canvas");
        this.canvas.setAttribute("role", "img");
        this.line = element("div", "line");
        this.hz = element("div", "hz");
        this.hz.setAttribute("aria-hidden", "true");
        const area = element("div", "area");
        area.append(this.canvas, this.line);
        this.picture.append(area, this.hz);
        this.times = element("div", "times");
        this.from = element("span");
        this.to = element("span");
        this.times.append(this.from, element("span", "", "Mel spectrogram"), this.to);
        this.previous = this.button("Previous", "Previous (left arrow key)", () => this.step(-1));
        this.play = this.button("", "", () => this.toggle());
        this.play.classList.add("primary");
        this.next = this.button("Next", "Next (right arrow key)", () => this.step(1));
        this.open = this.button("Open on Listen", "", () => this.send("opened", this.index));
        this.place = element("span", "place");
        this.place.setAttribute("role", "status");
        const controls = element("div", "controls");
        controls.append(this.previous, this.play, this.next, this.place, this.open);
        this.title = element("p", "title");
        this.lines = element("div", "lines");
        this.shares = element("ul", "shares");
        this.shares.setAttribute("aria-label", "Predicted probabilities");
        this.audio = element("audio");
        this.audio.preload = "none";
        this.root.append(controls, this.title, this.lines, this.picture, this.times, this.shares, this.audio);
        parent.append(this.root);
        this.sounds = new Map();
        this.index = 0;
        this.endings = [onOtherSound(this.audio, () => this.audio.pause()), this.onArrows()];
        this.audio.addEventListener("play", () => {
            claimSound(this.audio);
            this.follow();
        });
        for (const kind of ["play", "pause", "ended"]) this.audio.addEventListener(kind, () => this.showState());
        this.audio.addEventListener("ended", () => this.goOn());
        this.audio.addEventListener("error", () => {
            if (this.audio.getAttribute("src")) this.place.textContent = `${this.placeText()}: the sound could not be loaded`;
        });
    }

    button(text, title, act) {
        const made = element("button", "", text);
        made.type = "button";
        made.title = title;
        made.addEventListener("click", act);
        return made;
    }

    update(data, send) {
        this.send = send;
        const known = this.data && this.data.list === data.list;
        const moved = !known || this.data.index !== data.index;
        this.data = data;
        this.root.setAttribute("aria-label", data.label);
        this.open.hidden = !data.entries.some(({ url }) => url);
        this.shares.hidden = !data.entries.some(({ shares }) => shares.length);
        if (!known) this.forget();
        if (moved) this.show(data.index);
        else this.showState();
        const begun = window.genreLabBegun ??= {};
        if (data.begin > (begun[data.key] || 0)) {
            begun[data.key] = data.begin;
            this.start();
        }
    }

    get entry() { return this.data.entries[this.index]; }

    placeText() { return `${this.index + 1 + this.data.before} of ${this.data.total}`; }

    show(index) {
        const wasPlaying = !this.audio.paused;
        this.index = Math.max(0, Math.min(index, this.data.entries.length - 1));
        this.audio.pause();
        const { title, lines, start_s, length_s, url, problem, shares, picture } = this.entry;
        this.title.textContent = title;
        this.lines.replaceChildren(...[...lines, ...(problem ? [problem] : [])].map((line) => element("p", "", line)));
        this.from.textContent = clock(start_s);
        this.to.textContent = clock(start_s + length_s);
        this.picture.hidden = this.times.hidden = !picture;
        if (picture) this.paint(picture);
        this.canvas.setAttribute("aria-label", `Mel spectrogram of ${title}`);
        this.shares.replaceChildren(...shares.map(({ name, share, text, color, bold }) => {
            const row = element("li"), bar = element("span", "bar"), fill = element("span", "fill");
            fill.style.cssText = `width:${100 * share}%;background:${color}`;
            bar.append(fill);
            row.append(element("span", bold ? "name bold" : "name", name), bar, element("span", "share", text));
            return row;
        }));
        if (url) this.audio.src = this.sounds.get(url) || url;
        else this.audio.removeAttribute("src");
        this.line.style.left = "0";
        this.showState();
        return wasPlaying;
    }

    paint({ levels, rows, columns }) {
        const values = Uint8Array.from(atob(levels), (letter) => letter.charCodeAt(0));
        const context = this.canvas.getContext("2d");
        this.canvas.width = columns;
        this.canvas.height = rows;
        const image = context.createImageData(columns, rows), scale = this.data.colors;
        values.forEach((value, place) => {
            const row = rows - 1 - Math.floor(place / columns), at = 4 * (row * columns + place % columns);
            const where = value / 255 * (scale.length - 1), low = Math.min(Math.floor(where), scale.length - 2);
            for (let part = 0; part < 3; part++) {
                image.data[at + part] = scale[low][part] + (where - low) * (scale[low + 1][part] - scale[low][part]);
            }
            image.data[at + 3] = 255;
        });
        context.putImageData(image, 0, 0);
        this.hz.replaceChildren(...this.data.ticks.map(([share, name]) => {
            const tick = element("span", "", name);
            tick.style.bottom = `${100 * share}%`;
            return tick;
        }));
    }

    showState() {
        const playing = !this.audio.paused && !this.audio.ended, one = this.data.entries.length === 1;
        const playable = this.data.entries.some(({ url }) => url);
        label(this.play, playing ? "❚❚" : "▶", playing ? "Pause" : one ? "Play" : "Play all");
        this.play.disabled = !playable;
        this.play.hidden = !playable;
        this.previous.hidden = this.next.hidden = this.place.hidden = one && this.data.total === 1;
        this.previous.disabled = this.index + this.data.before === 0;
        this.next.disabled = this.index + this.data.before === this.data.total - 1;
        this.place.textContent = this.placeText();
        this.open.disabled = !this.entry.url;
    }

    toggle() {
        if (this.audio.paused) this.start();
        else this.audio.pause();
    }

    /** Play from this segment on; from the next with a sound, if it has none. */
    start() {
        const place = this.data.entries.findIndex(({ url }, index) => index >= this.index && url);
        if (place < 0) return;
        if (place !== this.index) this.show(place);
        this.audio.play().catch(() => this.showState());  // browsers play only after a click
        this.prepare(place + 1);
    }

    step(by) {
        const index = this.index + by;
        if (index + this.data.before < 0 || index + this.data.before >= this.data.total) return;
        if (index < 0 || index >= this.data.entries.length) {
            this.turn(this.data.before + index, !this.audio.paused);
            return;
        }
        if (this.show(index) && this.entry.url) this.start();
    }

    goOn() {
        const place = this.data.entries.findIndex(({ url }, index) => index > this.index && url);
        if (place >= 0) {
            this.show(place);
            this.start();
        } else if (this.data.before + this.data.entries.length < this.data.total) {
            this.turn(this.data.before + this.data.entries.length, true);
        }
    }

    /** Ask the server for the segments around another one. */
    turn(index, plays) { this.send("turned", { index, plays }); }

    /** Load the next sound, so that there is no gap before it. */
    prepare(from) {
        const next = this.data.entries.slice(from).find(({ url }) => url);
        if (!next || this.sounds.has(next.url)) return;
        fetch(next.url).then((answer) => answer.ok ? answer.blob() : Promise.reject(answer.status)).then(
            (blob) => this.sounds.set(next.url, URL.createObjectURL(blob)), () => {});
    }

    forget() {
        this.audio.pause();
        this.audio.removeAttribute("src");
        this.audio.load();
        for (const address of this.sounds.values()) URL.revokeObjectURL(address);
        this.sounds.clear();
    }

    follow() {
        const share = this.audio.currentTime / (this.audio.duration || this.entry.length_s);
        this.line.style.left = `${100 * Math.min(share, 1)}%`;
        if (!this.audio.paused && this.root.isConnected) requestAnimationFrame(() => this.follow());
    }

    /** The arrow keys move through the list while the focus is in it, in a figure, or nowhere. */
    onArrows() {
        const listener = (event) => {
            const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], focus = document.activeElement;
            if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !this.root.isConnected) return;
            const here = !focus || focus === document.body || focus.closest(".js-plotly-plot")
                || focus.contains(this.root.getRootNode().host || this.root);
            if (!here || !this.root.getClientRects().length) return;
            event.preventDefault();
            this.step(by);
        };
        document.addEventListener("keydown", listener);
        return () => document.removeEventListener("keydown", listener);
    }

    dispose() {
        this.forget();
        this.endings.forEach((end) => end());
        this.root.remove();
    }
}

export default function ({ parentElement, data, setTriggerValue }) {
    const known = parentElement.genreLabPlaylist;
    const playlist = known || new Playlist(parentElement);
    parentElement.genreLabPlaylist = playlist;
    playlist.update(data, setTriggerValue);
    return () => {
        playlist.dispose();
        delete parentElement.genreLabPlaylist;
    };
}
