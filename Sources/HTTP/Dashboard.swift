/// The page at `/`: what `/v1/status` and `/v1/features` tell, drawn anew every two seconds. It
/// needs nothing from elsewhere.
enum Dashboard {
    static let page = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Espalier</title>
        <style>\(style)</style></head>
        <body>
        <header><h1 id="project">Espalier</h1><span id="phase" class="tag">…</span>
        <span id="clock"></span></header>
        <main><section id="tiles"></section>
        <section><h2>Limits and errors</h2><table id="limits"></table></section>
        <section><h2>Features</h2><table id="features"></table></section></main>
        <noscript>This page draws <a href="/v1/status">/v1/status</a> with a script.</noscript>
        <script>\(script)</script>
        </body></html>

        """

    private static let style = """
        :root{color-scheme:light dark;--line:#8884;--alarm:#d9480f;--good:#2b8a3e;--ink:#1971c2}
        @media (prefers-color-scheme:dark){:root{--ink:#74c0fc}}
        body{font:15px/1.45 system-ui,sans-serif;max-width:64rem;margin:1.5rem auto;padding:0 1rem}
        header{display:flex;gap:.8rem;align-items:baseline;flex-wrap:wrap}
        h1{font-size:1.4rem;margin:0} h2{font-size:1rem;opacity:.7;margin:1.5rem 0 .4rem}
        .tag{border-radius:.6rem;padding:0 .6rem;color:#fff;background:var(--alarm)}
        .tag.running{background:var(--good)}
        #clock{opacity:.7;margin-left:auto;font-variant-numeric:tabular-nums}
        #tiles{display:grid;gap:.8rem;margin-top:1rem;
          grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}
        .tile{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
        .tile b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
        .tile small{opacity:.7} .tile svg{width:100%;height:2.4rem;display:block}
        polyline{fill:none;stroke:var(--ink);stroke-width:1.5;vector-effect:non-scaling-stroke}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        td,th{text-align:left;padding:.15rem .8rem .15rem 0;border-top:1px solid var(--line)}
        th{font-weight:normal;opacity:.7;border-top:0} .off{opacity:.5}
        """

    private static let script = """
        const $ = id => document.getElementById(id), past = {}, keep = 150;
        const number = (x, digits) => x === null || x === undefined ? "–"
          : x.toLocaleString("en", {maximumFractionDigits: digits ?? 0});
        const tiles = [
          ["events/s", s => s.eventsPerSecond, 0], ["behind, records", s => s.lag, 0],
          ["latency p50, ms", s => s.p50Millis, 1], ["latency p99, ms", s => s.p99Millis, 1],
          ["AUC", s => s.quality?.auc, 4],
          ["average precision", s => s.quality?.averagePrecision, 4],
          ["log loss", s => s.quality?.logLoss, 4], ["rejected", s => sum(s.rejections), 0],
          ["entities", s => s.entities, 0], ["state, MiB", s => s.stateBytes / 1048576, 1],
          ["waiting for labels", s => s.pending, 0], ["events", s => s.events, 0]];
        const sum = o => Object.values(o ?? {}).reduce((a, b) => a + b, 0);
        function line(values) {
          const known = values.filter(v => v !== null);
          if (known.length < 2) return "";
          const low = Math.min(...known), high = Math.max(...known), range = high - low || 1;
          const points = values.map((v, i) => v === null ? "" :
            `${i * 100 / (keep - 1)},${28 - 26 * (v - low) / range}`).join(" ");
          return `<polyline points="${points}"/>`;
        }
        function element(tag, text, kind) {
          const node = document.createElement(tag);
          node.textContent = text;
          if (kind) node.className = kind;
          return node;
        }
        function rows(table, head, lines) {
          const body = lines.map(([cells, kind]) => {
            const row = element("tr", "", kind);
            row.append(...cells.map(c => element("td", c)));
            return row;
          });
          const first = element("tr", "");
          first.append(...head.map(h => element("th", h)));
          table.replaceChildren(first, ...body);
        }
        function draw(s) {
          if (s.project) $("project").textContent = document.title = s.project;
          $("phase").textContent = s.phase;
          $("phase").className = "tag " + s.phase;
          $("clock").textContent = s.clock ? "event time " + new Date(s.clock).toISOString() : "";
          $("tiles").replaceChildren(...tiles.map(([name, value, digits]) => {
            const now = value(s) ?? null, list = past[name] ??= [];
            list.push(now);
            if (list.length > keep) list.shift();
            const tile = element("div", "", "tile");
            tile.append(element("small", name), element("b", number(now, digits)));
            tile.insertAdjacentHTML("beforeend",
              `<svg viewBox="0 0 100 30" preserveAspectRatio="none">${line(list)}</svg>`);
            return tile;
          }));
          const odd = Object.entries({...s.limits, ...s.rejections, ...s.errors, ...s.webhooks})
            .filter(([, count]) => count > 0);
          rows($("limits"), ["what", "how often"],
            odd.length ? odd.map(([name, count]) => [[name, number(count)]]) : [[["none", ""]]]);
        }
        async function look() {
          try {
            draw(await (await fetch("/v1/status")).json());
          } catch {
            $("phase").textContent = "no answer";
            $("phase").className = "tag";
          }
          setTimeout(look, 2000);
        }
        async function list() {
          try {
            const all = (await (await fetch("/v1/features")).json()).features;
            const cost = f => f.nanos === null ? "–" : number(f.nanos, 1) +
              (f.nanosError === null ? "" : " ± " + number(f.nanosError, 1));
            rows($("features"), ["name", "what", "why", "ns"], all.map(f =>
              [[f.name, f.definition, f.need, cost(f)], f.computed ? "" : "off"]));
          } catch {}
          setTimeout(list, 10000);
        }
        look();
        list();
        """
}
