// What the scripts of all players share; `ui/playhead.py` says how it is used.

const PLAYED = "genre-lab-played";

/** Say that `owner` begins to play, so that everything else stops. */
function claimSound(owner) {
    document.dispatchEvent(new CustomEvent(PLAYED, { detail: owner }));
    for (const audio of document.querySelectorAll("audio")) if (audio !== owner) audio.pause();
}

/** Call `pause` when something other than `owner` begins to play; returns a function that ends this. */
function onOtherSound(owner, pause) {
    const listener = (event) => event.detail !== owner && pause();
    document.addEventListener(PLAYED, listener);
    return () => document.removeEventListener(PLAYED, listener);
}

/** The subplots of a Plotly figure: their areas, and the range of their x axes in seconds. */
function subplots(plot) {
    const seconds = (value, axis) => axis.type === "date" ? Date.parse(`${value}Z`.replace(" ", "T")) / 1000 : Number(value);
    return [...plot.querySelectorAll(".nsewdrag")].flatMap((area) => {
        const number = Number(/^x(\d*)/.exec(area.dataset.subplot || "x")[1] || 1);
        const axis = plot.layout && plot._fullLayout && plot._fullLayout[number > 1 ? `xaxis${number}` : "xaxis"];
        return axis ? [{ area, number, range: axis.range.map((value) => seconds(value, axis)) }] : [];
    });
}

/** Draw a line at `seconds` over those subplots of a Plotly figure whose number is `wanted`. */
function drawPlayhead(plot, seconds, wanted = () => true) {
    const outer = plot.getBoundingClientRect();
    plot.style.position = "relative";
    for (const { area, number, range } of subplots(plot)) {
        if (!wanted(number)) continue;
        let line = plot.querySelector(`.genre-lab-playhead[data-number="${number}"]`);
        if (!line) {
            line = document.createElement("div");
            line.className = "genre-lab-playhead";
            line.dataset.number = number;
            line.style.cssText = "position:absolute;width:2px;background:#e03131;pointer-events:none;z-index:5;"
                + "box-shadow:0 0 0 1px rgba(255,255,255,.55)";
            plot.appendChild(line);
        }
        const inner = area.getBoundingClientRect(), share = (seconds - range[0]) / (range[1] - range[0]);
        line.style.display = share < 0 || share > 1 ? "none" : "block";
        line.style.left = `${inner.left - outer.left + share * inner.width}px`;
        line.style.top = `${inner.top - outer.top}px`;
        line.style.height = `${inner.height}px`;
    }
}

/** Call `seek(plot, seconds, number)` at a click, not a drag, in a Plotly figure; returns a function that ends this. */
function onPlotClick(seek) {
    const mostMovePx = 8;  // between press and release of a click; a longer way is a swipe
    let pressed = null;
    const press = (event) => {
        const area = event.target.closest && event.target.closest(".nsewdrag");
        pressed = area && { area, x: event.clientX, y: event.clientY };
    };
    const release = (event) => {
        const begun = pressed;
        pressed = null;
        if (!begun || Math.hypot(event.clientX - begun.x, event.clientY - begun.y) > mostMovePx) return;
        const plot = begun.area.closest(".js-plotly-plot");
        const found = plot && subplots(plot).find(({ area }) => area === begun.area);
        if (!found) return;
        const box = begun.area.getBoundingClientRect(), [first, last] = found.range;
        seek(plot, first + (event.clientX - box.left) / box.width * (last - first), found.number);
    };
    document.addEventListener("pointerdown", press, true);
    document.addEventListener("pointerup", release, true);
    return () => {
        document.removeEventListener("pointerdown", press, true);
        document.removeEventListener("pointerup", release, true);
    };
}

/** As in 1:05. */
function clock(seconds) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** An element with a class and a text. */
function element(kind, className = "", text = "") {
    const made = document.createElement(kind);
    made.className = className;
    made.textContent = text;
    return made;
}

/** Give a button a text and a sign before it, which screen readers leave out. */
function label(button, sign, text) {
    const before = element("span", "", sign ? `${sign} ` : "");
    before.setAttribute("aria-hidden", "true");
    button.replaceChildren(before, text);
}
