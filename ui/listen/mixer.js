// The stems of one excerpt, mixed while they play: see ui/listen/mixer.py. Web Audio keeps them in step.

const FIGURE = ".st-key-listen_overview .js-plotly-plot";

class Mixer {
    constructor(parent) {
        this.root = element("section", "player mixer");
        this.root.setAttribute("role", "region");
        this.offset = 0;
        this.volumes = {};
        this.muted = {};
        this.solo = "";
        this.play = this.button("", "", () => this.toggle());
        this.play.classList.add("primary");
        this.position = element("input", "position");
        this.position.type = "range";
        this.position.setAttribute("aria-label", "Position");
        this.position.addEventListener("input", () => this.seek(this.data.start_s + Number(this.position.value)));
        this.time = element("span", "time");
        const controls = element("div", "controls");
        controls.append(this.play, this.position, this.time);
        this.strip = element("div", "strip");
        this.strip.setAttribute("role", "img");
        this.strip.addEventListener("click", (event) => {
            const box = this.strip.getBoundingClientRect();
            this.seek(this.data.start_s + (event.clientX - box.left) / box.width * this.data.duration_s);
        });
        this.now = element("p", "now");
        this.stems = element("div", "stems");
        this.problem = element("p", "problem");
        this.problem.setAttribute("role", "alert");
        this.root.append(controls, this.strip, this.now, this.stems, this.problem);
        parent.append(this.root);
        this.endings = [
            onOtherSound(this, () => this.pause()),
            onPlotClick((plot, seconds, number) => {
                if (plot.matches(FIGURE) && this.owns(number)) this.seek(seconds).then(() => this.start());
            }),
        ];
    }

    button(text, name, act) {
        const made = element("button", "", text);
        made.type = "button";
        if (name) made.setAttribute("aria-label", name);
        made.addEventListener("click", act);
        return made;
    }

    update(data) {
        const known = this.data && this.data.list === data.list;
        this.data = data;
        this.root.setAttribute("aria-label", data.label);
        if (!known) {
            this.forget();
            this.offset = Math.min(Math.max(data.at_s - data.start_s, 0), data.duration_s);
            this.position.max = data.duration_s;
            this.position.step = 0.1;
            this.showStems();
        }
        this.showStrip();
        this.follow();
    }

    /** Whether a subplot of the figure shows this song. */
    owns(number) { return this.data.columns.includes((number - 1) % this.data.all_columns); }

    showStems() {
        this.stems.replaceChildren(...this.data.stems.map(({ name, title: text, description, muted }) => {
            this.volumes[name] ??= 1;
            this.muted[name] ??= muted;
            const stem = element("div", "stem"), title = element("div", "label", text);
            title.append(element("small", "", description));
            const volume = element("input");
            volume.type = "range";
            volume.min = 0;
            volume.max = 100;
            volume.value = 100 * this.volumes[name];
            volume.setAttribute("aria-label", `Volume of ${text.toLowerCase()}`);
            const mute = this.button("Mute", `Mute ${text.toLowerCase()}`, () => {
                this.muted[name] = !this.muted[name];
                this.solo = "";
                this.mix();
            });
            const solo = this.button("Solo", `Play ${text.toLowerCase()} alone`, () => {
                this.solo = this.solo === name ? "" : name;
                this.mix();
            });
            volume.addEventListener("input", () => {
                this.volumes[name] = volume.value / 100;
                if (this.volumes[name] > 0 && !this.solo) this.muted[name] = false;
                this.mix();
            });
            stem.append(title, volume, mute, solo);
            Object.assign(stem, { mute, solo, volume, stemName: name });
            return stem;
        }));
        this.mix();
    }

    gain(name) {
        if (this.solo) return this.solo === name ? this.volumes[name] || 1 : 0;
        return this.muted[name] ? 0 : this.volumes[name];
    }

    /** Set the volumes, while playing too, and show them. */
    mix() {
        const names = this.data.stems.map(({ name }) => name);
        // Each pair of stems adds up to the mix: louder than that, the sum would be clipped.
        const loudest = Math.max(1, names.reduce((sum, name) => sum + this.gain(name), 0) / 2);
        for (const name of names) {
            const node = this.gains && this.gains[name];
            if (node) node.gain.setTargetAtTime(this.gain(name) / loudest, this.context.currentTime, 0.015);
        }
        for (const stem of this.stems.children) {
            const sounds = this.gain(stem.stemName) > 0;
            stem.classList.toggle("silent", !sounds);
            stem.mute.setAttribute("aria-pressed", String(!this.solo && this.muted[stem.stemName]));
            stem.solo.setAttribute("aria-pressed", String(this.solo === stem.stemName));
            stem.volume.setAttribute("aria-valuetext", sounds ? `${stem.volume.value} %` : "silent");
        }
        this.showStrip();
        this.show();
    }

    /** The stem whose prediction is shown: the only one that sounds, or the mix. */
    get audible() {
        const sounding = this.data.stems.map(({ name }) => name).filter((name) => this.gain(name) > 0);
        return sounding.length === 1 && this.data.predictions[sounding[0]] ? sounding[0] : "mix";
    }

    get segments() { return this.data.predictions[this.audible] || []; }

