/** What the test asks of a page, in the page's address. */
const given = new URLSearchParams(location.search);

/** Address of the service's tiles or document, key included. */
export const source = given.get("source");
/** How the client is told of it: `xyz`, `tilejson`, `style` or `wmts`. */
export const way = given.get("way");
/** Names within a WMTS. */
export const names = { layer: given.get("layer"), style: given.get("style") };

/** A path across the city for a person who looks around: places with zooms of 256-pixel tiles. */
export function* tour({ longitude, latitude }) {
  for (const zoom of [9, 11, 12, 14, 13, 15, 18, 17, 16, 14, 10]) {
    const step = 200 / 2 ** zoom;
    for (const [east, north] of [[0, 0], [1, 0.4], [0.3, -0.7], [-0.8, 0.2]]) {
      yield { center: [longitude + east * step, latitude + north * step], zoom };
    }
  }
}

/** Two frames later, what was drawn is on the screen. */
export function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

/**
 * Offer a client to the test: `show` a place and wait until it is drawn, `wander` along the tour
 * once, `keepWandering` until `enough` is said; `tours` counts them.
 * @param {{show: Function, move: Function, start: number[]}} client
 */
export function offer({ show, move, start: [longitude, latitude] }) {
  const client = { show, tours: 0, enough: false };
  client.wander = async () => {
    for (const { center, zoom } of tour({ longitude, latitude })) {
      if (client.enough) return;
      await move(center, zoom);
    }
    client.tours += 1;
  };
  client.keepWandering = async () => {
    while (!client.enough) await client.wander();
    client.stopped = true;
  };
  window.client = client;
  document.body.dataset.ready = "yes";
}

/** Where to begin: longitude and latitude. */
export const start = [Number(given.get("longitude")), Number(given.get("latitude"))];
