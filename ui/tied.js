// A browser's own player and the figure beside it: a line shows the position, and a click plays from there.

export default function () {
    if (window.genreLabPlayhead) return;
    window.genreLabPlayhead = true;
    const scopeOf = (inside) => inside.closest && inside.closest("[class*=st-key-genre_lab_playhead]");
    const show = (audio) => {
        const scope = scopeOf(audio), plot = scope && scope.querySelector(".js-plotly-plot");
        if (plot) drawPlayhead(plot, audio.currentTime);
    };
    const follow = (audio) => {
        show(audio);
        if (!audio.paused && audio.isConnected) requestAnimationFrame(() => follow(audio));
    };
    for (const kind of ["play", "seeked", "timeupdate"]) {
        document.addEventListener(kind, ({ target }) => {
            if (!(target instanceof HTMLAudioElement)) return;
            if (kind !== "play") return show(target);
            claimSound(target);
            follow(target);
        }, true);
    }
    onPlotClick((plot, seconds) => {
        const audio = scopeOf(plot) && scopeOf(plot).querySelector("audio");
        if (!audio) return;
        audio.currentTime = seconds;
        audio.play();
    });
}