    showStrip() {
        const { start_s, duration_s } = this.data, segments = this.segments;
        this.strip.hidden = !segments.length;
        const middle = (segment) => (segment.start_s + segment.end_s) / 2;
        const parts = [];
        segments.forEach((segment, index) => {
            const begin = index ? (middle(segments[index - 1]) + middle(segment)) / 2 : start_s;
            const end = index + 1 < segments.length ? (middle(segment) + middle(segments[index + 1])) / 2
                : start_s + duration_s;
            const last = parts.at(-1);
            if (last && last.name === segment.name) last.end = end;
            else parts.push({ name: segment.name, color: segment.color, begin, end });
        });
        this.strip.setAttribute("aria-label", `Predicted genre over time, ${this.audible}: ` + parts.map(
            ({ name, begin, end }) => `${clock(begin)} to ${clock(end)} ${name}`).join(", "));
        this.line = element("div", "line");
        this.strip.replaceChildren(...parts.map(({ name, color, begin, end }) => {
            const part = element("span", "part", name);
            part.title = `${clock(begin)} to ${clock(end)}: ${name}`;
            part.style.cssText = `left:${100 * (begin - start_s) / duration_s}%;`
                + `width:${100 * (end - begin) / duration_s}%;border-top-color:${color}`;
            return part;
        }), this.line);
    }

    get playing() { return Boolean(this.sources); }

    /** Seconds from the start of the excerpt. */
    get elapsed() {
        if (!this.playing) return this.offset;
        return Math.min(Math.max(this.context.currentTime - this.began, 0), this.data.duration_s);
    }

    async load() {
        this.context ??= new AudioContext();
        await this.context.resume();
        const { list, stems } = this.data;
        this.buffers ??= Promise.all(stems.map(async ({ name, url }) => {
            const answer = await fetch(url);
            if (!answer.ok) throw new Error(`${answer.status}`);
            return [name, await this.context.decodeAudioData(await answer.arrayBuffer())];
        }));
        const loaded = await this.buffers;
        return list === this.data.list ? loaded : null;
    }

    async start() {
        if (this.playing || this.loading) return;
        this.loading = true;
        this.problem.textContent = "";
        this.showState();
        let buffers = null;
        try {
            buffers = await this.load();
        } catch {
            this.buffers = null;
            this.problem.textContent = "The stems could not be loaded; reload the page.";
        }
        this.loading = false;
        if (!buffers || !this.root.isConnected) return this.show();
        claimSound(this);
        if (this.offset >= this.data.duration_s - 0.05) this.offset = 0;
        this.gains = {};
        const start = this.context.currentTime + 0.05;
        this.sources = buffers.map(([name, buffer]) => {
            const source = this.context.createBufferSource();
            source.buffer = buffer;
            this.gains[name] = this.context.createGain();
            this.gains[name].gain.value = 0;
            source.connect(this.gains[name]).connect(this.context.destination);
            source.start(start, this.offset);
            return source;
        });
        this.began = start - this.offset;
        this.mix();
        this.follow();
    }

    stop() {
        for (const source of this.sources || []) source.stop();
        this.sources = this.gains = null;
    }

    pause() {
        this.offset = this.elapsed;
        this.stop();
        this.show();
    }

    toggle() {
        if (this.playing) this.pause();
        else this.start();
    }

    /** Go to a time in the song. */
    async seek(seconds) {
        const played = this.playing;
        this.stop();
        this.offset = Math.min(Math.max(seconds - this.data.start_s, 0), this.data.duration_s);
        this.show();
        if (played) await this.start();
    }

    follow() {
        if (this.playing && this.elapsed >= this.data.duration_s) {
            this.offset = this.data.duration_s;
            this.stop();
        }
        this.show();
        cancelAnimationFrame(this.frame);
        // Pictures that are drawn again lose their line, so it follows while nothing plays too, if more slowly.
        if (!this.root.isConnected) return;
        if (this.playing) this.frame = requestAnimationFrame(() => this.follow());
        else this.timer ??= setInterval(() => this.playing || this.showLines(), 400);
    }

    show() {
        const { start_s, duration_s } = this.data, at = start_s + this.elapsed;
        this.showState();
        this.position.value = this.elapsed;
        this.position.setAttribute("aria-valuetext", `${clock(at)} of ${clock(start_s + duration_s)}`);
        this.time.textContent = `${clock(at)} / ${clock(start_s + duration_s)}`;
        if (this.line) this.line.style.left = `${100 * this.elapsed / duration_s}%`;
        const distance = (segment) => Math.abs((segment.start_s + segment.end_s) / 2 - at);
        const here = this.segments.reduce((best, one) => !best || distance(one) < distance(best) ? one : best, null);
        this.now.replaceChildren();
        if (here) {
            this.now.append(element("span", "span", `${clock(here.start_s)} to ${clock(here.end_s)}, ${this.audible}: `),
                element("strong", "", here.name), element("span", "", here.text));
        } else {
            this.now.textContent = this.data.waiting;
        }
        this.showLines();
    }

    showState() {
        const [sign, text] = this.loading ? ["", "Loading…"] : this.playing ? ["❚❚", "Pause"] : ["▶", "Play"];
        if (this.play.textContent !== `${sign} ${text}`) label(this.play, sign, text);
    }

    showLines() {
        const plot = document.querySelector(FIGURE);
        if (plot && plot._fullLayout) drawPlayhead(plot, this.data.start_s + this.elapsed, (number) => this.owns(number));
    }

    forget() {
        this.stop();
        this.buffers = null;
        this.solo = "";
    }

    dispose() {
        this.forget();
        clearInterval(this.timer);
        cancelAnimationFrame(this.frame);
        if (this.context) this.context.close();
        this.endings.forEach((end) => end());
        this.root.remove();
    }
}

export default function ({ parentElement, data }) {
    const mixer = parentElement.genreLabMixer || new Mixer(parentElement);
    parentElement.genreLabMixer = mixer;
    mixer.update(data);
    return () => {
        mixer.dispose();
        delete parentElement.genreLabMixer;
    };
}
