// The map with its tiles: one side, or two with a divider between.
import { boxAt } from "./assignments.js";
import { RasterPane } from "./raster.js";
import { tileAddress } from "./signatures.js";
import { openFollower, openMap } from "./web_map.js";

/** @typedef {import("./sides.js").Side} Side */

export class Scene {
  /** @param {any} districts @param {(status: number | undefined) => void} failed */
  constructor(districts, failed) {
    this.districts = districts;
    this.failed = failed;
    /** @type {any} */
    this.map = null;
    /** @type {RasterPane | null} */
    this.left = null;
    /** @type {Promise<RasterPane> | null} */
    this.right = null;
    /** @type {[number, number, number, number]} */
    this.bounds = [-180, -85, 180, 85];
    this.opacity = 1;
  }

  /**
   * @param {[number, number, number, number]} bounds
   * @param {{zoom: number, center: [number, number]} | null} view
   * @param {{read: (place: any) => void, moved: (view: string) => void}} on
   */
  async open(bounds, view, on) {
    this.bounds = bounds;
    this.map = await openMap(bounds, this.districts, view, { ...on, failed: this.failed });
    this.left = new RasterPane(this.map, this.opacity);
  }

  /**
   * Show one side, or two.
   *
   * @param {Side[]} sides
   * @param {{anew: boolean}} how
   */
  async paint(sides, how) {
    const panes = [this.left];
    if (sides.length > 1) panes.push(await this.rightPane());
    await Promise.all(sides.map(async (side, index) => {
      await panes[index]?.paint(await tileAddress(side), side.shift.bounds, how);
    }));
  }

  /** Fulfilled when nothing of what is shown is still to come. */
  async drawn() {
    const maps = [this.map, (await this.right)?.map].filter(Boolean);
    await Promise.all(maps.map((map) => map.loaded() || new Promise((resolve) => map.once("idle", resolve))));
  }

  /** @param {number} percent */
  async setOpacity(percent) {
    this.opacity = percent / 100;
    this.left?.setOpacity(this.opacity);
    (await this.right)?.setOpacity(this.opacity);
  }

  rightPane() {
    this.right ??= openFollower(this.map, this.bounds, this.districts, this.failed)
      .then((map) => new RasterPane(map, this.opacity));
    return this.right;
  }

  /** @param {{lng: number, lat: number}} place */
  boxAt({ lng, lat }) {
    return boxAt(this.map, this.map.project([lng, lat]));
  }
}
