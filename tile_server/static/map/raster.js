// The tiles of one raster on a map; the former ones stay until the next are there.

// Deeper tiles cost the service more and show no more: with nearest, a browser enlarges these as well.
const DEEPEST = 14;

/** Shows one raster at a time on a map. */
export class RasterPane {
  /**
   * @param {any} map
   * @param {number} opacity 0 to 1
   */
  constructor(map, opacity) {
    this.map = map;
    this.opacity = opacity;
    this.number = 0;
    this.address = "";
    /** @type {string[]} ids of what is on the map, the newest last */
    this.shown = [];
  }

  /**
   * Show tiles; fulfilled when those in view are there.
   *
   * @param {{address: string, deepest: number}} tiles
   * @param {[number, number, number, number]} bounds
   * @param {{anew?: boolean}} [how] load again although the address is the same
   */
  async paint({ address, deepest }, bounds, { anew = false } = {}) {
    if (address === this.address && !anew) return;
    this.address = address;
    this.number += 1;
    const id = `raster-${this.number}`;
    this.map.addSource(id, {
      type: "raster", tiles: [address], tileSize: 256, maxzoom: Math.min(deepest, DEEPEST), bounds,
    });
    this.map.addLayer({
      id, type: "raster", source: id,
      paint: {
        "raster-resampling": "nearest", "raster-fade-duration": 0,
        "raster-opacity": this.shown.length ? 0 : this.opacity,
        // Without a transition the change from one day to the next is one step.
        "raster-opacity-transition": { duration: 0, delay: 0 },
      },
    }, "outlines");
    this.shown.push(id);
    await this.loaded(id);
    if (id !== this.shown.at(-1)) return;
    this.map.setPaintProperty(id, "raster-opacity", this.opacity);
    while (this.shown.length > 1) this.remove(/** @type {string} */ (this.shown.shift()));
  }

  /** @param {number} opacity 0 to 1 */
  setOpacity(opacity) {
    this.opacity = opacity;
    const id = this.shown.at(-1);
    if (id) this.map.setPaintProperty(id, "raster-opacity", opacity);
  }

  /** @param {string} id */
  remove(id) {
    this.map.removeLayer(id);
    this.map.removeSource(id);
  }

  /** @param {string} id */
  loaded(id) {
    return new Promise((resolve) => {
      const look = () => {
        const gone = !this.map.getSource(id);
        if (!gone && !(this.map.isSourceLoaded(id) && this.map.areTilesLoaded())) return;
        this.map.off("idle", look);
        this.map.off("sourcedata", look);
        resolve(undefined);
      };
      this.map.on("idle", look);
      this.map.on("sourcedata", look);
    });
  }
}
