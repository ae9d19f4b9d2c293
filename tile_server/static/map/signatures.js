// Tile addresses. With a key they carry a signature for a while, so that the key stays out of them.
import { BASE, ask, key, told } from "./service.js";

/** @typedef {{query: string, expires: number, source: string}} Signature */

/** @type {Map<string, Signature>} by the path before z/x/y */
const signatures = new Map();
const EARLY_S = 60;
const MOST = 64;

/**
 * Return the address of a raster's tiles and their deepest zoom; with a key, also get it signed.
 *
 * @param {{folder: string, tiles: string}} place TileJSON's folder and the path of its tiles
 * @returns {Promise<{address: string, deepest: number}>}
 */
export async function tileAddress({ folder, tiles }) {
  const deepest = key.value ? await sign(`${folder}/tilejson.json`) : told.deepest;
  return { address: `${BASE}${tiles}/{z}/{x}/{y}.png`, deepest };
}

/**
 * Return the service's address as it tells it to others, its public one, and the deepest zoom.
 *
 * @param {string} folder
 */
export async function publicBase(folder) {
  const document = await ask(`${folder}/tilejson.json`);
  return { base: document.tiles[0].split("/v1/tiles/")[0], deepest: document.maxzoom };
}

/**
 * Get tiles signed, and return their deepest zoom.
 *
 * @param {string} source path of a TileJSON
 * @returns {Promise<number>}
 */
async function sign(source) {
  const document = await ask(source);
  const [path, query] = document.tiles[0].split("/v1/tiles/")[1].split("?");
  if (!query) return document.maxzoom;
  const expires = Number(new URLSearchParams(query).get("exp"));
  signatures.delete(prefixOf(path));
  signatures.set(prefixOf(path), { query, expires, source });
  if (signatures.size > MOST) signatures.delete(signatures.keys().next().value ?? "");
  return document.maxzoom;
}

/** @param {string} path */
const prefixOf = (path) => path.split("/").slice(0, -3).join("/");

/**
 * Add the signature to a request of the map, as MapLibre's transformRequest.
 *
 * @param {string} address
 */
export function signRequest(address) {
  if (!address.startsWith(`${BASE}/v1/tiles/`)) return { url: address };
  const signature = signatures.get(prefixOf(address.slice(`${BASE}/v1/tiles/`.length)));
  return { url: signature ? `${address}?${signature.query}` : address };
}

/** Renew every signature that ends soon; tiles that are shown need no reloading for that. */
export async function renewSignatures() {
  const soon = Date.now() / 1000 + EARLY_S;
  const ending = [...signatures.values()].filter(({ expires }) => expires < soon);
  await Promise.all(ending.map(({ source }) => sign(source)));
  return ending.length > 0;
}

/** Forget all signatures: another key is used from now on. */
export function forgetSignatures() {
  signatures.clear();
}
