// sdk/emitter.ts
var e = class {
	#e = /* @__PURE__ */ new Map();
	on(e, t) {
		let n = this.#e.get(e);
		return n || this.#e.set(e, n = /* @__PURE__ */ new Set()), n.add(t), () => void n.delete(t);
	}
	emit(e, ...t) {
		for (let n of [...this.#e.get(e) ?? []]) try {
			n(...t);
		} catch (e) {
			queueMicrotask(() => {
				throw e;
			});
		}
	}
}, t = class extends Error {
	code;
	detail;
	constructor(e, t, n) {
		super(`${e}: ${t}`), this.name = "TonegateError", this.code = e, this.detail = t, n !== void 0 && (this.pointer = n);
	}
}, n = "tonegate-recordings", r = "segments";
function i(e) {
	return new Promise((t, n) => {
		e.onsuccess = () => t(e.result), e.onerror = () => n(e.error);
	});
}
function a(e) {
	return new Promise((t, n) => {
		e.oncomplete = () => t(), e.onabort = () => n(e.error);
	});
}
var o = (e) => IDBKeyRange.bound([e, 0], [e, Infinity]), s = class e {
	#e;
	constructor(e) {
		this.#e = e;
	}
	static async open() {
		let a = indexedDB.open(n, 1);
		a.onupgradeneeded = () => a.result.createObjectStore(r);
		try {
			return new e(await i(a));
		} catch {
			throw new t("no_storage", "This browser keeps nothing here: is the window a private one?");
		}
	}
	async add(e, t, n) {
		let i = this.#e.transaction(r, "readwrite");
		i.objectStore(r).add(n, [e, t]), await a(i);
	}
	async read(e) {
		let n = this.#e.transaction(r).objectStore(r), [a, s] = await Promise.all([i(n.getAllKeys(o(e))), i(n.getAll(o(e)))]);
		if (s.length === 0) throw new t("recording_not_found", "This browser has no such recording.");
		return {
			file: new Blob(s, { type: "application/octet-stream" }),
			numbers: a.map(([, e]) => e)
		};
	}
	async list() {
		let e = /* @__PURE__ */ new Map(), t = this.#e.transaction(r).objectStore(r).openCursor();
		return await new Promise((n, r) => {
			t.onerror = () => r(t.error), t.onsuccess = () => {
				let r = t.result;
				if (!r) return n();
				let [i] = r.key;
				e.set(i, (e.get(i) ?? 0) + r.value.length), r.continue();
			};
		}), [...e].map(([e, t]) => ({
			recordingId: e,
			size: t
		}));
	}
	async remove(e, t) {
		let n = this.#e.transaction(r, "readwrite");
		for (let i of t?.map((t) => [e, t]) ?? [o(e)]) n.objectStore(r).delete(i);
		await a(n);
	}
	close() {
		this.#e.close();
	}
};
// sdk/pages.ts
function c(e) {
	for (let t = 0; t < 8; t++) {
		let t = e.replace(/(?:%[0-9a-f]{2})+/gi, (e) => {
			try {
				return decodeURIComponent(e);
			} catch {
				return e;
			}
		});
		if (t === e) break;
		e = t;
	}
	return e;
}
function l({ pause: e, resume: t = [] }, n, r) {
	let i = (e) => e.some((e) => u(e).test(n));
	return i(e) ? !0 : t.length === 0 || i(t) ? !1 : r;
}
var u = (e) => RegExp(`^${c(e).split("*").map((e) => e.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`, "is"), d = 1e3, f = /^leg_[0-9a-z]{24}$/, p = /^cap_[0-9a-z]{24}$/, m = class {
	#e;
	#t;
	#n;
	#r;
	#i = /* @__PURE__ */ new Set();
	#a = /* @__PURE__ */ new Map();
	#o;
	#s;
	#c = {
		server: !1,
		here: !1
	};
	#l;
	#u = Date.now();
	#d = !1;
	#f = -Infinity;
	#p = !1;
	constructor(e, t, n, r, i) {
		this.#e = e, this.#t = t, this.#n = n, this.#r = r, this.#s = i, this.#o = [
			e.on("legs", () => this.#h()),
			e.on("masking", () => {
				this.#m(Date.now()), this.#g();
			}),
			e.on("capture", () => this.#g()),
			e.on("recording", () => this.#v()),
			e.on("page", () => this.#y())
		], this.#h(), this.#m(Date.now()), this.#g(), this.#v(), this.#y();
	}
	get pauses() {
		return this.#i;
	}
	keeps(e) {
		this.#m(Date.now());
		let t = this.#i.size === 0 && e >= this.#u;
		return {
			one: t,
			two: t && e >= this.#f + d
		};
	}
	#m(e) {
		let { masking: t, listening: n } = this.#e, r = n || t.armed && t.mode === "mute";
		(r || this.#d) && (this.#f = e), this.#d = r;
	}
	pause(e, t) {
		this.#i.has(e) !== t && (t ? this.#i.add(e) : this.#i.delete(e), this.#i.size === 0 && (this.#u = Date.now()), this.#t.event({
			type: t ? "paused" : "resumed",
			reason: e
		}), this.#s());
	}
	close() {
		for (let e of this.#o) e();
		this.#l !== void 0 && this.#t.event({
			type: "capture_ended",
			capture_id: this.#l
		});
	}
	#h() {
		for (let e of this.#e.legs) {
			if (!f.test(e.legId)) continue;
			let t = e.state === "connected";
			t !== this.#a.has(e.legId) && (t ? this.#a.set(e.legId, e) : this.#a.delete(e.legId), this.#t.event({
				type: t ? "leg_joined" : "leg_left",
				leg_id: e.legId,
				role: e.role
			}));
		}
	}
	#g() {
		let { masking: e, capture: t } = this.#e, n = e.armed ? t?.captureId : void 0, r = n !== void 0 && p.test(n) ? n : void 0;
		r !== this.#l && (this.#l !== void 0 && this.#t.event({
			type: "capture_ended",
			capture_id: this.#l
		}), r !== void 0 && this.#t.event({
			type: "capture_started",
			capture_id: r
		}), this.#l = r), this.#_();
	}
	#_() {
		let { masking: e, recording: t } = this.#e, n = this.#n !== "masked" && e.armed;
		this.pause("capture", n || t?.state === "paused" && t.reason === "capture");
	}
	#v() {
		let { recording: e } = this.#e, t = e?.state === "paused";
		this.#c.server = t && e.reason === void 0, this.pause("request", this.#c.server || this.#c.here), this.pause("page", this.#p || t && e.reason === "page"), this.#_();
	}
	request(e) {
		this.#c.here = e, this.#v();
	}
	#y() {
		let { page: e } = this.#e;
		this.#r && e !== void 0 && (this.#p = l(this.#r, e, this.#p)), this.#v();
	}
};
// sdk/recorder/lock.ts
async function h(e) {
	let { locks: n } = navigator;
	if (!n) throw new t("no_storage", "This browser cannot keep a recording for one tab at a time (Web Locks).");
	let r, i;
	return await new Promise((a, o) => {
		i = n.request(`tonegate-recording ${e}`, { ifAvailable: !0 }, (e) => {
			if (!e) throw new t("recording_in_use", "This recording is being written or uploaded, perhaps in another tab.");
			return a(), new Promise((e) => r = e);
		}), i.catch(o);
	}), async () => {
		r(), await i;
	};
}
// sdk/recorder/resample.ts
var g = 8e3, _ = 3700, v = 600, y = 5.65326, b = class {
	#e;
	#t;
	#n;
	#r = [];
	#i;
	#a;
	#o = 0;
	constructor(e) {
		let t = C(e, g);
		this.#e = g / t, this.#t = e / t, this.#n = e === 8e3 ? 0 : Math.ceil(52 / (4.57 * Math.PI) * (e / v) * .5);
		for (let t = 0; t < this.#e; t++) this.#r.push(x(e, this.#n, t / this.#e));
		this.#i = new Float32Array(this.#n), this.#a = -this.#n;
	}
	push(e) {
		let t = this.#n, n = new Float32Array(this.#i.length + e.length);
		n.set(this.#i), n.set(e, this.#i.length);
		let r = this.#a + n.length, i = [];
		for (;; this.#o++) {
			let e = this.#o * this.#t, a = Math.floor(e / this.#e);
			if (a + t + 1 > r) {
				let e = Math.max(0, Math.min(n.length, a - t - this.#a));
				return this.#i = n.slice(e), this.#a += e, Float32Array.from(i);
			}
			let o = this.#r[e % this.#e], s = a - t - this.#a, c = 0;
			for (let e = 0; e < o.length; e++) c += o[e] * n[s + e];
			i.push(c);
		}
	}
};
function x(e, t, n) {
	if (t === 0) return Float64Array.of(1);
	let r = Float64Array.from({ length: 2 * t + 1 }, (r, i) => {
		let a = i - t - n, o = 2 * _ * a / e, s = o === 0 ? 1 : Math.sin(Math.PI * o) / (Math.PI * o), c = Math.min(1, Math.abs(a) / (t + 1));
		return s * S(y * Math.sqrt(1 - c * c));
	}), i = r.reduce((e, t) => e + t, 0);
	return r.map((e) => e / i);
}
function S(e) {
	let t = 1;
	for (let n = 1, r = 1; r > 1e-12 * t; n++) r *= (e / (2 * n)) ** 2, t += r;
	return t;
}
var C = (e, t) => t === 0 ? e : C(t, e % t);
// node_modules/@noble/hashes/utils.js
function w(e) {
	return e instanceof Uint8Array || ArrayBuffer.isView(e) && e.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in e && e.BYTES_PER_ELEMENT === 1;
}
var T = (e) => e ? `"${e}" ` : "";
function E(e, t = "") {
	if (typeof e != "number") throw TypeError(T(t) + "expected number, got " + typeof e);
	if (!Number.isSafeInteger(e) || e < 0) throw RangeError(T(t) + "expected integer >= 0, got " + e);
	return e;
}
function D(e, t, n = "") {
	if (w(e) && (t === void 0 || e.length === t)) return e;
	t !== void 0 && E(t, "length");
	let r = w(e), i = t === void 0 ? "" : ` of length ${t}`, a = r ? `length=${e.length}` : `type=${typeof e}`, o = T(n) + "expected Uint8Array" + i + ", got " + a;
	throw r ? RangeError(o) : TypeError(o);
}
function O(e) {
	if (typeof e != "function" || typeof e.create != "function") throw TypeError("expected hash wrapped by utils.createHasher");
	if (E(e.outputLen), E(e.blockLen), e.outputLen < 1 || e.blockLen < 1) throw Error("hash blockLen / outputLen must be >= 1");
}
var k = (e, t) => {
	if (typeof e != "object" || !e || Array.isArray(e)) throw TypeError((t === "object" ? "" : `"${t}" `) + "expected object, got type=" + typeof e);
}, A = (e, t) => {
	k(e, t);
	let n = Object.getPrototypeOf(e);
	if (n !== Object.prototype && n !== null) throw TypeError(`"${t}" expected plain object`);
	if (Object.hasOwn(e, "__proto__")) throw TypeError(`"${t}.__proto__" is not allowed`);
};
function j(e, t = !0) {
	if (e.destroyed) throw Error("hash was destroyed");
	if (t && e.finished) throw Error("digest() was already called");
}
function M(e, t) {
	D(e, void 0, "output");
	let n = t.outputLen;
	if (!(e.length >= n)) throw RangeError("\"output\" expected length >= " + n);
}
function N(e) {
	return new Uint32Array(e.buffer, e.byteOffset, Math.floor(e.byteLength / 4));
}
function P(...e) {
	for (let t = 0; t < e.length; t++) e[t].fill(0);
}
function F(e) {
	return new DataView(e.buffer, e.byteOffset, e.byteLength);
}
function I(e, t) {
	return e << 32 - t | e >>> t;
}
function L(e, t) {
	return e << t | e >>> 32 - t >>> 0;
}
var R = new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68;
function ee(e) {
	return e << 24 & 4278190080 | e << 8 & 16711680 | e >>> 8 & 65280 | e >>> 24 & 255;
}
function te(e) {
	for (let t = 0; t < e.length; t++) e[t] = ee(e[t]);
	return e;
}
var ne = R ? (e) => e : te, re = typeof Uint8Array.from([]).toHex == "function" && typeof Uint8Array.fromHex == "function", ie = /* @__PURE__ */ Array.from({ length: 256 }, (e, t) => t.toString(16).padStart(2, "0"));
function ae(e) {
	if (D(e), re) return e.toHex();
	let t = "";
	for (let n = 0; n < e.length; n++) t += ie[e[n]];
	return t;
}
function oe(e) {
	return e >= 48 && e <= 57 ? e - 48 : e >= 65 && e <= 70 ? e - 55 : e >= 97 && e <= 102 ? e - 87 : void 0;
}
function se(e) {
	if (typeof e != "string") throw TypeError("hex string expected, got " + typeof e);
	if (re) try {
		return Uint8Array.fromHex(e);
	} catch (e) {
		throw e instanceof SyntaxError ? RangeError(e.message) : e;
	}
	let t = e.length, n = t / 2;
	if (t % 2) throw RangeError("hex string expected, got unpadded hex of length " + t);
	let r = new Uint8Array(n);
	for (let t = 0, i = 0; t < n; t++, i += 2) {
		let n = oe(e.charCodeAt(i)), a = oe(e.charCodeAt(i + 1));
		if (n === void 0 || a === void 0) {
			let t = e[i] + e[i + 1];
			throw RangeError("hex string expected, got non-hex character \"" + t + "\" at index " + i);
		}
		r[t] = n * 16 + a;
	}
	return r;
}
function ce(e) {
	if (typeof e != "string") throw TypeError("string expected");
	let t = new TextEncoder().encode(e);
	try {
		return new Uint8Array(t);
	} finally {
		P(t);
	}
}
function le(e, t = "") {
	return typeof e == "string" ? ce(e) : D(e, void 0, t);
}
function ue(...e) {
	let t = 0;
	for (let n = 0; n < e.length; n++) {
		let r = e[n];
		D(r), t += r.length;
	}
	let n = new Uint8Array(t);
	for (let t = 0, r = 0; t < e.length; t++) {
		let i = e[t];
		n.set(i, r), r += i.length;
	}
	return n;
}
function de(e, t, n = "opts") {
	return A(e, "defaults"), t !== void 0 && A(t, n), Object.assign(Object.create(null), e, t);
}
function fe(e, t = {}) {
	if (typeof e != "function") throw TypeError("\"hashCons\" expected function, got type=" + typeof e);
	t = de({}, t, "info");
	let n = (t, n) => e(n).update(t).digest(), r = e(void 0);
	return n.outputLen = r.outputLen, n.blockLen = r.blockLen, n.canXOF = r.canXOF, n.create = (t) => e(t), Object.assign(n, t), Object.freeze(n);
}
function pe(e = 32) {
	E(e, "bytesLength");
	let t = typeof globalThis == "object" ? globalThis.crypto : null;
	if (typeof t?.getRandomValues != "function") throw Error("crypto.getRandomValues must be defined");
	if (e > 65536) throw RangeError(`"bytesLength" expected <= 65536, got ${e}`);
	return t.getRandomValues(new Uint8Array(e));
}
var me = (e) => ({ oid: Uint8Array.from([
	6,
	9,
	96,
	134,
	72,
	1,
	101,
	3,
	4,
	2,
	e
]) }), he = class {
	oHash;
	iHash;
	blockLen;
	outputLen;
	canXOF = !1;
	finished = !1;
	destroyed = !1;
	constructor(e, t) {
		if (O(e), D(t, void 0, "key"), this.iHash = e.create(), typeof this.iHash.update != "function") throw Error("expected Hash instance");
		this.blockLen = this.iHash.blockLen, this.outputLen = this.iHash.outputLen;
		let n = this.blockLen, r = new Uint8Array(n);
		r.set(t.length > n ? e.create().update(t).digest() : t);
		for (let e = 0; e < r.length; e++) r[e] ^= 54;
		this.iHash.update(r), this.oHash = e.create();
		for (let e = 0; e < r.length; e++) r[e] ^= 106;
		this.oHash.update(r), P(r);
	}
	update(e) {
		return j(this), this.iHash.update(e), this;
	}
	digestInto(e) {
		j(this), M(e, this), this.finished = !0;
		let t = e.subarray(0, this.outputLen);
		this.iHash.digestInto(t), this.oHash.update(t), this.oHash.digestInto(t), this.destroy();
	}
	digest() {
		let e = new Uint8Array(this.oHash.outputLen);
		return this.digestInto(e), e;
	}
	_cloneInto(e) {
		e ||= Object.create(Object.getPrototypeOf(this), {});
		let { oHash: t, iHash: n, finished: r, destroyed: i, blockLen: a, outputLen: o, canXOF: s } = this;
		return e = e, e.finished = r, e.destroyed = i, e.blockLen = a, e.outputLen = o, e.canXOF = s, e.oHash = t._cloneInto(e.oHash), e.iHash = n._cloneInto(e.iHash), e;
	}
	clone() {
		return this._cloneInto();
	}
	destroy() {
		this.destroyed = !0, this.oHash.destroy(), this.iHash.destroy();
	}
}, ge = /* @__PURE__ */ (() => {
	let e = ((e, t, n) => new he(e, t).update(n).digest());
	return e.create = (e, t) => new he(e, t), e;
})();
// node_modules/@noble/hashes/hkdf.js
function _e(e, t, n) {
	return O(e), n === void 0 && (n = new Uint8Array(e.outputLen)), ge(e, n, t);
}
var ve = /* @__PURE__ */ Uint8Array.of(0), ye = /* @__PURE__ */ Uint8Array.of();
function be(e, t, n, r = 32, i) {
	O(e), E(r, "length"), D(t, void 0, "prk");
	let a = e.outputLen;
	if (t.length < a) throw Error("\"prk\" must be at least HashLen octets");
	if (r > 255 * a) throw Error("Length must be <= 255*HashLen");
	let o = Math.ceil(r / a);
	if (n === void 0 ? n = ye : D(n, void 0, "info"), !o) return i && P(t), /* @__PURE__ */ new Uint8Array();
	let s = i && o === 1 ? t : new Uint8Array(o * a), { iHash: c, oHash: l } = ge.create(e, t), u = i ? t : new Uint8Array(a), d = o > 1 ? i?.iHash || e.create() : void 0;
	for (let e = 0; e < o - 1; e++) {
		ve[0] = e + 1;
		let t = c._cloneInto(d);
		e && t.update(u), t.update(n).update(ve).digestInto(u), l._cloneInto(d).update(u).digestInto(u), s.set(u, a * e);
	}
	if (ve[0] = o, o > 1 && c.update(u), c.update(n).update(ve).digestInto(u), l.update(u).digestInto(u), s.set(u, a * (o - 1)), c.destroy(), l.destroy(), d?.destroy(), u !== s && P(u), P(ve), r === s.length) return s;
	let f = s.slice(0, r);
	return P(s), f;
}
var xe = (e, t, n, r, i) => {
	O(e), n === void 0 && (n = new Uint8Array(e.outputLen));
	let a = ge.create(e, n).update(t);
	return be(e, a.digest(), r, i, a);
}, Se = (e) => e / 2 ** 32 | 0, Ce = (e) => e >>> 0;
function we(e, t, n, r) {
	let i = Se(n), a = Ce(n);
	e.setUint32(t, r ? a : i, r), e.setUint32(t + 4, r ? i : a, r);
}
// node_modules/@noble/hashes/_md.js
function Te(e, t, n) {
	return e & t ^ ~e & n;
}
function Ee(e, t, n) {
	return e & t ^ e & n ^ t & n;
}
var De = class {
	blockLen;
	outputLen;
	canXOF = !1;
	padOffset;
	isLE;
	buffer;
	view;
	finished = !1;
	length = 0;
	pos = 0;
	destroyed = !1;
	constructor(e, t, n, r) {
		this.blockLen = e, this.outputLen = t, this.padOffset = n, this.isLE = r, this.buffer = new Uint8Array(e), this.view = F(this.buffer);
	}
	update(e) {
		j(this), D(e);
		let { view: t, buffer: n, blockLen: r } = this, i = e.length, a = !1;
		for (let o = 0; o < i;) {
			let s = Math.min(r - this.pos, i - o);
			if (s === r) {
				let t = F(e);
				for (; r <= i - o; o += r) this.process(t, o);
				a = !0;
			} else n.set(o === 0 && s === i ? e : e.subarray(o, o + s), this.pos), this.pos += s, o += s, this.pos === r && (this.process(t, 0), this.pos = 0, a = !0);
		}
		return this.length += e.length, a && this.roundClean(), this;
	}
	digestInto(e) {
		j(this), M(e, this), this.finished = !0;
		let { buffer: t, view: n, blockLen: r, isLE: i } = this, { pos: a } = this;
		t[a++] = 128, t.fill(0, a), this.padOffset > r - a && (this.process(n, 0), t.fill(0)), we(n, r - 8, this.length * 8, i), this.process(n, 0), this.roundClean();
		let o = e === t ? n : F(e), s = this.outputLen, c = s / 4, l = this.get();
		if (s % 4 || c > l.length) throw Error("invalid outputLen");
		for (let e = 0; e < c; e++) o.setUint32(4 * e, l[e], i);
	}
	digest() {
		let { buffer: e, outputLen: t } = this;
		this.digestInto(e);
		let n = e.slice(0, t);
		return this.destroy(), n;
	}
	_cloneIntoMeta(e) {
		let { buffer: t, length: n, finished: r, destroyed: i, pos: a } = this;
		return e.destroyed = i, e.finished = r, e.length = n, e.pos = a, a && e.buffer.set(t), e;
	}
	clone() {
		return this._cloneInto();
	}
}, Oe = /* @__PURE__ */ Uint32Array.from([
	1779033703,
	3144134277,
	1013904242,
	2773480762,
	1359893119,
	2600822924,
	528734635,
	1541459225
]), ke = /* @__PURE__ */ Uint32Array.from([
	1116352408,
	1899447441,
	3049323471,
	3921009573,
	961987163,
	1508970993,
	2453635748,
	2870763221,
	3624381080,
	310598401,
	607225278,
	1426881987,
	1925078388,
	2162078206,
	2614888103,
	3248222580,
	3835390401,
	4022224774,
	264347078,
	604807628,
	770255983,
	1249150122,
	1555081692,
	1996064986,
	2554220882,
	2821834349,
	2952996808,
	3210313671,
	3336571891,
	3584528711,
	113926993,
	338241895,
	666307205,
	773529912,
	1294757372,
	1396182291,
	1695183700,
	1986661051,
	2177026350,
	2456956037,
	2730485921,
	2820302411,
	3259730800,
	3345764771,
	3516065817,
	3600352804,
	4094571909,
	275423344,
	430227734,
	506948616,
	659060556,
	883997877,
	958139571,
	1322822218,
	1537002063,
	1747873779,
	1955562222,
	2024104815,
	2227730452,
	2361852424,
	2428436474,
	2756734187,
	3204031479,
	3329325298
]), Ae = /* @__PURE__ */ new Uint32Array(64), je = class extends De {
	A = 0;
	B = 0;
	C = 0;
	D = 0;
	E = 0;
	F = 0;
	G = 0;
	H = 0;
	constructor(e, t) {
		super(64, e, 8, !1), this.A = t[0] | 0, this.B = t[1] | 0, this.C = t[2] | 0, this.D = t[3] | 0, this.E = t[4] | 0, this.F = t[5] | 0, this.G = t[6] | 0, this.H = t[7] | 0;
	}
	get() {
		let { A: e, B: t, C: n, D: r, E: i, F: a, G: o, H: s } = this;
		return [
			e,
			t,
			n,
			r,
			i,
			a,
			o,
			s
		];
	}
	set(e, t, n, r, i, a, o, s) {
		this.A = e | 0, this.B = t | 0, this.C = n | 0, this.D = r | 0, this.E = i | 0, this.F = a | 0, this.G = o | 0, this.H = s | 0;
	}
	_cloneInto(e) {
		return (e ||= new this.constructor()).set(...this.get()), this._cloneIntoMeta(e);
	}
	process(e, t) {
		for (let n = 0; n < 16; n++, t += 4) Ae[n] = e.getUint32(t, !1);
		for (let e = 16; e < 64; e++) {
			let t = Ae[e - 15], n = Ae[e - 2], r = I(t, 7) ^ I(t, 18) ^ t >>> 3, i = I(n, 17) ^ I(n, 19) ^ n >>> 10;
			Ae[e] = i + Ae[e - 7] + r + Ae[e - 16] | 0;
		}
		let { A: n, B: r, C: i, D: a, E: o, F: s, G: c, H: l } = this;
		for (let e = 0; e < 64; e++) {
			let t = I(o, 6) ^ I(o, 11) ^ I(o, 25), u = l + t + Te(o, s, c) + ke[e] + Ae[e] | 0, d = (I(n, 2) ^ I(n, 13) ^ I(n, 22)) + Ee(n, r, i) | 0;
			l = c, c = s, s = o, o = a + u | 0, a = i, i = r, r = n, n = u + d | 0;
		}
		n = n + this.A | 0, r = r + this.B | 0, i = i + this.C | 0, a = a + this.D | 0, o = o + this.E | 0, s = s + this.F | 0, c = c + this.G | 0, l = l + this.H | 0, this.set(n, r, i, a, o, s, c, l);
	}
	roundClean() {
		P(Ae);
	}
	destroy() {
		this.destroyed = !0, this.set(0, 0, 0, 0, 0, 0, 0, 0), P(this.buffer);
	}
}, Me = class extends je {
	constructor() {
		super(32, Oe);
	}
}, z = /* @__PURE__ */ fe(() => new Me(), /* @__PURE__ */ me(1)), Ne = (e) => Object.freeze(e());
function Pe(e) {
	return e instanceof Uint8Array || ArrayBuffer.isView(e) && e.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in e && e.BYTES_PER_ELEMENT === 1;
}
function Fe(e) {
	if (!Pe(e)) throw TypeError("Uint8Array expected");
}
function Ie(e, t) {
	return Array.isArray(t) ? t.length === 0 ? !0 : e ? t.every((e) => typeof e == "string") : t.every((e) => Number.isSafeInteger(e)) : !1;
}
function Le(e) {
	if (typeof e != "function") throw TypeError("function expected");
	return !0;
}
function Re(e, t) {
	if (typeof t != "string") throw TypeError(`${e}: string expected`);
	return !0;
}
function ze(e, t = "number") {
	if (typeof e != "number") throw TypeError(`${t}: expected number, got ${typeof e}`);
	if (!Number.isSafeInteger(e)) throw RangeError(`${t}: expected safe integer, got ${e}`);
}
function Be(e, t) {
	if (!Ie(!1, t)) throw TypeError(`${e}: array of numbers expected`);
}
function Ve(...e) {
	let t = (e) => e, n = (e, t) => (n) => e(t(n));
	return {
		encode: e.map((e) => e.encode).reduceRight(n, t),
		decode: e.map((e) => e.decode).reduce(n, t)
	};
}
var He = /* @__PURE__ */ (() => {
	let e = [];
	for (let t = 0; t < 40; t++) e.push(2 ** t);
	return e;
})();
function Ue(e, t = e.length) {
	let n = Array(t);
	for (let r = 0; r < t; r++) n[r] = e[r];
	return n;
}
var We = /* @__PURE__ */ (() => {
	try {
		let e = new TextDecoder();
		return e.decode(Uint8Array.of(65, 48, 43, 127)) === "A0+" ? e : void 0;
	} catch {
		return;
	}
})(), Ge = 8192;
function Ke(e) {
	let t = e.length;
	if (We !== void 0 && t >= 12) return We.decode(e);
	if (t <= Ge) return String.fromCharCode.apply(null, e);
	let n = "";
	for (let r = 0; r < t; r += Ge) n += String.fromCharCode.apply(null, e.subarray(r, r + Ge));
	return n;
}
function qe(e) {
	if (ze(e), e <= 0 || e > 8) throw RangeError("radix2: bits should be in (0..8]");
	let t = He[e] - 1;
	return {
		encode: (n) => {
			Fe(n);
			let r = n.length, i = new Uint8Array(Math.ceil(r * 8 / e)), a = 0, o = 0, s = 0;
			for (let c = 0; c < r;) for (c + 2 < r ? (a = a << 24 | n[c] << 16 | n[c + 1] << 8 | n[c + 2], o += 24, c += 3) : (a = (a << 8 | n[c]) & 65535, o += 8, c++); o -= e, i[s++] = a >> o & t, !(o < e););
			return o > 0 && (i[s] = a << e - o & t), i;
		},
		decode: (t) => {
			let n = t.length, r = new Uint8Array(Math.floor(n * e / 8)), i = 0, a = 0, o = 0;
			for (let s = 0; s < n; s++) for (i = (i << e | t[s]) & 65535, a += e; a >= 8; a -= 8) r[o++] = i >> a - 8 & 255;
			if (i = i << 8 - a & 255, a >= e) throw Error("Excess padding");
			if (i > 0) throw Error(`Non-zero padding: ${i}`);
			return r;
		}
	};
}
function Je(e, t) {
	let n = e.length;
	if (n > 128) throw Error("alphabet: max 128 letters");
	let r = new Uint8Array(n), i = (/* @__PURE__ */ new Int8Array(128)).fill(-1);
	for (let t = 0; t < n; t++) {
		let n = e.charCodeAt(t);
		if (e.codePointAt(t) !== n || n > 127) throw Error("alphabet: single-char ASCII letters only");
		r[t] = n, i[n] = t;
	}
	if (t !== void 0) for (let e of Object.keys(t)) {
		let n = e.charCodeAt(0), r = i[t[e].charCodeAt(0)];
		if (e.length !== 1 || n > 127 || r === void 0 || r === -1) throw Error(`alphabet: invalid alias ${e}`);
		i[n] = r;
	}
	return {
		encode: (e) => {
			let t = new Uint8Array(e.length);
			for (let n = 0; n < e.length; n++) {
				let i = e[n], a = r[i];
				if (a === void 0) throw Error(`alphabet.encode: invalid digit ${i}`);
				t[n] = a;
			}
			return Ke(t);
		},
		decode: (t) => {
			Re("decode", t);
			let n = t.length, r = new Uint8Array(n);
			for (let a = 0; a < n; a++) {
				let n = t.charCodeAt(a), o = n < 128 ? i[n] : -1;
				if (o === -1) throw Error(`Unknown letter "${t[a]}". Allowed: ${e}`);
				r[a] = o;
			}
			return r;
		}
	};
}
function Ye(e) {
	return Le(e), function(...t) {
		try {
			return e.apply(null, t);
		} catch {}
	};
}
var Xe = /* @__PURE__ */ Ne(() => Ve(qe(6), Je("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))), Ze = /* @__PURE__ */ Je("qpzry9x8gf2tvdw0s3jn54khce6mua7l"), Qe = /^[\x21-\x60\x7b-\x7e]+$/;
function $e(e, t) {
	for (let n = 0; n < t.length; n++) {
		let r = t.charCodeAt(n);
		if (r < 33 || r > 126) throw Error(`${e}: printable ASCII expected`);
	}
}
function et(e) {
	let t = e.length, n = new Uint8Array(t);
	for (let r = 0; r < t; r++) {
		let t = e[r];
		if (t < 0 || t >= 32) throw Error(`alphabet.encode: invalid digit ${t}`);
		n[r] = t;
	}
	return n;
}
var tt = [
	996825010,
	642813549,
	513874426,
	1027748829,
	705979059
];
function nt(e) {
	let t = e >> 25, n = (e & 33554431) << 5;
	for (let e = 0; e < tt.length; e++) (t >> e & 1) == 1 && (n ^= tt[e]);
	return n;
}
function rt(e, t, n = 1) {
	let r = e.length, i = 1;
	for (let t = 0; t < r; t++) {
		let n = e.charCodeAt(t);
		if (n < 33 || n > 126) throw Error(`Invalid prefix (${e})`);
		i = nt(i) ^ n >> 5;
	}
	i = nt(i);
	for (let t = 0; t < r; t++) i = nt(i) ^ e.charCodeAt(t) & 31;
	for (let e of t) i = nt(i) ^ e;
	for (let e = 0; e < 6; e++) i = nt(i);
	i ^= n;
	let a = /* @__PURE__ */ new Uint8Array(6);
	for (let e = 0; e < 6; e++) a[e] = i >>> 5 * (5 - e) & 31;
	return Ze.encode(a);
}
function it(e) {
	let t = e === "bech32" ? 1 : 734539939, n = qe(5), r = (e) => {
		Fe(e);
		let t = e.length, n = Array(Math.ceil(t * 8 / 5)), r = 0, i = 0, a = 0;
		for (let o = 0; o < t; o++) for (r = r << 8 | e[o], i += 8; i >= 5; i -= 5) n[a++] = r >> i - 5 & 31;
		return i > 0 && (n[a] = r << 5 - i & 31), n;
	}, i = (e) => {
		Be("radix2.decode", e);
		let t = e.length, r = new Uint8Array(t);
		for (let n = 0; n < t; n++) {
			let t = e[n];
			if (t < 0 || t >= 32) throw Error(`convertRadix2: invalid word=${t}`);
			r[n] = t;
		}
		return n.decode(r);
	}, a = Ye(i);
	function o(e, n, r = 90) {
		Re("bech32.encode prefix", e), r !== !1 && ze(r, "limit"), Pe(n) && (n = Ue(n)), Be("bech32.encode", n);
		let i = e.length;
		if (i === 0) throw TypeError(`Invalid prefix length ${i}`);
		let a = i + 7 + n.length;
		if (r !== !1 && a > r) throw TypeError(`Length ${a} exceeds limit ${r}`);
		$e("bech32.encode prefix", e);
		let o = e.toLowerCase(), s = rt(o, n, t);
		return `${o}1${Ze.encode(et(n))}${s}`;
	}
	function s(e, n = 90) {
		Re("bech32.decode input", e), n !== !1 && ze(n, "limit");
		let r = e.length;
		if (r < 8 || n !== !1 && r > n) throw TypeError(`invalid string length ${r}, expected (8..${n})`);
		let i = e.toLowerCase();
		if (e !== i && !Qe.test(e)) throw $e("bech32.decode input", e), Error("mixed-case string not allowed");
		let a = i.lastIndexOf("1");
		if (a === 0 || a === -1) throw Error("invalid separator \"1\"");
		let o = i.slice(0, a), s = i.slice(a + 1);
		if (s.length < 6) throw Error("invalid data length");
		let c = Ze.decode(s), l = Ue(c, c.length - 6), u = rt(o, l, t);
		if (!s.endsWith(u)) throw Error(`Invalid checksum in ${e}`);
		return {
			prefix: o,
			words: l
		};
	}
	let c = Ye(s);
	function l(e, t = 90) {
		let { prefix: n, words: r } = s(e, t);
		return {
			prefix: n,
			words: r,
			bytes: i(r)
		};
	}
	function u(e, t) {
		return o(e, r(t));
	}
	return {
		encode: o,
		decode: s,
		encodeFromBytes: u,
		decodeToBytes: l,
		decodeUnsafe: c,
		fromWords: i,
		fromWordsUnsafe: a,
		toWords: r
	};
}
var at = /* @__PURE__ */ Ne(() => it("bech32"));
// node_modules/@noble/hashes/pbkdf2.js
function ot(e, t, n, r) {
	O(e);
	let { c: i, dkLen: a, asyncTick: o } = de({
		dkLen: 32,
		asyncTick: 10
	}, r);
	if (E(i, "c"), E(a, "dkLen"), E(o, "asyncTick"), i < 1) throw Error("\"c\" (iterations) must be >= 1");
	if (a < 1) throw Error("\"dkLen\" must be >= 1");
	if (a > (2 ** 32 - 1) * e.outputLen) throw Error("derived key too long");
	let s = le(t, "password");
	try {
		let t = le(n, "salt");
		try {
			let n = new Uint8Array(a), { iHash: r, oHash: c, outputLen: l } = ge.create(e, s);
			return {
				c: i,
				dkLen: a,
				asyncTick: o,
				DK: n,
				outputLen: l,
				eng: st(r, c, t, new Uint8Array(l))
			};
		} finally {
			typeof n == "string" && P(t);
		}
	} finally {
		typeof t == "string" && P(s);
	}
}
function st(e, t, n, r) {
	let i = /* @__PURE__ */ new Uint8Array(4), a = F(i), o = e._cloneInto().update(n), s = t._cloneInto(), c = e._cloneInto, l = t._cloneInto;
	return {
		u1: (e, n) => {
			a.setInt32(0, e, !1), o._cloneInto(s).update(i).digestInto(r), t._cloneInto(s).update(r).digestInto(r), n.set(r.subarray(0, n.length));
		},
		rounds: (n, i) => {
			for (let a = 1; a < n; a++) {
				c.call(e, s).update(r).digestInto(r), l.call(t, s).update(r).digestInto(r);
				for (let e = 0; e < i.length; e++) i[e] ^= r[e];
			}
		},
		output: (n) => (e.destroy(), t.destroy(), o.destroy(), s.destroy(), P(r), n)
	};
}
function ct(e, t, n, r) {
	let { c: i, dkLen: a, DK: o, outputLen: s, eng: c } = ot(e, t, n, r);
	for (let e = 1, t = 0; t < a; e++, t += s) {
		let n = o.subarray(t, t + s);
		c.u1(e, n), c.rounds(i, n);
	}
	return c.output(o);
}
// node_modules/@noble/hashes/scrypt.js
function lt(e, t, n, r, i, a) {
	let o = e[t++] ^ n[r++], s = e[t++] ^ n[r++], c = e[t++] ^ n[r++], l = e[t++] ^ n[r++], u = e[t++] ^ n[r++], d = e[t++] ^ n[r++], f = e[t++] ^ n[r++], p = e[t++] ^ n[r++], m = e[t++] ^ n[r++], h = e[t++] ^ n[r++], g = e[t++] ^ n[r++], _ = e[t++] ^ n[r++], v = e[t++] ^ n[r++], y = e[t++] ^ n[r++], b = e[t++] ^ n[r++], x = e[t++] ^ n[r++], S = o, C = s, w = c, T = l, E = u, D = d, O = f, k = p, A = m, j = h, M = g, N = _, P = v, F = y, I = b, R = x;
	for (let e = 0; e < 8; e += 2) E ^= L(S + P | 0, 7), A ^= L(E + S | 0, 9), P ^= L(A + E | 0, 13), S ^= L(P + A | 0, 18), j ^= L(D + C | 0, 7), F ^= L(j + D | 0, 9), C ^= L(F + j | 0, 13), D ^= L(C + F | 0, 18), I ^= L(M + O | 0, 7), w ^= L(I + M | 0, 9), O ^= L(w + I | 0, 13), M ^= L(O + w | 0, 18), T ^= L(R + N | 0, 7), k ^= L(T + R | 0, 9), N ^= L(k + T | 0, 13), R ^= L(N + k | 0, 18), C ^= L(S + T | 0, 7), w ^= L(C + S | 0, 9), T ^= L(w + C | 0, 13), S ^= L(T + w | 0, 18), O ^= L(D + E | 0, 7), k ^= L(O + D | 0, 9), E ^= L(k + O | 0, 13), D ^= L(E + k | 0, 18), N ^= L(M + j | 0, 7), A ^= L(N + M | 0, 9), j ^= L(A + N | 0, 13), M ^= L(j + A | 0, 18), P ^= L(R + I | 0, 7), F ^= L(P + R | 0, 9), I ^= L(F + P | 0, 13), R ^= L(I + F | 0, 18);
	i[a++] = o + S | 0, i[a++] = s + C | 0, i[a++] = c + w | 0, i[a++] = l + T | 0, i[a++] = u + E | 0, i[a++] = d + D | 0, i[a++] = f + O | 0, i[a++] = p + k | 0, i[a++] = m + A | 0, i[a++] = h + j | 0, i[a++] = g + M | 0, i[a++] = _ + N | 0, i[a++] = v + P | 0, i[a++] = y + F | 0, i[a++] = b + I | 0, i[a++] = x + R | 0;
}
function ut(e, t, n, r, i) {
	let a = r + 0, o = r + 16 * i;
	for (let r = 0; r < 16; r++) n[o + r] = e[t + (2 * i - 1) * 16 + r];
	for (let r = 0; r < i; r++, a += 16, t += 16) lt(n, o, e, t, n, a), r > 0 && (o += 16), lt(n, a, e, t += 16, n, o);
}
var dt = 1024 * (2 ** 20 + 1 + 1);
function ft(e, t, n) {
	let { N: r, r: i, p: a, dkLen: o, asyncTick: s, maxmem: c, onProgress: l } = de({
		dkLen: 32,
		asyncTick: 10,
		maxmem: dt
	}, n);
	if (E(r, "N"), E(i, "r"), E(a, "p"), E(o, "dkLen"), E(s, "asyncTick"), E(c, "maxmem"), l !== void 0 && typeof l != "function") throw Error("\"onProgress\" must be a function");
	if (i < 1) throw Error("\"r\" expected integer >= 1");
	let u = 128 * i, d = u / 4, f = 2 ** 32;
	if (r <= 1 || r & r - 1 || r > f) throw Error("\"N\" expected a power of 2, and 2^1 <= N <= 2^32");
	if (a < 1 || a > (f - 1) * 32 / u) throw Error("\"p\" expected integer 1..((2^32 - 1) * 32) / (128 * r)");
	if (o < 1 || o > (f - 1) * 32) throw Error("\"dkLen\" expected integer 1..(2^32 - 1) * 32");
	let p = u * (r + a + 1);
	if (p > c) throw Error("\"maxmem\" limit was hit: memUsed(128*r*(N+p+1))=" + p + ", maxmem=" + c);
	let m = ct(z, e, t, {
		c: 1,
		dkLen: u * a
	}), h = N(m), g = N(new Uint8Array(u * r)), _ = N(new Uint8Array(u)), v = () => {};
	if (l) {
		let e = 2 * r * a, t = Math.max(Math.floor(e / 1e4), 1), n = 0;
		v = () => {
			if (n++, l && (!(n % t) || n === e)) try {
				l(n / e);
			} catch (e) {
				throw P(m, g, _), e;
			}
		};
	}
	return {
		N: r,
		r: i,
		p: a,
		dkLen: o,
		blockSize32: d,
		V: g,
		B32: h,
		B: m,
		tmp: _,
		blockMixCb: v,
		asyncTick: s
	};
}
function pt(e, t, n, r, i) {
	let a = ct(z, e, n, {
		c: 1,
		dkLen: t
	});
	return P(n, r, i), a;
}
function mt(e, t, n) {
	let { N: r, r: i, p: a, dkLen: o, blockSize32: s, V: c, B32: l, B: u, tmp: d, blockMixCb: f } = ft(e, t, n);
	ne(l);
	for (let e = 0; e < a; e++) {
		let t = s * e;
		for (let e = 0; e < s; e++) c[e] = l[t + e];
		for (let e = 0, t = 0; e < r - 1; e++) ut(c, t, c, t += s, i), f();
		ut(c, (r - 1) * s, l, t, i), f();
		for (let e = 0; e < r; e++) {
			let e = (l[t + s - 16] & r - 1) >>> 0;
			for (let n = 0; n < s; n++) d[n] = l[t + n] ^ c[e * s + n];
			ut(d, 0, l, t, i), f();
		}
	}
	return ne(l), pt(e, o, u, c, d);
}
// node_modules/@noble/ciphers/utils.js
function ht(e) {
	return e instanceof Uint8Array || ArrayBuffer.isView(e) && e.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in e && e.BYTES_PER_ELEMENT === 1;
}
var gt = (e) => e ? `"${e}" ` : "";
function _t(e, t = "") {
	if (typeof e != "boolean") throw TypeError(gt(t) + "expected boolean, got type=" + typeof e);
	return e;
}
function vt(e, t = "") {
	if (typeof e != "number") throw TypeError(gt(t) + "expected number, got " + typeof e);
	if (!Number.isSafeInteger(e) || e < 0) throw RangeError(gt(t) + "expected integer >= 0, got " + e);
	return e;
}
function B(e, t, n = "") {
	if (ht(e) && (t === void 0 || e.length === t)) return e;
	t !== void 0 && vt(t, "length");
	let r = ht(e), i = t === void 0 ? "" : ` of length ${t}`, a = r ? `length=${e.length}` : `type=${typeof e}`, o = gt(n) + "expected Uint8Array" + i + ", got " + a;
	throw r ? RangeError(o) : TypeError(o);
}
var yt = (e, t) => {
	if (typeof e != "object" || !e || Array.isArray(e)) throw TypeError(t === "object" ? "expected valid options object" : `"${t}" expected object, got type=${typeof e}`);
};
function bt(e, t = !0) {
	if (e.destroyed) throw Error("hash was destroyed");
	if (t && e.finished) throw Error("digest() was already called");
}
function xt(e, t) {
	B(e, void 0, "output");
	let n = t.outputLen;
	if (!(e.length >= n)) throw RangeError("\"output\" expected length >= " + n);
}
function St(e) {
	return new Uint32Array(e.buffer, e.byteOffset, Math.floor(e.byteLength / 4));
}
function Ct(...e) {
	for (let t = 0; t < e.length; t++) e[t].fill(0);
}
function wt(e) {
	return new DataView(e.buffer, e.byteOffset, e.byteLength);
}
var Tt = new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68;
function Et(e) {
	return e << 24 & 4278190080 | e << 8 & 16711680 | e >>> 8 & 65280 | e >>> 24 & 255;
}
function Dt(e) {
	for (let t = 0; t < e.length; t++) e[t] = Et(e[t]);
	return e;
}
var Ot = Tt ? (e) => e : Dt;
function kt(e, t) {
	return !e.byteLength || !t.byteLength ? !1 : e.buffer === t.buffer && e.byteOffset < t.byteOffset + t.byteLength && t.byteOffset < e.byteOffset + e.byteLength;
}
function At(e, t) {
	if (kt(e, t) && e.byteOffset < t.byteOffset) throw Error("complex overlap of input and output is not supported");
}
function jt(e, t) {
	return yt(e, "defaults"), yt(t, "opts"), Object.assign(e, t);
}
function Mt(e, t) {
	if (e = B(e), t = B(t), e.length !== t.length) return !1;
	let n = 0;
	for (let r = 0; r < e.length; r++) n |= e[r] ^ t[r];
	return n === 0;
}
function Nt(e, t, n) {
	let r = t, i = n || (() => []), a = (e, t) => r(t, ...i(e)).update(e).digest(), o = r(new Uint8Array(e), ...i(/* @__PURE__ */ new Uint8Array()));
	return a.outputLen = o.outputLen, a.blockLen = o.blockLen, a.create = (e, ...t) => r(e, ...t), a;
}
var Pt = (e, t) => {
	function n(n, ...r) {
		if (B(n, void 0, "key"), e.nonceLength !== void 0) {
			let t = r[0];
			B(t, e.varSizeNonce ? void 0 : e.nonceLength, "nonce");
		}
		let i = e.tagLength, a = e.nonceLength === void 0 ? 0 : 1;
		if (!e.withAAD) {
			for (let e = a; e < r.length; e++) if (ht(r[e])) throw Error("AAD not supported");
		}
		e.withAAD && r[a] !== void 0 && B(r[a], void 0, "AAD");
		let o = t(n, ...r), s = (e, t) => {
			if (t !== void 0) {
				if (e !== 2) throw Error("cipher output not supported");
				B(t, void 0, "output");
			}
		}, c = !1;
		return {
			encrypt(e, t) {
				if (c) throw Error("cannot encrypt() twice with same key + nonce");
				return c = !0, B(e, void 0, "data"), s(o.encrypt.length, t), o.encrypt(e, t);
			},
			decrypt(e, t) {
				if (B(e, void 0, "data"), i && e.length < i) throw Error("\"ciphertext\" expected length >= tagLength=" + i);
				return s(o.decrypt.length, t), o.decrypt(e, t);
			}
		};
	}
	return Object.assign(n, e), n;
};
function Ft(e, t, n = !0) {
	if (t === void 0) return new Uint8Array(e);
	if (B(t, e, "output"), n && !Lt(t)) throw Error("invalid output, must be aligned");
	return t;
}
function It(e, t, n) {
	vt(e), vt(t), _t(n);
	let r = /* @__PURE__ */ new Uint8Array(16), i = wt(r);
	return i.setBigUint64(0, BigInt(t), n), i.setBigUint64(8, BigInt(e), n), r;
}
function Lt(e) {
	return e.byteOffset % 4 == 0;
}
function Rt(e) {
	return Uint8Array.from(B(e));
}
// node_modules/@noble/ciphers/_arx.js
var zt = (e) => Uint8Array.from(e.split(""), (e) => e.charCodeAt(0)), Bt = /* @__PURE__ */ Ot(St(zt("expand 16-byte k"))), Vt = /* @__PURE__ */ Ot(St(zt("expand 32-byte k")));
function V(e, t) {
	return e << t | e >>> 32 - t;
}
var Ht = 64, Ut = 16, Wt = 2 ** 32 - 1, Gt = /* @__PURE__ */ Uint32Array.of();
function Kt(e, t, n, r, i, a, o, s) {
	let c = i.length, l = new Uint8Array(Ht), u = St(l), d = Tt && Lt(i) && Lt(a), f = d ? St(i) : Gt, p = d ? St(a) : Gt;
	if (Tt) for (let m = 0; m < c; o++) {
		if (e(t, n, r, u, o, s), o >= Wt) throw Error("arx: counter overflow");
		let h = Math.min(Ht, c - m);
		if (d && h === Ht) {
			let e = m / 4;
			if (m % 4 != 0) throw Error("arx: invalid block position");
			for (let t = 0, n; t < Ut; t++) n = e + t, p[n] = f[n] ^ u[t];
			m += Ht;
		} else {
			for (let e = 0, t; e < h; e++) t = m + e, a[t] = i[t] ^ l[e];
			m += h;
		}
	}
	else for (let d = 0; d < c; o++) {
		if (e(t, n, r, u, o, s), Ot(u), o >= Wt) throw Error("arx: counter overflow");
		let f = Math.min(Ht, c - d);
		for (let e = 0, t; e < f; e++) t = d + e, a[t] = i[t] ^ l[e];
		d += f;
	}
}
function qt(e, t) {
	let { allowShortKeys: n, extendNonceFn: r, counterLength: i, counterRight: a, rounds: o } = jt({
		allowShortKeys: !1,
		counterLength: 8,
		counterRight: !1,
		rounds: 20
	}, t);
	if (typeof e != "function") throw Error("core must be a function");
	return vt(i), vt(o), _t(a), _t(n), (t, s, c, l, u = 0) => {
		B(t, void 0, "key"), B(s, void 0, "nonce"), B(c, void 0, "data");
		let d = c.length, f = l !== void 0;
		if (l = Ft(d, l, !1), f && At(c, l), vt(u), u < 0 || u >= Wt) throw Error("arx: counter overflow");
		let p = [], m = t.length, h, g;
		if (m === 32) p.push(h = Rt(t)), g = Vt;
		else if (m === 16 && n) h = /* @__PURE__ */ new Uint8Array(32), h.set(t), h.set(t, 16), g = Bt, p.push(h);
		else throw B(t, 32, "arx key"), Error("invalid key size");
		Tt && Lt(s) || p.push(s = Rt(s));
		let _ = St(h);
		if (r) {
			if (s.length !== 24) throw Error("arx: extended nonce must be 24 bytes");
			let e = s.subarray(0, 16);
			if (Tt) r(g, _, St(e), _);
			else {
				let t = Ot(Uint32Array.from(g));
				r(t, _, St(e), _), Ct(t), Ot(_);
			}
			s = s.subarray(16);
		} else Tt || Ot(_);
		let v = 16 - i;
		if (v !== s.length) throw Error(`arx: nonce must be ${v} or 16 bytes`);
		if (v !== 12) {
			let e = /* @__PURE__ */ new Uint8Array(12);
			e.set(s, a ? 0 : 12 - s.length), s = e, p.push(s);
		}
		let y = Ot(St(s));
		try {
			return Kt(e, g, _, y, c, l, u, o), l;
		} finally {
			Ct(...p);
		}
	};
}
// node_modules/@noble/ciphers/_poly1305.js
function H(e, t) {
	return e[t++] & 255 | (e[t++] & 255) << 8;
}
var Jt = class {
	blockLen = 16;
	outputLen = 16;
	buffer = /* @__PURE__ */ new Uint8Array(16);
	r = /* @__PURE__ */ new Uint16Array(10);
	h = /* @__PURE__ */ new Uint16Array(10);
	pad = /* @__PURE__ */ new Uint16Array(8);
	pos = 0;
	finished = !1;
	destroyed = !1;
	constructor(e) {
		e = Rt(B(e, 32, "key"));
		let t = H(e, 0), n = H(e, 2), r = H(e, 4), i = H(e, 6), a = H(e, 8), o = H(e, 10), s = H(e, 12), c = H(e, 14);
		this.r[0] = t & 8191, this.r[1] = (t >>> 13 | n << 3) & 8191, this.r[2] = (n >>> 10 | r << 6) & 7939, this.r[3] = (r >>> 7 | i << 9) & 8191, this.r[4] = (i >>> 4 | a << 12) & 255, this.r[5] = a >>> 1 & 8190, this.r[6] = (a >>> 14 | o << 2) & 8191, this.r[7] = (o >>> 11 | s << 5) & 8065, this.r[8] = (s >>> 8 | c << 8) & 8191, this.r[9] = c >>> 5 & 127;
		for (let t = 0; t < 8; t++) this.pad[t] = H(e, 16 + 2 * t);
	}
	process(e, t, n = !1) {
		let r = n ? 0 : 2048, { h: i, r: a } = this, o = a[0], s = a[1], c = a[2], l = a[3], u = a[4], d = a[5], f = a[6], p = a[7], m = a[8], h = a[9], g = H(e, t + 0), _ = H(e, t + 2), v = H(e, t + 4), y = H(e, t + 6), b = H(e, t + 8), x = H(e, t + 10), S = H(e, t + 12), C = H(e, t + 14), w = i[0] + (g & 8191), T = i[1] + ((g >>> 13 | _ << 3) & 8191), E = i[2] + ((_ >>> 10 | v << 6) & 8191), D = i[3] + ((v >>> 7 | y << 9) & 8191), O = i[4] + ((y >>> 4 | b << 12) & 8191), k = i[5] + (b >>> 1 & 8191), A = i[6] + ((b >>> 14 | x << 2) & 8191), j = i[7] + ((x >>> 11 | S << 5) & 8191), M = i[8] + ((S >>> 8 | C << 8) & 8191), N = i[9] + (C >>> 5 | r), P = 0, F = P + w * o + 5 * h * T + 5 * m * E + 5 * p * D + 5 * f * O;
		P = F >>> 13, F &= 8191, F += 5 * d * k + 5 * u * A + 5 * l * j + 5 * c * M + 5 * s * N, P += F >>> 13, F &= 8191;
		let I = P + w * s + T * o + 5 * h * E + 5 * m * D + 5 * p * O;
		P = I >>> 13, I &= 8191, I += 5 * f * k + 5 * d * A + 5 * u * j + 5 * l * M + 5 * c * N, P += I >>> 13, I &= 8191;
		let L = P + w * c + T * s + E * o + 5 * h * D + 5 * m * O;
		P = L >>> 13, L &= 8191, L += 5 * p * k + 5 * f * A + 5 * d * j + 5 * u * M + 5 * l * N, P += L >>> 13, L &= 8191;
		let R = P + w * l + T * c + E * s + D * o + 5 * h * O;
		P = R >>> 13, R &= 8191, R += 5 * m * k + 5 * p * A + 5 * f * j + 5 * d * M + 5 * u * N, P += R >>> 13, R &= 8191;
		let ee = P + w * u + T * l + E * c + D * s + O * o;
		P = ee >>> 13, ee &= 8191, ee += 5 * h * k + 5 * m * A + 5 * p * j + 5 * f * M + 5 * d * N, P += ee >>> 13, ee &= 8191;
		let te = P + w * d + T * u + E * l + D * c + O * s;
		P = te >>> 13, te &= 8191, te += k * o + 5 * h * A + 5 * m * j + 5 * p * M + 5 * f * N, P += te >>> 13, te &= 8191;
		let ne = P + w * f + T * d + E * u + D * l + O * c;
		P = ne >>> 13, ne &= 8191, ne += k * s + A * o + 5 * h * j + 5 * m * M + 5 * p * N, P += ne >>> 13, ne &= 8191;
		let re = P + w * p + T * f + E * d + D * u + O * l;
		P = re >>> 13, re &= 8191, re += k * c + A * s + j * o + 5 * h * M + 5 * m * N, P += re >>> 13, re &= 8191;
		let ie = P + w * m + T * p + E * f + D * d + O * u;
		P = ie >>> 13, ie &= 8191, ie += k * l + A * c + j * s + M * o + 5 * h * N, P += ie >>> 13, ie &= 8191;
		let ae = P + w * h + T * m + E * p + D * f + O * d;
		P = ae >>> 13, ae &= 8191, ae += k * u + A * l + j * c + M * s + N * o, P += ae >>> 13, ae &= 8191, P = (P << 2) + P | 0, P = P + F | 0, F = P & 8191, P >>>= 13, I += P, i[0] = F, i[1] = I, i[2] = L, i[3] = R, i[4] = ee, i[5] = te, i[6] = ne, i[7] = re, i[8] = ie, i[9] = ae;
	}
	finalize() {
		let { h: e, pad: t } = this, n = /* @__PURE__ */ new Uint16Array(10), r = e[1] >>> 13;
		e[1] &= 8191;
		for (let t = 2; t < 10; t++) e[t] += r, r = e[t] >>> 13, e[t] &= 8191;
		e[0] += r * 5, r = e[0] >>> 13, e[0] &= 8191, e[1] += r, r = e[1] >>> 13, e[1] &= 8191, e[2] += r, n[0] = e[0] + 5, r = n[0] >>> 13, n[0] &= 8191;
		for (let t = 1; t < 10; t++) n[t] = e[t] + r, r = n[t] >>> 13, n[t] &= 8191;
		n[9] -= 8192;
		let i = (r ^ 1) - 1;
		for (let e = 0; e < 10; e++) n[e] &= i;
		i = ~i;
		for (let t = 0; t < 10; t++) e[t] = e[t] & i | n[t];
		e[0] = (e[0] | e[1] << 13) & 65535, e[1] = (e[1] >>> 3 | e[2] << 10) & 65535, e[2] = (e[2] >>> 6 | e[3] << 7) & 65535, e[3] = (e[3] >>> 9 | e[4] << 4) & 65535, e[4] = (e[4] >>> 12 | e[5] << 1 | e[6] << 14) & 65535, e[5] = (e[6] >>> 2 | e[7] << 11) & 65535, e[6] = (e[7] >>> 5 | e[8] << 8) & 65535, e[7] = (e[8] >>> 8 | e[9] << 5) & 65535;
		let a = e[0] + t[0];
		e[0] = a & 65535;
		for (let n = 1; n < 8; n++) a = (e[n] + t[n] | 0) + (a >>> 16) | 0, e[n] = a & 65535;
		Ct(n);
	}
	update(e) {
		bt(this), B(e), e = Rt(e);
		let { buffer: t, blockLen: n } = this, r = e.length;
		for (let i = 0; i < r;) {
			let a = Math.min(n - this.pos, r - i);
			if (a === n) for (; n <= r - i; i += n) this.process(e, i);
			else t.set(e.subarray(i, i + a), this.pos), this.pos += a, i += a, this.pos === n && (this.process(t, 0, !1), this.pos = 0);
		}
		return this;
	}
	destroy() {
		this.destroyed = !0, Ct(this.h, this.r, this.buffer, this.pad);
	}
	digestInto(e) {
		bt(this), xt(e, this), this.finished = !0;
		let { buffer: t, h: n } = this, { pos: r } = this;
		if (r) {
			for (t[r++] = 1; r < 16; r++) t[r] = 0;
			this.process(t, 0, !0);
		}
		this.finalize();
		let i = 0;
		for (let t = 0; t < 8; t++) e[i++] = n[t] >>> 0, e[i++] = n[t] >>> 8;
	}
	digest() {
		let { buffer: e, outputLen: t } = this;
		this.digestInto(e);
		let n = e.slice(0, t);
		return this.destroy(), n;
	}
}, Yt = /* @__PURE__ */ Nt(32, (e) => new Jt(e));
// node_modules/@noble/ciphers/chacha.js
function Xt(e, t, n, r, i, a = 20) {
	let o = e[0], s = e[1], c = e[2], l = e[3], u = t[0], d = t[1], f = t[2], p = t[3], m = t[4], h = t[5], g = t[6], _ = t[7], v = i, y = n[0], b = n[1], x = n[2], S = o, C = s, w = c, T = l, E = u, D = d, O = f, k = p, A = m, j = h, M = g, N = _, P = v, F = y, I = b, L = x;
	for (let e = 0; e < a; e += 2) S = S + E | 0, P = V(P ^ S, 16), A = A + P | 0, E = V(E ^ A, 12), S = S + E | 0, P = V(P ^ S, 8), A = A + P | 0, E = V(E ^ A, 7), C = C + D | 0, F = V(F ^ C, 16), j = j + F | 0, D = V(D ^ j, 12), C = C + D | 0, F = V(F ^ C, 8), j = j + F | 0, D = V(D ^ j, 7), w = w + O | 0, I = V(I ^ w, 16), M = M + I | 0, O = V(O ^ M, 12), w = w + O | 0, I = V(I ^ w, 8), M = M + I | 0, O = V(O ^ M, 7), T = T + k | 0, L = V(L ^ T, 16), N = N + L | 0, k = V(k ^ N, 12), T = T + k | 0, L = V(L ^ T, 8), N = N + L | 0, k = V(k ^ N, 7), S = S + D | 0, L = V(L ^ S, 16), M = M + L | 0, D = V(D ^ M, 12), S = S + D | 0, L = V(L ^ S, 8), M = M + L | 0, D = V(D ^ M, 7), C = C + O | 0, P = V(P ^ C, 16), N = N + P | 0, O = V(O ^ N, 12), C = C + O | 0, P = V(P ^ C, 8), N = N + P | 0, O = V(O ^ N, 7), w = w + k | 0, F = V(F ^ w, 16), A = A + F | 0, k = V(k ^ A, 12), w = w + k | 0, F = V(F ^ w, 8), A = A + F | 0, k = V(k ^ A, 7), T = T + E | 0, I = V(I ^ T, 16), j = j + I | 0, E = V(E ^ j, 12), T = T + E | 0, I = V(I ^ T, 8), j = j + I | 0, E = V(E ^ j, 7);
	let R = 0;
	r[R++] = o + S | 0, r[R++] = s + C | 0, r[R++] = c + w | 0, r[R++] = l + T | 0, r[R++] = u + E | 0, r[R++] = d + D | 0, r[R++] = f + O | 0, r[R++] = p + k | 0, r[R++] = m + A | 0, r[R++] = h + j | 0, r[R++] = g + M | 0, r[R++] = _ + N | 0, r[R++] = v + P | 0, r[R++] = y + F | 0, r[R++] = b + I | 0, r[R++] = x + L | 0;
}
var Zt = /* @__PURE__ */ qt(Xt, {
	counterRight: !1,
	counterLength: 4,
	allowShortKeys: !1
}), Qt = /* @__PURE__ */ new Uint8Array(16), $t = (e, t) => {
	e.update(t);
	let n = t.length % 16;
	n && e.update(Qt.subarray(n));
}, en = /* @__PURE__ */ new Uint8Array(32);
function tn(e, t, n, r, i) {
	i !== void 0 && B(i, void 0, "AAD");
	let a = e(t, n, en), o = It(r.length, i ? i.length : 0, !0), s = Yt.create(a);
	i && $t(s, i), $t(s, r), s.update(o);
	let c = s.digest();
	return Ct(a, o), c;
}
var nn = /* @__PURE__ */ Pt({
	blockSize: 64,
	nonceLength: 12,
	tagLength: 16,
	withAAD: !0
}, /* @__PURE__ */ ((e) => (t, n, r) => ({
	encrypt(i, a) {
		let o = i.length;
		a = Ft(o + 16, a, !1), a.set(i);
		let s = a.subarray(0, -16);
		e(t, n, s, s, 1);
		let c = tn(e, t, n, s, r);
		return a.set(c, o), Ct(c), a;
	},
	decrypt(i, a) {
		a = Ft(i.length - 16, a, !1);
		let o = i.subarray(0, -16), s = i.subarray(-16), c = tn(e, t, n, o, r);
		if (!Mt(s, c)) throw Ct(c), Error("invalid tag");
		return a.set(i.subarray(0, -16)), e(t, n, a, a, 1), Ct(c), a;
	}
}))(Zt));
// node_modules/@noble/post-quantum/node_modules/@noble/hashes/utils.js
function rn(e) {
	return e instanceof Uint8Array || ArrayBuffer.isView(e) && e.constructor.name === "Uint8Array";
}
function an(e, t = "") {
	if (!Number.isSafeInteger(e) || e < 0) {
		let n = t && `"${t}" `;
		throw Error(`${n}expected integer >= 0, got ${e}`);
	}
}
function U(e, t, n = "") {
	let r = rn(e), i = e?.length, a = t !== void 0;
	if (!r || a && i !== t) {
		let o = n && `"${n}" `, s = a ? ` of length ${t}` : "", c = r ? `length=${i}` : `type=${typeof e}`;
		throw Error(o + "expected Uint8Array" + s + ", got " + c);
	}
	return e;
}
function on(e) {
	if (typeof e != "function" || typeof e.create != "function") throw Error("Hash must wrapped by utils.createHasher");
	an(e.outputLen), an(e.blockLen);
}
function sn(e, t = !0) {
	if (e.destroyed) throw Error("Hash instance has been destroyed");
	if (t && e.finished) throw Error("Hash#digest() has already been called");
}
function cn(e, t) {
	U(e, void 0, "digestInto() output");
	let n = t.outputLen;
	if (e.length < n) throw Error("\"digestInto() output\" expected to be of length >=" + n);
}
function ln(e) {
	return new Uint32Array(e.buffer, e.byteOffset, Math.floor(e.byteLength / 4));
}
function un(...e) {
	for (let t = 0; t < e.length; t++) e[t].fill(0);
}
function dn(e) {
	return new DataView(e.buffer, e.byteOffset, e.byteLength);
}
function fn(e, t) {
	return e << 32 - t | e >>> t;
}
var pn = new Uint8Array(new Uint32Array([287454020]).buffer)[0] === 68;
function mn(e) {
	return e << 24 & 4278190080 | e << 8 & 16711680 | e >>> 8 & 65280 | e >>> 24 & 255;
}
function hn(e) {
	for (let t = 0; t < e.length; t++) e[t] = mn(e[t]);
	return e;
}
var gn = pn ? (e) => e : hn, _n = typeof Uint8Array.from([]).toHex == "function" && typeof Uint8Array.fromHex == "function", vn = /* @__PURE__ */ Array.from({ length: 256 }, (e, t) => t.toString(16).padStart(2, "0"));
function yn(e) {
	if (U(e), _n) return e.toHex();
	let t = "";
	for (let n = 0; n < e.length; n++) t += vn[e[n]];
	return t;
}
var bn = {
	_0: 48,
	_9: 57,
	A: 65,
	F: 70,
	a: 97,
	f: 102
};
function xn(e) {
	if (e >= bn._0 && e <= bn._9) return e - bn._0;
	if (e >= bn.A && e <= bn.F) return e - (bn.A - 10);
	if (e >= bn.a && e <= bn.f) return e - (bn.a - 10);
}
function Sn(e) {
	if (typeof e != "string") throw Error("hex string expected, got " + typeof e);
	if (_n) return Uint8Array.fromHex(e);
	let t = e.length, n = t / 2;
	if (t % 2) throw Error("hex string expected, got unpadded hex of length " + t);
	let r = new Uint8Array(n);
	for (let t = 0, i = 0; t < n; t++, i += 2) {
		let n = xn(e.charCodeAt(i)), a = xn(e.charCodeAt(i + 1));
		if (n === void 0 || a === void 0) {
			let t = e[i] + e[i + 1];
			throw Error("hex string expected, got non-hex character \"" + t + "\" at index " + i);
		}
		r[t] = n * 16 + a;
	}
	return r;
}
function W(...e) {
	let t = 0;
	for (let n = 0; n < e.length; n++) {
		let r = e[n];
		U(r), t += r.length;
	}
	let n = new Uint8Array(t);
	for (let t = 0, r = 0; t < e.length; t++) {
		let i = e[t];
		n.set(i, r), r += i.length;
	}
	return n;
}
function Cn(e, t = {}) {
	let n = (t, n) => e(n).update(t).digest(), r = e(void 0);
	return n.outputLen = r.outputLen, n.blockLen = r.blockLen, n.create = (t) => e(t), Object.assign(n, t), Object.freeze(n);
}
function wn(e = 32) {
	let t = typeof globalThis == "object" ? globalThis.crypto : null;
	if (typeof t?.getRandomValues != "function") throw Error("crypto.getRandomValues must be defined");
	return t.getRandomValues(new Uint8Array(e));
}
var Tn = (e) => ({ oid: Uint8Array.from([
	6,
	9,
	96,
	134,
	72,
	1,
	101,
	3,
	4,
	2,
	e
]) }), En = /* @__PURE__ */ BigInt(0), Dn = /* @__PURE__ */ BigInt(1);
function On(e, t = "") {
	if (typeof e != "boolean") {
		let n = t && `"${t}" `;
		throw Error(n + "expected boolean, got type=" + typeof e);
	}
	return e;
}
function kn(e) {
	if (typeof e == "bigint") {
		if (!Rn(e)) throw Error("positive bigint expected, got " + e);
	} else an(e);
	return e;
}
function An(e) {
	let t = kn(e).toString(16);
	return t.length & 1 ? "0" + t : t;
}
function jn(e) {
	if (typeof e != "string") throw Error("hex string expected, got " + typeof e);
	return e === "" ? En : BigInt("0x" + e);
}
function Mn(e) {
	return jn(yn(e));
}
function Nn(e) {
	return jn(yn(In(U(e)).reverse()));
}
function Pn(e, t) {
	an(t), e = kn(e);
	let n = Sn(e.toString(16).padStart(t * 2, "0"));
	if (n.length !== t) throw Error("number too large");
	return n;
}
function Fn(e, t) {
	return Pn(e, t).reverse();
}
function In(e) {
	return Uint8Array.from(e);
}
function Ln(e) {
	return Uint8Array.from(e, (t, n) => {
		let r = t.charCodeAt(0);
		if (t.length !== 1 || r > 127) throw Error(`string contains non-ASCII character "${e[n]}" with code ${r} at position ${n}`);
		return r;
	});
}
var Rn = (e) => typeof e == "bigint" && En <= e;
function zn(e, t, n) {
	return Rn(e) && Rn(t) && Rn(n) && t <= e && e < n;
}
function Bn(e, t, n, r) {
	if (!zn(t, n, r)) throw Error("expected valid " + e + ": " + n + " <= n < " + r + ", got " + t);
}
function Vn(e) {
	let t = 0;
	for (; e > En; e >>= Dn, t += 1);
	return t;
}
var Hn = (e) => (Dn << BigInt(e)) - Dn;
function Un(e, t, n) {
	if (an(e, "hashLen"), an(t, "qByteLen"), typeof n != "function") throw Error("hmacFn must be a function");
	let r = (e) => new Uint8Array(e), i = Uint8Array.of(), a = Uint8Array.of(0), o = Uint8Array.of(1), s = r(e), c = r(e), l = 0, u = () => {
		s.fill(1), c.fill(0), l = 0;
	}, d = (...e) => n(c, W(s, ...e)), f = (e = i) => {
		c = d(a, e), s = d(), e.length !== 0 && (c = d(o, e), s = d());
	}, p = () => {
		if (l++ >= 1e3) throw Error("drbg: tried max amount of iterations");
		let e = 0, n = [];
		for (; e < t;) {
			s = d();
			let t = s.slice();
			n.push(t), e += s.length;
		}
		return W(...n);
	};
	return (e, t) => {
		u(), f(e);
		let n;
		for (; !(n = t(p()));) f();
		return u(), n;
	};
}
function Wn(e, t = {}, n = {}) {
	if (!e || typeof e != "object") throw Error("expected valid options object");
	function r(t, n, r) {
		let i = e[t];
		if (r && i === void 0) return;
		let a = typeof i;
		if (a !== n || i === null) throw Error(`param "${t}" is invalid: expected ${n}, got ${a}`);
	}
	let i = (e, t) => Object.entries(e).forEach(([e, n]) => r(e, n, t));
	i(t, !1), i(n, !0);
}
function Gn(e) {
	let t = /* @__PURE__ */ new WeakMap();
	return (n, ...r) => {
		let i = t.get(n);
		if (i !== void 0) return i;
		let a = e(n, ...r);
		return t.set(n, a), a;
	};
}
// node_modules/@noble/post-quantum/node_modules/@noble/curves/abstract/modular.js
var G = /* @__PURE__ */ BigInt(0), K = /* @__PURE__ */ BigInt(1), Kn = /* @__PURE__ */ BigInt(2), qn = /* @__PURE__ */ BigInt(3), Jn = /* @__PURE__ */ BigInt(4), Yn = /* @__PURE__ */ BigInt(5), Xn = /* @__PURE__ */ BigInt(7), Zn = /* @__PURE__ */ BigInt(8), Qn = /* @__PURE__ */ BigInt(9), $n = /* @__PURE__ */ BigInt(16);
function er(e, t) {
	let n = e % t;
	return n >= G ? n : t + n;
}
function tr(e, t, n) {
	let r = e;
	for (; t-- > G;) r *= r, r %= n;
	return r;
}
function nr(e, t) {
	if (e === G) throw Error("invert: expected non-zero number");
	if (t <= G) throw Error("invert: expected positive modulus, got " + t);
	let n = er(e, t), r = t, i = G, a = K, o = K, s = G;
	for (; n !== G;) {
		let e = r / n, t = r % n, c = i - o * e, l = a - s * e;
		r = n, n = t, i = o, a = s, o = c, s = l;
	}
	if (r !== K) throw Error("invert: does not exist");
	return er(i, t);
}
function rr(e, t, n) {
	if (!e.eql(e.sqr(t), n)) throw Error("Cannot find square root");
}
function ir(e, t) {
	let n = (e.ORDER + K) / Jn, r = e.pow(t, n);
	return rr(e, r, t), r;
}
function ar(e, t) {
	let n = (e.ORDER - Yn) / Zn, r = e.mul(t, Kn), i = e.pow(r, n), a = e.mul(t, i), o = e.mul(e.mul(a, Kn), i), s = e.mul(a, e.sub(o, e.ONE));
	return rr(e, s, t), s;
}
function or(e) {
	let t = gr(e), n = sr(e), r = n(t, t.neg(t.ONE)), i = n(t, r), a = n(t, t.neg(r)), o = (e + Xn) / $n;
	return (e, t) => {
		let n = e.pow(t, o), s = e.mul(n, r), c = e.mul(n, i), l = e.mul(n, a), u = e.eql(e.sqr(s), t), d = e.eql(e.sqr(c), t);
		n = e.cmov(n, s, u), s = e.cmov(l, c, d);
		let f = e.eql(e.sqr(s), t), p = e.cmov(n, s, f);
		return rr(e, p, t), p;
	};
}
function sr(e) {
	if (e < qn) throw Error("sqrt is not defined for small field");
	let t = e - K, n = 0;
	for (; t % Kn === G;) t /= Kn, n++;
	let r = Kn, i = gr(e);
	for (; pr(i, r) === 1;) if (r++ > 1e3) throw Error("Cannot find square root: probably non-prime P");
	if (n === 1) return ir;
	let a = i.pow(r, t), o = (t + K) / Kn;
	return function(e, r) {
		if (e.is0(r)) return r;
		if (pr(e, r) !== 1) throw Error("Cannot find square root");
		let i = n, s = e.mul(e.ONE, a), c = e.pow(r, t), l = e.pow(r, o);
		for (; !e.eql(c, e.ONE);) {
			if (e.is0(c)) return e.ZERO;
			let t = 1, n = e.sqr(c);
			for (; !e.eql(n, e.ONE);) if (t++, n = e.sqr(n), t === i) throw Error("Cannot find square root");
			let r = K << BigInt(i - t - 1), a = e.pow(s, r);
			i = t, s = e.sqr(a), c = e.mul(c, s), l = e.mul(l, a);
		}
		return l;
	};
}
function cr(e) {
	return e % Jn === qn ? ir : e % Zn === Yn ? ar : e % $n === Qn ? or(e) : sr(e);
}
var lr = [
	"create",
	"isValid",
	"is0",
	"neg",
	"inv",
	"sqrt",
	"sqr",
	"eql",
	"add",
	"sub",
	"mul",
	"pow",
	"div",
	"addN",
	"subN",
	"mulN",
	"sqrN"
];
function ur(e) {
	return Wn(e, lr.reduce((e, t) => (e[t] = "function", e), {
		ORDER: "bigint",
		BYTES: "number",
		BITS: "number"
	})), e;
}
function dr(e, t, n) {
	if (n < G) throw Error("invalid exponent, negatives unsupported");
	if (n === G) return e.ONE;
	if (n === K) return t;
	let r = e.ONE, i = t;
	for (; n > G;) n & K && (r = e.mul(r, i)), i = e.sqr(i), n >>= K;
	return r;
}
function fr(e, t, n = !1) {
	let r = Array(t.length).fill(n ? e.ZERO : void 0), i = t.reduce((t, n, i) => e.is0(n) ? t : (r[i] = t, e.mul(t, n)), e.ONE), a = e.inv(i);
	return t.reduceRight((t, n, i) => e.is0(n) ? t : (r[i] = e.mul(t, r[i]), e.mul(t, n)), a), r;
}
function pr(e, t) {
	let n = (e.ORDER - K) / Kn, r = e.pow(t, n), i = e.eql(r, e.ONE), a = e.eql(r, e.ZERO), o = e.eql(r, e.neg(e.ONE));
	if (!i && !a && !o) throw Error("invalid Legendre symbol result");
	return i ? 1 : a ? 0 : -1;
}
function mr(e, t) {
	t !== void 0 && an(t);
	let n = t === void 0 ? e.toString(2).length : t;
	return {
		nBitLength: n,
		nByteLength: Math.ceil(n / 8)
	};
}
var hr = class {
	ORDER;
	BITS;
	BYTES;
	isLE;
	ZERO = G;
	ONE = K;
	_lengths;
	_sqrt;
	_mod;
	constructor(e, t = {}) {
		if (e <= G) throw Error("invalid field: expected ORDER > 0, got " + e);
		let n;
		this.isLE = !1, typeof t == "object" && t && (typeof t.BITS == "number" && (n = t.BITS), typeof t.sqrt == "function" && (this.sqrt = t.sqrt), typeof t.isLE == "boolean" && (this.isLE = t.isLE), t.allowedLengths && (this._lengths = t.allowedLengths?.slice()), typeof t.modFromBytes == "boolean" && (this._mod = t.modFromBytes));
		let { nBitLength: r, nByteLength: i } = mr(e, n);
		if (i > 2048) throw Error("invalid field: expected ORDER of <= 2048 bytes");
		this.ORDER = e, this.BITS = r, this.BYTES = i, this._sqrt = void 0, Object.preventExtensions(this);
	}
	create(e) {
		return er(e, this.ORDER);
	}
	isValid(e) {
		if (typeof e != "bigint") throw Error("invalid field element: expected bigint, got " + typeof e);
		return G <= e && e < this.ORDER;
	}
	is0(e) {
		return e === G;
	}
	isValidNot0(e) {
		return !this.is0(e) && this.isValid(e);
	}
	isOdd(e) {
		return (e & K) === K;
	}
	neg(e) {
		return er(-e, this.ORDER);
	}
	eql(e, t) {
		return e === t;
	}
	sqr(e) {
		return er(e * e, this.ORDER);
	}
	add(e, t) {
		return er(e + t, this.ORDER);
	}
	sub(e, t) {
		return er(e - t, this.ORDER);
	}
	mul(e, t) {
		return er(e * t, this.ORDER);
	}
	pow(e, t) {
		return dr(this, e, t);
	}
	div(e, t) {
		return er(e * nr(t, this.ORDER), this.ORDER);
	}
	sqrN(e) {
		return e * e;
	}
	addN(e, t) {
		return e + t;
	}
	subN(e, t) {
		return e - t;
	}
	mulN(e, t) {
		return e * t;
	}
	inv(e) {
		return nr(e, this.ORDER);
	}
	sqrt(e) {
		return this._sqrt ||= cr(this.ORDER), this._sqrt(this, e);
	}
	toBytes(e) {
		return this.isLE ? Fn(e, this.BYTES) : Pn(e, this.BYTES);
	}
	fromBytes(e, t = !1) {
		U(e);
		let { _lengths: n, BYTES: r, isLE: i, ORDER: a, _mod: o } = this;
		if (n) {
			if (!n.includes(e.length) || e.length > r) throw Error("Field.fromBytes: expected " + n + " bytes, got " + e.length);
			let t = new Uint8Array(r);
			t.set(e, i ? 0 : t.length - e.length), e = t;
		}
		if (e.length !== r) throw Error("Field.fromBytes: expected " + r + " bytes, got " + e.length);
		let s = i ? Nn(e) : Mn(e);
		if (o && (s = er(s, a)), !t && !this.isValid(s)) throw Error("invalid field element: outside of range 0..ORDER");
		return s;
	}
	invertBatch(e) {
		return fr(this, e);
	}
	cmov(e, t, n) {
		return n ? t : e;
	}
};
function gr(e, t = {}) {
	return new hr(e, t);
}
function _r(e) {
	if (typeof e != "bigint") throw Error("field order must be bigint");
	let t = e.toString(2).length;
	return Math.ceil(t / 8);
}
function vr(e) {
	let t = _r(e);
	return t + Math.ceil(t / 2);
}
function yr(e, t, n = !1) {
	U(e);
	let r = e.length, i = _r(t), a = vr(t);
	if (r < 16 || r < a || r > 1024) throw Error("expected " + a + "-1024 bytes of input, got " + r);
	let o = er(n ? Nn(e) : Mn(e), t - K) + K;
	return n ? Fn(o, i) : Pn(o, i);
}
// node_modules/@noble/post-quantum/node_modules/@noble/curves/abstract/curve.js
var br = /* @__PURE__ */ BigInt(0), xr = /* @__PURE__ */ BigInt(1);
function Sr(e, t) {
	let n = t.negate();
	return e ? n : t;
}
function Cr(e, t) {
	let n = fr(e.Fp, t.map((e) => e.Z));
	return t.map((t, r) => e.fromAffine(t.toAffine(n[r])));
}
function wr(e, t) {
	if (!Number.isSafeInteger(e) || e <= 0 || e > t) throw Error("invalid window size, expected [1.." + t + "], got W=" + e);
}
function Tr(e, t) {
	wr(e, t);
	let n = Math.ceil(t / e) + 1, r = 2 ** (e - 1), i = 2 ** e;
	return {
		windows: n,
		windowSize: r,
		mask: Hn(e),
		maxNumber: i,
		shiftBy: BigInt(e)
	};
}
function Er(e, t, n) {
	let { windowSize: r, mask: i, maxNumber: a, shiftBy: o } = n, s = Number(e & i), c = e >> o;
	s > r && (s -= a, c += xr);
	let l = t * r, u = l + Math.abs(s) - 1, d = s === 0, f = s < 0, p = t % 2 != 0;
	return {
		nextN: c,
		offset: u,
		isZero: d,
		isNeg: f,
		isNegF: p,
		offsetF: l
	};
}
var Dr = /* @__PURE__ */ new WeakMap(), Or = /* @__PURE__ */ new WeakMap();
function kr(e) {
	return Or.get(e) || 1;
}
function Ar(e) {
	if (e !== br) throw Error("invalid wNAF");
}
var jr = class {
	BASE;
	ZERO;
	Fn;
	bits;
	constructor(e, t) {
		this.BASE = e.BASE, this.ZERO = e.ZERO, this.Fn = e.Fn, this.bits = t;
	}
	_unsafeLadder(e, t, n = this.ZERO) {
		let r = e;
		for (; t > br;) t & xr && (n = n.add(r)), r = r.double(), t >>= xr;
		return n;
	}
	precomputeWindow(e, t) {
		let { windows: n, windowSize: r } = Tr(t, this.bits), i = [], a = e, o = a;
		for (let e = 0; e < n; e++) {
			o = a, i.push(o);
			for (let e = 1; e < r; e++) o = o.add(a), i.push(o);
			a = o.double();
		}
		return i;
	}
	wNAF(e, t, n) {
		if (!this.Fn.isValid(n)) throw Error("invalid scalar");
		let r = this.ZERO, i = this.BASE, a = Tr(e, this.bits);
		for (let e = 0; e < a.windows; e++) {
			let { nextN: o, offset: s, isZero: c, isNeg: l, isNegF: u, offsetF: d } = Er(n, e, a);
			n = o, c ? i = i.add(Sr(u, t[d])) : r = r.add(Sr(l, t[s]));
		}
		return Ar(n), {
			p: r,
			f: i
		};
	}
	wNAFUnsafe(e, t, n, r = this.ZERO) {
		let i = Tr(e, this.bits);
		for (let e = 0; e < i.windows && n !== br; e++) {
			let { nextN: a, offset: o, isZero: s, isNeg: c } = Er(n, e, i);
			if (n = a, !s) {
				let e = t[o];
				r = r.add(c ? e.negate() : e);
			}
		}
		return Ar(n), r;
	}
	getPrecomputes(e, t, n) {
		let r = Dr.get(t);
		return r || (r = this.precomputeWindow(t, e), e !== 1 && (typeof n == "function" && (r = n(r)), Dr.set(t, r))), r;
	}
	cached(e, t, n) {
		let r = kr(e);
		return this.wNAF(r, this.getPrecomputes(r, e, n), t);
	}
	unsafe(e, t, n, r) {
		let i = kr(e);
		return i === 1 ? this._unsafeLadder(e, t, r) : this.wNAFUnsafe(i, this.getPrecomputes(i, e, n), t, r);
	}
	createCache(e, t) {
		wr(t, this.bits), Or.set(e, t), Dr.delete(e);
	}
	hasCache(e) {
		return kr(e) !== 1;
	}
};
function Mr(e, t, n, r) {
	let i = t, a = e.ZERO, o = e.ZERO;
	for (; n > br || r > br;) n & xr && (a = a.add(i)), r & xr && (o = o.add(i)), i = i.double(), n >>= xr, r >>= xr;
	return {
		p1: a,
		p2: o
	};
}
function Nr(e, t, n) {
	if (t) {
		if (t.ORDER !== e) throw Error("Field.ORDER must match order: Fp == p, Fn == n");
		return ur(t), t;
	}
	return gr(e, { isLE: n });
}
function Pr(e, t, n = {}, r) {
	if (r === void 0 && (r = e === "edwards"), !t || typeof t != "object") throw Error(`expected valid ${e} CURVE object`);
	for (let e of [
		"p",
		"n",
		"h"
	]) {
		let n = t[e];
		if (!(typeof n == "bigint" && n > br)) throw Error(`CURVE.${e} must be positive bigint`);
	}
	let i = Nr(t.p, n.Fp, r), a = Nr(t.n, n.Fn, r), o = [
		"Gx",
		"Gy",
		"a",
		e === "weierstrass" ? "b" : "d"
	];
	for (let e of o) if (!i.isValid(t[e])) throw Error(`CURVE.${e} must be valid field element of CURVE.Fp`);
	return t = Object.freeze(Object.assign({}, t)), {
		CURVE: t,
		Fp: i,
		Fn: a
	};
}
function Fr(e, t) {
	return function(n) {
		let r = e(n);
		return {
			secretKey: r,
			publicKey: t(r)
		};
	};
}
// node_modules/@noble/post-quantum/node_modules/@noble/curves/abstract/montgomery.js
var Ir = BigInt(0), Lr = BigInt(1), Rr = BigInt(2);
function zr(e) {
	return Wn(e, {
		adjustScalarBytes: "function",
		powPminus2: "function"
	}), Object.freeze({ ...e });
}
function Br(e) {
	let { P: t, type: n, adjustScalarBytes: r, powPminus2: i, randomBytes: a } = zr(e), o = n === "x25519";
	if (!o && n !== "x448") throw Error("invalid type");
	let s = a || wn, c = o ? 255 : 448, l = o ? 32 : 56, u = BigInt(o ? 9 : 5), d = BigInt(o ? 121665 : 39081), f = o ? Rr ** BigInt(254) : Rr ** BigInt(447), p = f + (o ? BigInt(8) * Rr ** BigInt(251) - Lr : BigInt(4) * Rr ** BigInt(445) - Lr) + Lr, m = (e) => er(e, t), h = g(u);
	function g(e) {
		return Fn(m(e), l);
	}
	function _(e) {
		let t = In(U(e, l, "uCoordinate"));
		return o && (t[31] &= 127), m(Nn(t));
	}
	function v(e) {
		return Nn(r(In(U(e, l, "scalar"))));
	}
	function y(e, t) {
		let n = w(_(t), v(e));
		if (n === Ir) throw Error("invalid private or public key received");
		return g(n);
	}
	function b(e) {
		return y(e, h);
	}
	let x = b, S = y;
	function C(e, t, n) {
		let r = m(e * (t - n));
		return t = m(t - r), n = m(n + r), {
			x_2: t,
			x_3: n
		};
	}
	function w(e, n) {
		Bn("u", e, Ir, t), Bn("scalar", n, f, p);
		let r = n, a = e, o = Lr, s = Ir, l = e, u = Lr, h = Ir;
		for (let e = BigInt(c - 1); e >= Ir; e--) {
			let t = r >> e & Lr;
			h ^= t, {x_2: o, x_3: l} = C(h, o, l), {x_2: s, x_3: u} = C(h, s, u), h = t;
			let n = o + s, i = m(n * n), c = o - s, f = m(c * c), p = i - f, g = l + u, _ = l - u, v = m(_ * n), y = m(g * c), b = v + y, x = v - y;
			l = m(b * b), u = m(a * m(x * x)), o = m(i * f), s = m(p * (i + m(d * p)));
		}
		({x_2: o, x_3: l} = C(h, o, l)), {x_2: s, x_3: u} = C(h, s, u);
		let g = i(s);
		return m(o * g);
	}
	let T = {
		secretKey: l,
		publicKey: l,
		seed: l
	}, E = (e = s(l)) => (U(e, T.seed, "seed"), e), D = { randomSecretKey: E };
	return Object.freeze({
		keygen: Fr(E, x),
		getSharedSecret: S,
		getPublicKey: x,
		scalarMult: y,
		scalarMultBase: b,
		utils: D,
		GuBytes: h.slice(),
		lengths: T
	});
}
// node_modules/@noble/post-quantum/node_modules/@noble/hashes/hmac.js
var Vr = class {
	oHash;
	iHash;
	blockLen;
	outputLen;
	finished = !1;
	destroyed = !1;
	constructor(e, t) {
		if (on(e), U(t, void 0, "key"), this.iHash = e.create(), typeof this.iHash.update != "function") throw Error("Expected instance of class which extends utils.Hash");
		this.blockLen = this.iHash.blockLen, this.outputLen = this.iHash.outputLen;
		let n = this.blockLen, r = new Uint8Array(n);
		r.set(t.length > n ? e.create().update(t).digest() : t);
		for (let e = 0; e < r.length; e++) r[e] ^= 54;
		this.iHash.update(r), this.oHash = e.create();
		for (let e = 0; e < r.length; e++) r[e] ^= 106;
		this.oHash.update(r), un(r);
	}
	update(e) {
		return sn(this), this.iHash.update(e), this;
	}
	digestInto(e) {
		sn(this), U(e, this.outputLen, "output"), this.finished = !0, this.iHash.digestInto(e), this.oHash.update(e), this.oHash.digestInto(e), this.destroy();
	}
	digest() {
		let e = new Uint8Array(this.oHash.outputLen);
		return this.digestInto(e), e;
	}
	_cloneInto(e) {
		e ||= Object.create(Object.getPrototypeOf(this), {});
		let { oHash: t, iHash: n, finished: r, destroyed: i, blockLen: a, outputLen: o } = this;
		return e = e, e.finished = r, e.destroyed = i, e.blockLen = a, e.outputLen = o, e.oHash = t._cloneInto(e.oHash), e.iHash = n._cloneInto(e.iHash), e;
	}
	clone() {
		return this._cloneInto();
	}
	destroy() {
		this.destroyed = !0, this.oHash.destroy(), this.iHash.destroy();
	}
}, Hr = (e, t, n) => new Vr(e, t).update(n).digest();
Hr.create = (e, t) => new Vr(e, t);
// node_modules/@noble/post-quantum/node_modules/@noble/curves/abstract/weierstrass.js
var Ur = (e, t) => (e + (e >= 0 ? t : -t) / Xr) / t;
function Wr(e, t, n) {
	let [[r, i], [a, o]] = t, s = Ur(o * e, n), c = Ur(-i * e, n), l = e - s * r - c * a, u = -s * i - c * o, d = l < Jr, f = u < Jr;
	d && (l = -l), f && (u = -u);
	let p = Hn(Math.ceil(Vn(n) / 2)) + Yr;
	if (l < Jr || l >= p || u < Jr || u >= p) throw Error("splitScalar (endomorphism): failed, k=" + e);
	return {
		k1neg: d,
		k1: l,
		k2neg: f,
		k2: u
	};
}
function Gr(e) {
	if (![
		"compact",
		"recovered",
		"der"
	].includes(e)) throw Error("Signature format must be \"compact\", \"recovered\", or \"der\"");
	return e;
}
function Kr(e, t) {
	let n = {};
	for (let r of Object.keys(t)) n[r] = e[r] === void 0 ? t[r] : e[r];
	return On(n.lowS, "lowS"), On(n.prehash, "prehash"), n.format !== void 0 && Gr(n.format), n;
}
var qr = {
	Err: class extends Error {
		constructor(e = "") {
			super(e);
		}
	},
	_tlv: {
		encode: (e, t) => {
			let { Err: n } = qr;
			if (e < 0 || e > 256) throw new n("tlv.encode: wrong tag");
			if (t.length & 1) throw new n("tlv.encode: unpadded data");
			let r = t.length / 2, i = An(r);
			if (i.length / 2 & 128) throw new n("tlv.encode: long form length too big");
			let a = r > 127 ? An(i.length / 2 | 128) : "";
			return An(e) + a + i + t;
		},
		decode(e, t) {
			let { Err: n } = qr, r = 0;
			if (e < 0 || e > 256) throw new n("tlv.encode: wrong tag");
			if (t.length < 2 || t[r++] !== e) throw new n("tlv.decode: wrong tlv");
			let i = t[r++], a = !!(i & 128), o = 0;
			if (!a) o = i;
			else {
				let e = i & 127;
				if (!e) throw new n("tlv.decode(long): indefinite length not supported");
				if (e > 4) throw new n("tlv.decode(long): byte length is too big");
				let a = t.subarray(r, r + e);
				if (a.length !== e) throw new n("tlv.decode: length bytes not complete");
				if (a[0] === 0) throw new n("tlv.decode(long): zero leftmost byte");
				for (let e of a) o = o << 8 | e;
				if (r += e, o < 128) throw new n("tlv.decode(long): not minimal encoding");
			}
			let s = t.subarray(r, r + o);
			if (s.length !== o) throw new n("tlv.decode: wrong value length");
			return {
				v: s,
				l: t.subarray(r + o)
			};
		}
	},
	_int: {
		encode(e) {
			let { Err: t } = qr;
			if (e < Jr) throw new t("integer: negative integers are not allowed");
			let n = An(e);
			if (Number.parseInt(n[0], 16) & 8 && (n = "00" + n), n.length & 1) throw new t("unexpected DER parsing assertion: unpadded hex");
			return n;
		},
		decode(e) {
			let { Err: t } = qr;
			if (e[0] & 128) throw new t("invalid signature integer: negative");
			if (e[0] === 0 && !(e[1] & 128)) throw new t("invalid signature integer: unnecessary leading zero");
			return Mn(e);
		}
	},
	toSig(e) {
		let { Err: t, _int: n, _tlv: r } = qr, i = U(e, void 0, "signature"), { v: a, l: o } = r.decode(48, i);
		if (o.length) throw new t("invalid signature: left bytes after parsing");
		let { v: s, l: c } = r.decode(2, a), { v: l, l: u } = r.decode(2, c);
		if (u.length) throw new t("invalid signature: left bytes after parsing");
		return {
			r: n.decode(s),
			s: n.decode(l)
		};
	},
	hexFromSig(e) {
		let { _tlv: t, _int: n } = qr, r = t.encode(2, n.encode(e.r)) + t.encode(2, n.encode(e.s));
		return t.encode(48, r);
	}
}, Jr = BigInt(0), Yr = BigInt(1), Xr = BigInt(2), Zr = BigInt(3), Qr = BigInt(4);
function $r(e, t = {}) {
	let n = Pr("weierstrass", e, t), { Fp: r, Fn: i } = n, a = n.CURVE, { h: o, n: s } = a;
	Wn(t, {}, {
		allowInfinityPoint: "boolean",
		clearCofactor: "function",
		isTorsionFree: "function",
		fromBytes: "function",
		toBytes: "function",
		endo: "object"
	});
	let { endo: c } = t;
	if (c && (!r.is0(a.a) || typeof c.beta != "bigint" || !Array.isArray(c.basises))) throw Error("invalid endo: expected \"beta\": bigint and \"basises\": array");
	let l = ti(r, i);
	function u() {
		if (!r.isOdd) throw Error("compression is not supported: Field does not have .isOdd()");
	}
	function d(e, t, n) {
		let { x: i, y: a } = t.toAffine(), o = r.toBytes(i);
		return On(n, "isCompressed"), n ? (u(), W(ei(!r.isOdd(a)), o)) : W(Uint8Array.of(4), o, r.toBytes(a));
	}
	function f(e) {
		U(e, void 0, "Point");
		let { publicKey: t, publicKeyUncompressed: n } = l, i = e.length, a = e[0], o = e.subarray(1);
		if (i === t && (a === 2 || a === 3)) {
			let e = r.fromBytes(o);
			if (!r.isValid(e)) throw Error("bad point: is not on curve, wrong x");
			let t = h(e), n;
			try {
				n = r.sqrt(t);
			} catch (e) {
				let t = e instanceof Error ? ": " + e.message : "";
				throw Error("bad point: is not on curve, sqrt error" + t);
			}
			u();
			let i = r.isOdd(n);
			return (a & 1) == 1 !== i && (n = r.neg(n)), {
				x: e,
				y: n
			};
		}
		if (i === n && a === 4) {
			let e = r.BYTES, t = r.fromBytes(o.subarray(0, e)), n = r.fromBytes(o.subarray(e, e * 2));
			if (!g(t, n)) throw Error("bad point: is not on curve");
			return {
				x: t,
				y: n
			};
		}
		throw Error(`bad point: got length ${i}, expected compressed=${t} or uncompressed=${n}`);
	}
	let p = t.toBytes || d, m = t.fromBytes || f;
	function h(e) {
		let t = r.sqr(e), n = r.mul(t, e);
		return r.add(r.add(n, r.mul(e, a.a)), a.b);
	}
	function g(e, t) {
		let n = r.sqr(t), i = h(e);
		return r.eql(n, i);
	}
	if (!g(a.Gx, a.Gy)) throw Error("bad curve params: generator point");
	let _ = r.mul(r.pow(a.a, Zr), Qr), v = r.mul(r.sqr(a.b), BigInt(27));
	if (r.is0(r.add(_, v))) throw Error("bad curve params: a or b");
	function y(e, t, n = !1) {
		if (!r.isValid(t) || n && r.is0(t)) throw Error(`bad point coordinate ${e}`);
		return t;
	}
	function b(e) {
		if (!(e instanceof T)) throw Error("Weierstrass Point expected");
	}
	function x(e) {
		if (!c || !c.basises) throw Error("no endo");
		return Wr(e, c.basises, i.ORDER);
	}
	let S = Gn((e, t) => {
		let { X: n, Y: i, Z: a } = e;
		if (r.eql(a, r.ONE)) return {
			x: n,
			y: i
		};
		let o = e.is0();
		t ??= o ? r.ONE : r.inv(a);
		let s = r.mul(n, t), c = r.mul(i, t), l = r.mul(a, t);
		if (o) return {
			x: r.ZERO,
			y: r.ZERO
		};
		if (!r.eql(l, r.ONE)) throw Error("invZ was invalid");
		return {
			x: s,
			y: c
		};
	}), C = Gn((e) => {
		if (e.is0()) {
			if (t.allowInfinityPoint && !r.is0(e.Y)) return;
			throw Error("bad point: ZERO");
		}
		let { x: n, y: i } = e.toAffine();
		if (!r.isValid(n) || !r.isValid(i)) throw Error("bad point: x or y not field elements");
		if (!g(n, i)) throw Error("bad point: equation left != right");
		if (!e.isTorsionFree()) throw Error("bad point: not in prime-order subgroup");
		return !0;
	});
	function w(e, t, n, i, a) {
		return n = new T(r.mul(n.X, e), n.Y, n.Z), t = Sr(i, t), n = Sr(a, n), t.add(n);
	}
	class T {
		static BASE = new T(a.Gx, a.Gy, r.ONE);
		static ZERO = new T(r.ZERO, r.ONE, r.ZERO);
		static Fp = r;
		static Fn = i;
		X;
		Y;
		Z;
		constructor(e, t, n) {
			this.X = y("x", e), this.Y = y("y", t, !0), this.Z = y("z", n), Object.freeze(this);
		}
		static CURVE() {
			return a;
		}
		static fromAffine(e) {
			let { x: t, y: n } = e || {};
			if (!e || !r.isValid(t) || !r.isValid(n)) throw Error("invalid affine point");
			if (e instanceof T) throw Error("projective point not allowed");
			return r.is0(t) && r.is0(n) ? T.ZERO : new T(t, n, r.ONE);
		}
		static fromBytes(e) {
			let t = T.fromAffine(m(U(e, void 0, "point")));
			return t.assertValidity(), t;
		}
		static fromHex(e) {
			return T.fromBytes(Sn(e));
		}
		get x() {
			return this.toAffine().x;
		}
		get y() {
			return this.toAffine().y;
		}
		precompute(e = 8, t = !0) {
			return D.createCache(this, e), t || this.multiply(Zr), this;
		}
		assertValidity() {
			C(this);
		}
		hasEvenY() {
			let { y: e } = this.toAffine();
			if (!r.isOdd) throw Error("Field doesn't support isOdd");
			return !r.isOdd(e);
		}
		equals(e) {
			b(e);
			let { X: t, Y: n, Z: i } = this, { X: a, Y: o, Z: s } = e, c = r.eql(r.mul(t, s), r.mul(a, i)), l = r.eql(r.mul(n, s), r.mul(o, i));
			return c && l;
		}
		negate() {
			return new T(this.X, r.neg(this.Y), this.Z);
		}
		double() {
			let { a: e, b: t } = a, n = r.mul(t, Zr), { X: i, Y: o, Z: s } = this, c = r.ZERO, l = r.ZERO, u = r.ZERO, d = r.mul(i, i), f = r.mul(o, o), p = r.mul(s, s), m = r.mul(i, o);
			return m = r.add(m, m), u = r.mul(i, s), u = r.add(u, u), c = r.mul(e, u), l = r.mul(n, p), l = r.add(c, l), c = r.sub(f, l), l = r.add(f, l), l = r.mul(c, l), c = r.mul(m, c), u = r.mul(n, u), p = r.mul(e, p), m = r.sub(d, p), m = r.mul(e, m), m = r.add(m, u), u = r.add(d, d), d = r.add(u, d), d = r.add(d, p), d = r.mul(d, m), l = r.add(l, d), p = r.mul(o, s), p = r.add(p, p), d = r.mul(p, m), c = r.sub(c, d), u = r.mul(p, f), u = r.add(u, u), u = r.add(u, u), new T(c, l, u);
		}
		add(e) {
			b(e);
			let { X: t, Y: n, Z: i } = this, { X: o, Y: s, Z: c } = e, l = r.ZERO, u = r.ZERO, d = r.ZERO, f = a.a, p = r.mul(a.b, Zr), m = r.mul(t, o), h = r.mul(n, s), g = r.mul(i, c), _ = r.add(t, n), v = r.add(o, s);
			_ = r.mul(_, v), v = r.add(m, h), _ = r.sub(_, v), v = r.add(t, i);
			let y = r.add(o, c);
			return v = r.mul(v, y), y = r.add(m, g), v = r.sub(v, y), y = r.add(n, i), l = r.add(s, c), y = r.mul(y, l), l = r.add(h, g), y = r.sub(y, l), d = r.mul(f, v), l = r.mul(p, g), d = r.add(l, d), l = r.sub(h, d), d = r.add(h, d), u = r.mul(l, d), h = r.add(m, m), h = r.add(h, m), g = r.mul(f, g), v = r.mul(p, v), h = r.add(h, g), g = r.sub(m, g), g = r.mul(f, g), v = r.add(v, g), m = r.mul(h, v), u = r.add(u, m), m = r.mul(y, v), l = r.mul(_, l), l = r.sub(l, m), m = r.mul(_, h), d = r.mul(y, d), d = r.add(d, m), new T(l, u, d);
		}
		subtract(e) {
			return this.add(e.negate());
		}
		is0() {
			return this.equals(T.ZERO);
		}
		multiply(e) {
			let { endo: n } = t;
			if (!i.isValidNot0(e)) throw Error("invalid scalar: out of range");
			let r, a, o = (e) => D.cached(this, e, (e) => Cr(T, e));
			if (n) {
				let { k1neg: t, k1: i, k2neg: s, k2: c } = x(e), { p: l, f: u } = o(i), { p: d, f } = o(c);
				a = u.add(f), r = w(n.beta, l, d, t, s);
			} else {
				let { p: t, f: n } = o(e);
				r = t, a = n;
			}
			return Cr(T, [r, a])[0];
		}
		multiplyUnsafe(e) {
			let { endo: n } = t, r = this;
			if (!i.isValid(e)) throw Error("invalid scalar: out of range");
			if (e === Jr || r.is0()) return T.ZERO;
			if (e === Yr) return r;
			if (D.hasCache(this)) return this.multiply(e);
			if (n) {
				let { k1neg: t, k1: i, k2neg: a, k2: o } = x(e), { p1: s, p2: c } = Mr(T, r, i, o);
				return w(n.beta, s, c, t, a);
			}
			return D.unsafe(r, e);
		}
		toAffine(e) {
			return S(this, e);
		}
		isTorsionFree() {
			let { isTorsionFree: e } = t;
			return o === Yr ? !0 : e ? e(T, this) : D.unsafe(this, s).is0();
		}
		clearCofactor() {
			let { clearCofactor: e } = t;
			return o === Yr ? this : e ? e(T, this) : this.multiplyUnsafe(o);
		}
		isSmallOrder() {
			return this.multiplyUnsafe(o).is0();
		}
		toBytes(e = !0) {
			return On(e, "isCompressed"), this.assertValidity(), p(T, this, e);
		}
		toHex(e = !0) {
			return yn(this.toBytes(e));
		}
		toString() {
			return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
		}
	}
	let E = i.BITS, D = new jr(T, t.endo ? Math.ceil(E / 2) : E);
	return T.BASE.precompute(8), T;
}
function ei(e) {
	return Uint8Array.of(e ? 2 : 3);
}
function ti(e, t) {
	return {
		secretKey: t.BYTES,
		publicKey: 1 + e.BYTES,
		publicKeyUncompressed: 1 + 2 * e.BYTES,
		publicKeyHasPrefix: !0,
		signature: 2 * t.BYTES
	};
}
function ni(e, t = {}) {
	let { Fn: n } = e, r = t.randomBytes || wn, i = Object.assign(ti(e.Fp, n), { seed: vr(n.ORDER) });
	function a(e) {
		try {
			let t = n.fromBytes(e);
			return n.isValidNot0(t);
		} catch {
			return !1;
		}
	}
	function o(t, n) {
		let { publicKey: r, publicKeyUncompressed: a } = i;
		try {
			let i = t.length;
			return n === !0 && i !== r || n === !1 && i !== a ? !1 : !!e.fromBytes(t);
		} catch {
			return !1;
		}
	}
	function s(e = r(i.seed)) {
		return yr(U(e, i.seed, "seed"), n.ORDER);
	}
	function c(t, r = !0) {
		return e.BASE.multiply(n.fromBytes(t)).toBytes(r);
	}
	function l(e) {
		let { secretKey: t, publicKey: r, publicKeyUncompressed: a } = i;
		if (!rn(e) || "_lengths" in n && n._lengths || t === r) return;
		let o = U(e, void 0, "key").length;
		return o === r || o === a;
	}
	function u(t, r, i = !0) {
		if (l(t) === !0) throw Error("first arg must be private key");
		if (l(r) === !1) throw Error("second arg must be public key");
		let a = n.fromBytes(t);
		return e.fromBytes(r).multiply(a).toBytes(i);
	}
	let d = {
		isValidSecretKey: a,
		isValidPublicKey: o,
		randomSecretKey: s
	}, f = Fr(s, c);
	return Object.freeze({
		getPublicKey: c,
		getSharedSecret: u,
		keygen: f,
		Point: e,
		utils: d,
		lengths: i
	});
}
function ri(e, t, n = {}) {
	on(t), Wn(n, {}, {
		hmac: "function",
		lowS: "boolean",
		randomBytes: "function",
		bits2int: "function",
		bits2int_modN: "function"
	}), n = Object.assign({}, n);
	let r = n.randomBytes || wn, i = n.hmac || ((e, n) => Hr(t, e, n)), { Fp: a, Fn: o } = e, { ORDER: s, BITS: c } = o, { keygen: l, getPublicKey: u, getSharedSecret: d, utils: f, lengths: p } = ni(e, n), m = {
		prehash: !0,
		lowS: typeof n.lowS != "boolean" || n.lowS,
		format: "compact",
		extraEntropy: !1
	}, h = s * Xr < a.ORDER;
	function g(e) {
		return e > s >> Yr;
	}
	function _(e, t) {
		if (!o.isValidNot0(t)) throw Error(`invalid signature ${e}: out of range 1..Point.Fn.ORDER`);
		return t;
	}
	function v() {
		if (h) throw Error("\"recovered\" sig type is not supported for cofactor >2 curves");
	}
	function y(e, t) {
		Gr(t);
		let n = p.signature;
		return U(e, t === "compact" ? n : t === "recovered" ? n + 1 : void 0);
	}
	class b {
		r;
		s;
		recovery;
		constructor(e, t, n) {
			if (this.r = _("r", e), this.s = _("s", t), n != null) {
				if (v(), ![
					0,
					1,
					2,
					3
				].includes(n)) throw Error("invalid recovery id");
				this.recovery = n;
			}
			Object.freeze(this);
		}
		static fromBytes(e, t = m.format) {
			y(e, t);
			let n;
			if (t === "der") {
				let { r: t, s: n } = qr.toSig(U(e));
				return new b(t, n);
			}
			t === "recovered" && (n = e[0], t = "compact", e = e.subarray(1));
			let r = p.signature / 2, i = e.subarray(0, r), a = e.subarray(r, r * 2);
			return new b(o.fromBytes(i), o.fromBytes(a), n);
		}
		static fromHex(e, t) {
			return this.fromBytes(Sn(e), t);
		}
		assertRecovery() {
			let { recovery: e } = this;
			if (e == null) throw Error("invalid recovery id: must be present");
			return e;
		}
		addRecoveryBit(e) {
			return new b(this.r, this.s, e);
		}
		recoverPublicKey(t) {
			let { r: n, s: r } = this, i = this.assertRecovery(), c = i === 2 || i === 3 ? n + s : n;
			if (!a.isValid(c)) throw Error("invalid recovery id: sig.r+curve.n != R.x");
			let l = a.toBytes(c), u = e.fromBytes(W(ei(!(i & 1)), l)), d = o.inv(c), f = S(U(t, void 0, "msgHash")), p = o.create(-f * d), m = o.create(r * d), h = e.BASE.multiplyUnsafe(p).add(u.multiplyUnsafe(m));
			if (h.is0()) throw Error("invalid recovery: point at infinify");
			return h.assertValidity(), h;
		}
		hasHighS() {
			return g(this.s);
		}
		toBytes(e = m.format) {
			if (Gr(e), e === "der") return Sn(qr.hexFromSig(this));
			let { r: t, s: n } = this, r = o.toBytes(t), i = o.toBytes(n);
			return e === "recovered" ? (v(), W(Uint8Array.of(this.assertRecovery()), r, i)) : W(r, i);
		}
		toHex(e) {
			return yn(this.toBytes(e));
		}
	}
	let x = n.bits2int || function(e) {
		if (e.length > 8192) throw Error("input is too large");
		let t = Mn(e), n = e.length * 8 - c;
		return n > 0 ? t >> BigInt(n) : t;
	}, S = n.bits2int_modN || function(e) {
		return o.create(x(e));
	}, C = Hn(c);
	function w(e) {
		return Bn("num < 2^" + c, e, Jr, C), o.toBytes(e);
	}
	function T(e, n) {
		return U(e, void 0, "message"), n ? U(t(e), void 0, "prehashed message") : e;
	}
	function E(t, n, i) {
		let { lowS: a, prehash: s, extraEntropy: c } = Kr(i, m);
		t = T(t, s);
		let l = S(t), u = o.fromBytes(n);
		if (!o.isValidNot0(u)) throw Error("invalid private key");
		let d = [w(u), w(l)];
		if (c != null && c !== !1) {
			let e = c === !0 ? r(p.secretKey) : c;
			d.push(U(e, void 0, "extraEntropy"));
		}
		let f = W(...d), _ = l;
		function v(t) {
			let n = x(t);
			if (!o.isValidNot0(n)) return;
			let r = o.inv(n), i = e.BASE.multiply(n).toAffine(), s = o.create(i.x);
			if (s === Jr) return;
			let c = o.create(r * o.create(_ + s * u));
			if (c === Jr) return;
			let l = (i.x === s ? 0 : 2) | Number(i.y & Yr), d = c;
			return a && g(c) && (d = o.neg(c), l ^= 1), new b(s, d, h ? void 0 : l);
		}
		return {
			seed: f,
			k2sig: v
		};
	}
	function D(e, n, r = {}) {
		let { seed: a, k2sig: s } = E(e, n, r);
		return Un(t.outputLen, o.BYTES, i)(a, s).toBytes(r.format);
	}
	function O(t, n, r, i = {}) {
		let { lowS: a, prehash: s, format: c } = Kr(i, m);
		if (r = U(r, void 0, "publicKey"), n = T(n, s), !rn(t)) {
			let e = t instanceof b ? ", use sig.toBytes()" : "";
			throw Error("verify expects Uint8Array signature" + e);
		}
		y(t, c);
		try {
			let i = b.fromBytes(t, c), s = e.fromBytes(r);
			if (a && i.hasHighS()) return !1;
			let { r: l, s: u } = i, d = S(n), f = o.inv(u), p = o.create(d * f), m = o.create(l * f), h = e.BASE.multiplyUnsafe(p).add(s.multiplyUnsafe(m));
			return !h.is0() && o.create(h.x) === l;
		} catch {
			return !1;
		}
	}
	function k(e, t, n = {}) {
		let { prehash: r } = Kr(n, m);
		return t = T(t, r), b.fromBytes(e, "recovered").recoverPublicKey(t).toBytes();
	}
	return Object.freeze({
		keygen: l,
		getPublicKey: u,
		getSharedSecret: d,
		utils: f,
		lengths: p,
		Point: e,
		sign: D,
		verify: O,
		recoverPublicKey: k,
		Signature: b,
		hash: t
	});
}
// node_modules/@noble/post-quantum/node_modules/@noble/hashes/_md.js
function ii(e, t, n) {
	return e & t ^ ~e & n;
}
function ai(e, t, n) {
	return e & t ^ e & n ^ t & n;
}
var oi = class {
	blockLen;
	outputLen;
	padOffset;
	isLE;
	buffer;
	view;
	finished = !1;
	length = 0;
	pos = 0;
	destroyed = !1;
	constructor(e, t, n, r) {
		this.blockLen = e, this.outputLen = t, this.padOffset = n, this.isLE = r, this.buffer = new Uint8Array(e), this.view = dn(this.buffer);
	}
	update(e) {
		sn(this), U(e);
		let { view: t, buffer: n, blockLen: r } = this, i = e.length;
		for (let a = 0; a < i;) {
			let o = Math.min(r - this.pos, i - a);
			if (o === r) {
				let t = dn(e);
				for (; r <= i - a; a += r) this.process(t, a);
			} else n.set(e.subarray(a, a + o), this.pos), this.pos += o, a += o, this.pos === r && (this.process(t, 0), this.pos = 0);
		}
		return this.length += e.length, this.roundClean(), this;
	}
	digestInto(e) {
		sn(this), cn(e, this), this.finished = !0;
		let { buffer: t, view: n, blockLen: r, isLE: i } = this, { pos: a } = this;
		t[a++] = 128, un(this.buffer.subarray(a)), this.padOffset > r - a && (this.process(n, 0), a = 0);
		for (let e = a; e < r; e++) t[e] = 0;
		n.setBigUint64(r - 8, BigInt(this.length * 8), i), this.process(n, 0);
		let o = dn(e), s = this.outputLen;
		if (s % 4) throw Error("_sha2: outputLen must be aligned to 32bit");
		let c = s / 4, l = this.get();
		if (c > l.length) throw Error("_sha2: outputLen bigger than state");
		for (let e = 0; e < c; e++) o.setUint32(4 * e, l[e], i);
	}
	digest() {
		let { buffer: e, outputLen: t } = this;
		this.digestInto(e);
		let n = e.slice(0, t);
		return this.destroy(), n;
	}
	_cloneInto(e) {
		e ||= new this.constructor(), e.set(...this.get());
		let { blockLen: t, buffer: n, length: r, finished: i, destroyed: a, pos: o } = this;
		return e.destroyed = a, e.finished = i, e.length = r, e.pos = o, r % t && e.buffer.set(n), e;
	}
	clone() {
		return this._cloneInto();
	}
}, si = /* @__PURE__ */ Uint32Array.from([
	1779033703,
	3144134277,
	1013904242,
	2773480762,
	1359893119,
	2600822924,
	528734635,
	1541459225
]), q = /* @__PURE__ */ Uint32Array.from([
	3418070365,
	3238371032,
	1654270250,
	914150663,
	2438529370,
	812702999,
	355462360,
	4144912697,
	1731405415,
	4290775857,
	2394180231,
	1750603025,
	3675008525,
	1694076839,
	1203062813,
	3204075428
]), ci = /* @__PURE__ */ BigInt(2 ** 32 - 1), li = /* @__PURE__ */ BigInt(32);
function ui(e, t = !1) {
	return t ? {
		h: Number(e & ci),
		l: Number(e >> li & ci)
	} : {
		h: Number(e >> li & ci) | 0,
		l: Number(e & ci) | 0
	};
}
function di(e, t = !1) {
	let n = e.length, r = new Uint32Array(n), i = new Uint32Array(n);
	for (let a = 0; a < n; a++) {
		let { h: n, l: o } = ui(e[a], t);
		[r[a], i[a]] = [n, o];
	}
	return [r, i];
}
var fi = (e, t, n) => e >>> n, pi = (e, t, n) => e << 32 - n | t >>> n, mi = (e, t, n) => e >>> n | t << 32 - n, hi = (e, t, n) => e << 32 - n | t >>> n, gi = (e, t, n) => e << 64 - n | t >>> n - 32, _i = (e, t, n) => e >>> n - 32 | t << 64 - n, vi = (e, t, n) => e << n | t >>> 32 - n, yi = (e, t, n) => t << n | e >>> 32 - n, bi = (e, t, n) => t << n - 32 | e >>> 64 - n, xi = (e, t, n) => e << n - 32 | t >>> 64 - n;
function Si(e, t, n, r) {
	let i = (t >>> 0) + (r >>> 0);
	return {
		h: e + n + (i / 2 ** 32 | 0) | 0,
		l: i | 0
	};
}
var Ci = (e, t, n) => (e >>> 0) + (t >>> 0) + (n >>> 0), wi = (e, t, n, r) => t + n + r + (e / 2 ** 32 | 0) | 0, Ti = (e, t, n, r) => (e >>> 0) + (t >>> 0) + (n >>> 0) + (r >>> 0), Ei = (e, t, n, r, i) => t + n + r + i + (e / 2 ** 32 | 0) | 0, Di = (e, t, n, r, i) => (e >>> 0) + (t >>> 0) + (n >>> 0) + (r >>> 0) + (i >>> 0), Oi = (e, t, n, r, i, a) => t + n + r + i + a + (e / 2 ** 32 | 0) | 0, ki = /* @__PURE__ */ Uint32Array.from([
	1116352408,
	1899447441,
	3049323471,
	3921009573,
	961987163,
	1508970993,
	2453635748,
	2870763221,
	3624381080,
	310598401,
	607225278,
	1426881987,
	1925078388,
	2162078206,
	2614888103,
	3248222580,
	3835390401,
	4022224774,
	264347078,
	604807628,
	770255983,
	1249150122,
	1555081692,
	1996064986,
	2554220882,
	2821834349,
	2952996808,
	3210313671,
	3336571891,
	3584528711,
	113926993,
	338241895,
	666307205,
	773529912,
	1294757372,
	1396182291,
	1695183700,
	1986661051,
	2177026350,
	2456956037,
	2730485921,
	2820302411,
	3259730800,
	3345764771,
	3516065817,
	3600352804,
	4094571909,
	275423344,
	430227734,
	506948616,
	659060556,
	883997877,
	958139571,
	1322822218,
	1537002063,
	1747873779,
	1955562222,
	2024104815,
	2227730452,
	2361852424,
	2428436474,
	2756734187,
	3204031479,
	3329325298
]), Ai = /* @__PURE__ */ new Uint32Array(64), ji = class extends oi {
	constructor(e) {
		super(64, e, 8, !1);
	}
	get() {
		let { A: e, B: t, C: n, D: r, E: i, F: a, G: o, H: s } = this;
		return [
			e,
			t,
			n,
			r,
			i,
			a,
			o,
			s
		];
	}
	set(e, t, n, r, i, a, o, s) {
		this.A = e | 0, this.B = t | 0, this.C = n | 0, this.D = r | 0, this.E = i | 0, this.F = a | 0, this.G = o | 0, this.H = s | 0;
	}
	process(e, t) {
		for (let n = 0; n < 16; n++, t += 4) Ai[n] = e.getUint32(t, !1);
		for (let e = 16; e < 64; e++) {
			let t = Ai[e - 15], n = Ai[e - 2], r = fn(t, 7) ^ fn(t, 18) ^ t >>> 3, i = fn(n, 17) ^ fn(n, 19) ^ n >>> 10;
			Ai[e] = i + Ai[e - 7] + r + Ai[e - 16] | 0;
		}
		let { A: n, B: r, C: i, D: a, E: o, F: s, G: c, H: l } = this;
		for (let e = 0; e < 64; e++) {
			let t = fn(o, 6) ^ fn(o, 11) ^ fn(o, 25), u = l + t + ii(o, s, c) + ki[e] + Ai[e] | 0, d = (fn(n, 2) ^ fn(n, 13) ^ fn(n, 22)) + ai(n, r, i) | 0;
			l = c, c = s, s = o, o = a + u | 0, a = i, i = r, r = n, n = u + d | 0;
		}
		n = n + this.A | 0, r = r + this.B | 0, i = i + this.C | 0, a = a + this.D | 0, o = o + this.E | 0, s = s + this.F | 0, c = c + this.G | 0, l = l + this.H | 0, this.set(n, r, i, a, o, s, c, l);
	}
	roundClean() {
		un(Ai);
	}
	destroy() {
		this.set(0, 0, 0, 0, 0, 0, 0, 0), un(this.buffer);
	}
}, Mi = class extends ji {
	A = si[0] | 0;
	B = si[1] | 0;
	C = si[2] | 0;
	D = si[3] | 0;
	E = si[4] | 0;
	F = si[5] | 0;
	G = si[6] | 0;
	H = si[7] | 0;
	constructor() {
		super(32);
	}
}, Ni = /* @__PURE__ */ di((/* @__PURE__ */ "0x428a2f98d728ae22.0x7137449123ef65cd.0xb5c0fbcfec4d3b2f.0xe9b5dba58189dbbc.0x3956c25bf348b538.0x59f111f1b605d019.0x923f82a4af194f9b.0xab1c5ed5da6d8118.0xd807aa98a3030242.0x12835b0145706fbe.0x243185be4ee4b28c.0x550c7dc3d5ffb4e2.0x72be5d74f27b896f.0x80deb1fe3b1696b1.0x9bdc06a725c71235.0xc19bf174cf692694.0xe49b69c19ef14ad2.0xefbe4786384f25e3.0x0fc19dc68b8cd5b5.0x240ca1cc77ac9c65.0x2de92c6f592b0275.0x4a7484aa6ea6e483.0x5cb0a9dcbd41fbd4.0x76f988da831153b5.0x983e5152ee66dfab.0xa831c66d2db43210.0xb00327c898fb213f.0xbf597fc7beef0ee4.0xc6e00bf33da88fc2.0xd5a79147930aa725.0x06ca6351e003826f.0x142929670a0e6e70.0x27b70a8546d22ffc.0x2e1b21385c26c926.0x4d2c6dfc5ac42aed.0x53380d139d95b3df.0x650a73548baf63de.0x766a0abb3c77b2a8.0x81c2c92e47edaee6.0x92722c851482353b.0xa2bfe8a14cf10364.0xa81a664bbc423001.0xc24b8b70d0f89791.0xc76c51a30654be30.0xd192e819d6ef5218.0xd69906245565a910.0xf40e35855771202a.0x106aa07032bbd1b8.0x19a4c116b8d2d0c8.0x1e376c085141ab53.0x2748774cdf8eeb99.0x34b0bcb5e19b48a8.0x391c0cb3c5c95a63.0x4ed8aa4ae3418acb.0x5b9cca4f7763e373.0x682e6ff3d6b2b8a3.0x748f82ee5defb2fc.0x78a5636f43172f60.0x84c87814a1f0ab72.0x8cc702081a6439ec.0x90befffa23631e28.0xa4506cebde82bde9.0xbef9a3f7b2c67915.0xc67178f2e372532b.0xca273eceea26619c.0xd186b8c721c0c207.0xeada7dd6cde0eb1e.0xf57d4f7fee6ed178.0x06f067aa72176fba.0x0a637dc5a2c898a6.0x113f9804bef90dae.0x1b710b35131c471b.0x28db77f523047d84.0x32caab7b40c72493.0x3c9ebe0a15c9bebc.0x431d67c49c100d4c.0x4cc5d4becb3e42b6.0x597f299cfc657e2a.0x5fcb6fab3ad6faec.0x6c44198c4a475817".split(".")).map((e) => BigInt(e))), Pi = Ni[0], Fi = Ni[1], Ii = /* @__PURE__ */ new Uint32Array(80), Li = /* @__PURE__ */ new Uint32Array(80), Ri = class extends oi {
	constructor(e) {
		super(128, e, 16, !1);
	}
	get() {
		let { Ah: e, Al: t, Bh: n, Bl: r, Ch: i, Cl: a, Dh: o, Dl: s, Eh: c, El: l, Fh: u, Fl: d, Gh: f, Gl: p, Hh: m, Hl: h } = this;
		return [
			e,
			t,
			n,
			r,
			i,
			a,
			o,
			s,
			c,
			l,
			u,
			d,
			f,
			p,
			m,
			h
		];
	}
	set(e, t, n, r, i, a, o, s, c, l, u, d, f, p, m, h) {
		this.Ah = e | 0, this.Al = t | 0, this.Bh = n | 0, this.Bl = r | 0, this.Ch = i | 0, this.Cl = a | 0, this.Dh = o | 0, this.Dl = s | 0, this.Eh = c | 0, this.El = l | 0, this.Fh = u | 0, this.Fl = d | 0, this.Gh = f | 0, this.Gl = p | 0, this.Hh = m | 0, this.Hl = h | 0;
	}
	process(e, t) {
		for (let n = 0; n < 16; n++, t += 4) Ii[n] = e.getUint32(t), Li[n] = e.getUint32(t += 4);
		for (let e = 16; e < 80; e++) {
			let t = Ii[e - 15] | 0, n = Li[e - 15] | 0, r = mi(t, n, 1) ^ mi(t, n, 8) ^ fi(t, n, 7), i = hi(t, n, 1) ^ hi(t, n, 8) ^ pi(t, n, 7), a = Ii[e - 2] | 0, o = Li[e - 2] | 0, s = mi(a, o, 19) ^ gi(a, o, 61) ^ fi(a, o, 6), c = Ti(i, hi(a, o, 19) ^ _i(a, o, 61) ^ pi(a, o, 6), Li[e - 7], Li[e - 16]), l = Ei(c, r, s, Ii[e - 7], Ii[e - 16]);
			Ii[e] = l | 0, Li[e] = c | 0;
		}
		let { Ah: n, Al: r, Bh: i, Bl: a, Ch: o, Cl: s, Dh: c, Dl: l, Eh: u, El: d, Fh: f, Fl: p, Gh: m, Gl: h, Hh: g, Hl: _ } = this;
		for (let e = 0; e < 80; e++) {
			let t = mi(u, d, 14) ^ mi(u, d, 18) ^ gi(u, d, 41), v = hi(u, d, 14) ^ hi(u, d, 18) ^ _i(u, d, 41), y = u & f ^ ~u & m, b = d & p ^ ~d & h, x = Di(_, v, b, Fi[e], Li[e]), S = Oi(x, g, t, y, Pi[e], Ii[e]), C = x | 0, w = mi(n, r, 28) ^ gi(n, r, 34) ^ gi(n, r, 39), T = hi(n, r, 28) ^ _i(n, r, 34) ^ _i(n, r, 39), E = n & i ^ n & o ^ i & o, D = r & a ^ r & s ^ a & s;
			g = m | 0, _ = h | 0, m = f | 0, h = p | 0, f = u | 0, p = d | 0, {h: u, l: d} = Si(c | 0, l | 0, S | 0, C | 0), c = o | 0, l = s | 0, o = i | 0, s = a | 0, i = n | 0, a = r | 0;
			let O = Ci(C, T, D);
			n = wi(O, S, w, E), r = O | 0;
		}
		({h: n, l: r} = Si(this.Ah | 0, this.Al | 0, n | 0, r | 0)), {h: i, l: a} = Si(this.Bh | 0, this.Bl | 0, i | 0, a | 0), {h: o, l: s} = Si(this.Ch | 0, this.Cl | 0, o | 0, s | 0), {h: c, l: l} = Si(this.Dh | 0, this.Dl | 0, c | 0, l | 0), {h: u, l: d} = Si(this.Eh | 0, this.El | 0, u | 0, d | 0), {h: f, l: p} = Si(this.Fh | 0, this.Fl | 0, f | 0, p | 0), {h: m, l: h} = Si(this.Gh | 0, this.Gl | 0, m | 0, h | 0), {h: g, l: _} = Si(this.Hh | 0, this.Hl | 0, g | 0, _ | 0), this.set(n, r, i, a, o, s, c, l, u, d, f, p, m, h, g, _);
	}
	roundClean() {
		un(Ii, Li);
	}
	destroy() {
		un(this.buffer), this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	}
}, zi = class extends Ri {
	Ah = q[0] | 0;
	Al = q[1] | 0;
	Bh = q[2] | 0;
	Bl = q[3] | 0;
	Ch = q[4] | 0;
	Cl = q[5] | 0;
	Dh = q[6] | 0;
	Dl = q[7] | 0;
	Eh = q[8] | 0;
	El = q[9] | 0;
	Fh = q[10] | 0;
	Fl = q[11] | 0;
	Gh = q[12] | 0;
	Gl = q[13] | 0;
	Hh = q[14] | 0;
	Hl = q[15] | 0;
	constructor() {
		super(48);
	}
}, Bi = /* @__PURE__ */ Cn(() => new Mi(), /* @__PURE__ */ Tn(1)), Vi = /* @__PURE__ */ Cn(() => new zi(), /* @__PURE__ */ Tn(2)), Hi = BigInt(1), Ui = BigInt(2), Wi = /* @__PURE__ */ BigInt(3), Gi = BigInt(5), Ki = BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
function qi(e) {
	let t = BigInt(10), n = BigInt(20), r = BigInt(40), i = BigInt(80), a = Ki, o = e * e % a * e % a, s = tr(tr(o, Ui, a) * o % a, Hi, a) * e % a, c = tr(s, Gi, a) * s % a, l = tr(c, t, a) * c % a, u = tr(l, n, a) * l % a, d = tr(u, r, a) * u % a;
	return {
		pow_p_5_8: tr(tr(tr(tr(d, i, a) * d % a, i, a) * d % a, t, a) * c % a, Ui, a) * e % a,
		b2: o
	};
}
function Ji(e) {
	return e[0] &= 248, e[31] &= 127, e[31] |= 64, e;
}
var Yi = /* @__PURE__ */ (() => {
	let e = Ki;
	return Br({
		P: e,
		type: "x25519",
		powPminus2: (t) => {
			let { pow_p_5_8: n, b2: r } = qi(t);
			return er(tr(n, Wi, e) * r, e);
		},
		adjustScalarBytes: Ji
	});
})(), Xi = {
	p: BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
	n: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
	h: BigInt(1),
	a: BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
	b: BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
	Gx: BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
	Gy: BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
}, Zi = {
	p: BigInt("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
	n: BigInt("0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
	h: BigInt(1),
	a: BigInt("0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc"),
	b: BigInt("0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
	Gx: BigInt("0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7"),
	Gy: BigInt("0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")
}, Qi = /* @__PURE__ */ ri(/* @__PURE__ */ $r(Xi), Bi), $i = /* @__PURE__ */ ri(/* @__PURE__ */ $r(Zi), Vi);
// node_modules/@noble/post-quantum/node_modules/@noble/hashes/hkdf.js
function ea(e, t, n) {
	return on(e), n === void 0 && (n = new Uint8Array(e.outputLen)), Hr(e, n, t);
}
var ta = /* @__PURE__ */ Uint8Array.of(0), na = /* @__PURE__ */ Uint8Array.of();
function ra(e, t, n, r = 32) {
	on(e), an(r, "length");
	let i = e.outputLen;
	if (r > 255 * i) throw Error("Length must be <= 255*HashLen");
	let a = Math.ceil(r / i);
	n === void 0 ? n = na : U(n, void 0, "info");
	let o = new Uint8Array(a * i), s = Hr.create(e, t), c = s._cloneInto(), l = new Uint8Array(s.outputLen);
	for (let e = 0; e < a; e++) ta[0] = e + 1, c.update(e === 0 ? na : l).update(n).update(ta).digestInto(l), o.set(l, i * e), s._cloneInto(c);
	return s.destroy(), c.destroy(), un(l, ta), o.slice(0, r);
}
// node_modules/@noble/post-quantum/node_modules/@noble/hashes/sha3.js
var ia = BigInt(0), aa = BigInt(1), oa = BigInt(2), sa = BigInt(7), ca = BigInt(256), la = BigInt(113), ua = [], da = [], fa = [];
for (let e = 0, t = aa, n = 1, r = 0; e < 24; e++) {
	[n, r] = [r, (2 * n + 3 * r) % 5], ua.push(2 * (5 * r + n)), da.push((e + 1) * (e + 2) / 2 % 64);
	let i = ia;
	for (let e = 0; e < 7; e++) t = (t << aa ^ (t >> sa) * la) % ca, t & oa && (i ^= aa << (aa << BigInt(e)) - aa);
	fa.push(i);
}
var pa = di(fa, !0), ma = pa[0], ha = pa[1], ga = (e, t, n) => n > 32 ? bi(e, t, n) : vi(e, t, n), _a = (e, t, n) => n > 32 ? xi(e, t, n) : yi(e, t, n);
function va(e, t = 24) {
	let n = /* @__PURE__ */ new Uint32Array(10);
	for (let r = 24 - t; r < 24; r++) {
		for (let t = 0; t < 10; t++) n[t] = e[t] ^ e[t + 10] ^ e[t + 20] ^ e[t + 30] ^ e[t + 40];
		for (let t = 0; t < 10; t += 2) {
			let r = (t + 8) % 10, i = (t + 2) % 10, a = n[i], o = n[i + 1], s = ga(a, o, 1) ^ n[r], c = _a(a, o, 1) ^ n[r + 1];
			for (let n = 0; n < 50; n += 10) e[t + n] ^= s, e[t + n + 1] ^= c;
		}
		let t = e[2], i = e[3];
		for (let n = 0; n < 24; n++) {
			let r = da[n], a = ga(t, i, r), o = _a(t, i, r), s = ua[n];
			t = e[s], i = e[s + 1], e[s] = a, e[s + 1] = o;
		}
		for (let t = 0; t < 50; t += 10) {
			for (let r = 0; r < 10; r++) n[r] = e[t + r];
			for (let r = 0; r < 10; r++) e[t + r] ^= ~n[(r + 2) % 10] & n[(r + 4) % 10];
		}
		e[0] ^= ma[r], e[1] ^= ha[r];
	}
	un(n);
}
var ya = class e {
	state;
	pos = 0;
	posOut = 0;
	finished = !1;
	state32;
	destroyed = !1;
	blockLen;
	suffix;
	outputLen;
	enableXOF = !1;
	rounds;
	constructor(e, t, n, r = !1, i = 24) {
		if (this.blockLen = e, this.suffix = t, this.outputLen = n, this.enableXOF = r, this.rounds = i, an(n, "outputLen"), !(0 < e && e < 200)) throw Error("only keccak-f1600 function is supported");
		this.state = /* @__PURE__ */ new Uint8Array(200), this.state32 = ln(this.state);
	}
	clone() {
		return this._cloneInto();
	}
	keccak() {
		gn(this.state32), va(this.state32, this.rounds), gn(this.state32), this.posOut = 0, this.pos = 0;
	}
	update(e) {
		sn(this), U(e);
		let { blockLen: t, state: n } = this, r = e.length;
		for (let i = 0; i < r;) {
			let a = Math.min(t - this.pos, r - i);
			for (let t = 0; t < a; t++) n[this.pos++] ^= e[i++];
			this.pos === t && this.keccak();
		}
		return this;
	}
	finish() {
		if (this.finished) return;
		this.finished = !0;
		let { state: e, suffix: t, pos: n, blockLen: r } = this;
		e[n] ^= t, t & 128 && n === r - 1 && this.keccak(), e[r - 1] ^= 128, this.keccak();
	}
	writeInto(e) {
		sn(this, !1), U(e), this.finish();
		let t = this.state, { blockLen: n } = this;
		for (let r = 0, i = e.length; r < i;) {
			this.posOut >= n && this.keccak();
			let a = Math.min(n - this.posOut, i - r);
			e.set(t.subarray(this.posOut, this.posOut + a), r), this.posOut += a, r += a;
		}
		return e;
	}
	xofInto(e) {
		if (!this.enableXOF) throw Error("XOF is not possible for this instance");
		return this.writeInto(e);
	}
	xof(e) {
		return an(e), this.xofInto(new Uint8Array(e));
	}
	digestInto(e) {
		if (cn(e, this), this.finished) throw Error("digest() was already called");
		return this.writeInto(e), this.destroy(), e;
	}
	digest() {
		return this.digestInto(new Uint8Array(this.outputLen));
	}
	destroy() {
		this.destroyed = !0, un(this.state);
	}
	_cloneInto(t) {
		let { blockLen: n, suffix: r, outputLen: i, rounds: a, enableXOF: o } = this;
		return t ||= new e(n, r, i, o, a), t.state32.set(this.state32), t.pos = this.pos, t.posOut = this.posOut, t.finished = this.finished, t.rounds = a, t.suffix = r, t.outputLen = i, t.enableXOF = o, t.destroyed = this.destroyed, t;
	}
}, ba = (e, t, n, r = {}) => Cn(() => new ya(t, e, n), r), xa = /* @__PURE__ */ ba(6, 136, 32, /* @__PURE__ */ Tn(8)), Sa = /* @__PURE__ */ ba(6, 72, 64, /* @__PURE__ */ Tn(10)), Ca = (e, t, n, r = {}) => Cn((r = {}) => new ya(t, e, r.dkLen === void 0 ? n : r.dkLen, !0), r), wa = /* @__PURE__ */ Ca(31, 168, 16, /* @__PURE__ */ Tn(11)), Ta = /* @__PURE__ */ Ca(31, 136, 32, /* @__PURE__ */ Tn(12));
// node_modules/@noble/post-quantum/node_modules/@noble/curves/abstract/fft.js
function Ea(e) {
	if (!Number.isSafeInteger(e) || e < 0 || e > 4294967295) throw Error("wrong u32 integer:" + e);
	return e;
}
function Da(e) {
	return Ea(e), !(e & e - 1) && e !== 0;
}
function Oa(e, t) {
	Ea(e);
	let n = 0;
	for (let r = 0; r < t; r++, e >>>= 1) n = n << 1 | e & 1;
	return n;
}
function ka(e) {
	return Ea(e), 31 - Math.clz32(e);
}
function Aa(e) {
	let t = e.length;
	if (t < 2 || !Da(t)) throw Error("n must be a power of 2 and greater than 1. Got " + t);
	let n = ka(t);
	for (let r = 0; r < t; r++) {
		let t = Oa(r, n);
		if (r < t) {
			let n = e[r];
			e[r] = e[t], e[t] = n;
		}
	}
	return e;
}
var ja = (e, t) => {
	let { N: n, roots: r, dit: i, invertButterflies: a = !1, skipStages: o = 0, brp: s = !0 } = t, c = ka(n);
	if (!Da(n)) throw Error("FFT: Polynomial size should be power of two");
	let l = i !== a;
	return (t) => {
		if (t.length !== n) throw Error("FFT: wrong Polynomial length");
		i && s && Aa(t);
		for (let s = 0, u = 1; s < c - o; s++) {
			let d = i ? s + 1 + o : c - s, f = 1 << d, p = f >> 1, m = n >> d;
			for (let o = 0; o < n; o += f) for (let s = 0, c = u++; s < p; s++) {
				let u = a ? i ? n - c : c : s * m, d = o + s, f = o + s + p, h = r[u], g = t[f], _ = t[d];
				if (l) {
					let n = e.mul(g, h);
					t[d] = e.add(_, n), t[f] = e.sub(_, n);
				} else a ? (t[d] = e.add(g, _), t[f] = e.mul(e.sub(g, _), h)) : (t[d] = e.add(_, g), t[f] = e.mul(e.sub(_, g), h));
			}
		}
		return !i && s && Aa(t), t;
	};
}, Ma = wn;
function Na(e, t) {
	if (e.length !== t.length) return !1;
	let n = 0;
	for (let r = 0; r < e.length; r++) n |= e[r] ^ t[r];
	return n === 0;
}
function Pa(e) {
	return Uint8Array.from(e);
}
function Fa(e, ...t) {
	let n = (e) => typeof e == "number" ? e : e.bytesLen, r = t.reduce((e, t) => e + n(t), 0);
	return {
		bytesLen: r,
		encode: (i) => {
			let a = new Uint8Array(r);
			for (let r = 0, o = 0; r < t.length; r++) {
				let s = t[r], c = n(s), l = typeof s == "number" ? i[r] : s.encode(i[r]);
				U(l, c, e), a.set(l, o), typeof s != "number" && l.fill(0), o += c;
			}
			return a;
		},
		decode: (i) => {
			U(i, r, e);
			let a = [];
			for (let e of t) {
				let t = n(e), r = i.subarray(0, t);
				a.push(typeof e == "number" ? r : e.decode(r)), i = i.subarray(t);
			}
			return a;
		}
	};
}
function Ia(e, t) {
	let n = t * e.bytesLen;
	return {
		bytesLen: n,
		encode: (r) => {
			if (r.length !== t) throw Error(`vecCoder.encode: wrong length=${r.length}. Expected: ${t}`);
			let i = new Uint8Array(n);
			for (let t = 0, n = 0; t < r.length; t++) {
				let a = e.encode(r[t]);
				i.set(a, n), a.fill(0), n += a.length;
			}
			return i;
		},
		decode: (t) => {
			U(t, n);
			let r = [];
			for (let n = 0; n < t.length; n += e.bytesLen) r.push(e.decode(t.subarray(n, n + e.bytesLen)));
			return r;
		}
	};
}
function J(...e) {
	for (let t of e) if (Array.isArray(t)) for (let e of t) e.fill(0);
	else t.fill(0);
}
function La(e) {
	return (1 << e) - 1;
}
// node_modules/@noble/post-quantum/_crystals.js
var Ra = (e) => {
	let { newPoly: t, N: n, Q: r, F: i, ROOT_OF_UNITY: a, brvBits: o, isKyber: s } = e, c = (e, t = r) => {
		let n = e % t | 0;
		return (n >= 0 ? n | 0 : t + n | 0) | 0;
	}, l = (e, t = r) => {
		let n = c(e, t) | 0;
		return (n > t >> 1 ? n - t | 0 : n) | 0;
	};
	function u() {
		let e = t(n);
		for (let t = 0; t < n; t++) {
			let n = Oa(t, o), i = BigInt(a) ** BigInt(n) % BigInt(r);
			e[t] = Number(i) | 0;
		}
		return e;
	}
	let d = u(), f = {
		add: (e, t) => c((e | 0) + (t | 0)) | 0,
		sub: (e, t) => c((e | 0) - (t | 0)) | 0,
		mul: (e, t) => c((e | 0) * (t | 0)) | 0,
		inv: (e) => {
			throw Error("not implemented");
		}
	}, p = {
		N: n,
		roots: d,
		invertButterflies: !0,
		skipStages: +!!s,
		brp: !1
	}, m = ja(f, {
		dit: !1,
		...p
	}), h = ja(f, {
		dit: !0,
		...p
	});
	return {
		mod: c,
		smod: l,
		nttZetas: d,
		NTT: {
			encode: (e) => m(e),
			decode: (e) => {
				h(e);
				for (let t = 0; t < e.length; t++) e[t] = c(i * e[t]);
				return e;
			}
		},
		bitsCoder: (e, r) => {
			let i = La(e), a = n / 8 * e;
			return {
				bytesLen: a,
				encode: (t) => {
					let n = new Uint8Array(a);
					for (let a = 0, o = 0, s = 0, c = 0; a < t.length; a++) for (o |= (r.encode(t[a]) & i) << s, s += e; s >= 8; s -= 8, o >>= 8) n[c++] = o & La(s);
					return n;
				},
				decode: (a) => {
					let o = t(n);
					for (let t = 0, n = 0, s = 0, c = 0; t < a.length; t++) for (n |= a[t] << s, s += 8; s >= e; s -= e, n >>= e) o[c++] = r.decode(n & i);
					return o;
				}
			};
		}
	};
}, za = /* @__PURE__ */ ((e) => (t, n) => {
	n ||= e.blockLen;
	let r = new Uint8Array(t.length + 2);
	r.set(t);
	let i = t.length, a = new Uint8Array(n), o = e.create({}), s = 0, c = 0;
	return {
		stats: () => ({
			calls: s,
			xofs: c
		}),
		get: (t, n) => (r[i + 0] = t, r[i + 1] = n, o.destroy(), o = e.create({}).update(r), s++, () => (c++, o.xofInto(a))),
		clean: () => {
			o.destroy(), J(a, r);
		}
	};
})(wa), Y = 256, Ba = 3329, { mod: Va, nttZetas: Ha, NTT: Ua, bitsCoder: Wa } = Ra({
	N: Y,
	Q: Ba,
	F: 3303,
	ROOT_OF_UNITY: 17,
	newPoly: (e) => new Uint16Array(e),
	brvBits: 7,
	isKyber: !0
}), Ga = {
	512: {
		N: Y,
		Q: Ba,
		K: 2,
		ETA1: 3,
		ETA2: 2,
		du: 10,
		dv: 4,
		RBGstrength: 128
	},
	768: {
		N: Y,
		Q: Ba,
		K: 3,
		ETA1: 2,
		ETA2: 2,
		du: 10,
		dv: 4,
		RBGstrength: 192
	},
	1024: {
		N: Y,
		Q: Ba,
		K: 4,
		ETA1: 2,
		ETA2: 2,
		du: 11,
		dv: 5,
		RBGstrength: 256
	}
}, Ka = (e) => {
	if (e >= 12) return {
		encode: (e) => e,
		decode: (e) => e
	};
	let t = 2 ** (e - 1);
	return {
		encode: (t) => ((t << e) + Ba / 2) / Ba,
		decode: (n) => n * Ba + t >>> e
	};
}, qa = (e) => Wa(e, Ka(e));
function Ja(e, t) {
	for (let n = 0; n < Y; n++) e[n] = Va(e[n] + t[n]);
}
function Ya(e, t) {
	for (let n = 0; n < Y; n++) e[n] = Va(e[n] - t[n]);
}
function Xa(e, t, n, r, i) {
	return {
		c0: Va(t * r * i + e * n),
		c1: Va(e * r + t * n)
	};
}
function Za(e, t) {
	for (let n = 0; n < Y / 2; n++) {
		let r = Ha[64 + (n >> 1)];
		n & 1 && (r = -r);
		let { c0: i, c1: a } = Xa(e[2 * n + 0], e[2 * n + 1], t[2 * n + 0], t[2 * n + 1], r);
		e[2 * n + 0] = i, e[2 * n + 1] = a;
	}
	return e;
}
function Qa(e) {
	let t = new Uint16Array(Y);
	for (let n = 0; n < Y;) {
		let r = e();
		if (r.length % 3) throw Error("SampleNTT: unaligned block");
		for (let e = 0; n < Y && e + 3 <= r.length; e += 3) {
			let i = (r[e + 0] | 0 | r[e + 1] << 8) & 4095, a = (r[e + 1] >> 4 | r[e + 2] << 4) & 4095;
			i < Ba && (t[n++] = i), n < Y && a < Ba && (t[n++] = a);
		}
	}
	return t;
}
function $a(e, t, n, r) {
	let i = e(r * Y / 4, t, n), a = new Uint16Array(Y), o = ln(i), s = 0;
	for (let e = 0, t = 0, n = 0, i = 0; e < o.length; e++) {
		let c = o[e];
		for (let e = 0; e < 32; e++) n += c & 1, c >>= 1, s += 1, s === r ? (i = n, n = 0) : s === 2 * r && (a[t++] = Va(i - n), n = 0, s = 0);
	}
	if (s) throw Error(`sampleCBD: leftover bits: ${s}`);
	return a;
}
var eo = (e) => {
	let { K: t, PRF: n, XOF: r, HASH512: i, ETA1: a, ETA2: o, du: s, dv: c } = e, l = qa(1), u = qa(c), d = qa(s), f = Fa("publicKey", Ia(qa(12), t), 32), p = Ia(qa(12), t), m = Fa("ciphertext", Ia(d, t), u), h = Fa("seed", 32, 32);
	return {
		secretCoder: p,
		lengths: {
			secretKey: p.bytesLen,
			publicKey: f.bytesLen,
			cipherText: m.bytesLen
		},
		keygen: (e) => {
			U(e, 32, "seed");
			let o = /* @__PURE__ */ new Uint8Array(33);
			o.set(e), o[32] = t;
			let s = i(o), [c, l] = h.decode(s), u = [], d = [];
			for (let e = 0; e < t; e++) u.push(Ua.encode($a(n, l, e, a)));
			let m = r(c);
			for (let e = 0; e < t; e++) {
				let r = Ua.encode($a(n, l, t + e, a));
				for (let n = 0; n < t; n++) Ja(r, Za(Qa(m.get(n, e)), u[n]));
				d.push(r);
			}
			m.clean();
			let g = {
				publicKey: f.encode([d, c]),
				secretKey: p.encode(u)
			};
			return J(c, l, u, d, o, s), g;
		},
		encrypt: (e, i, s) => {
			let [c, u] = f.decode(e), d = [];
			for (let e = 0; e < t; e++) d.push(Ua.encode($a(n, s, e, a)));
			let p = r(u), h = new Uint16Array(Y), g = [];
			for (let e = 0; e < t; e++) {
				let r = $a(n, s, t + e, o), i = new Uint16Array(Y);
				for (let n = 0; n < t; n++) Ja(i, Za(Qa(p.get(e, n)), d[n]));
				Ja(r, Ua.decode(i)), g.push(r), Ja(h, Za(c[e], d[e])), J(i);
			}
			p.clean();
			let _ = $a(n, s, 2 * t, o);
			Ja(_, Ua.decode(h));
			let v = l.decode(i);
			return Ja(v, _), J(c, d, h, _), m.encode([g, v]);
		},
		decrypt: (e, n) => {
			let [r, i] = m.decode(e), a = p.decode(n), o = new Uint16Array(Y);
			for (let e = 0; e < t; e++) Ja(o, Za(a[e], Ua.encode(r[e])));
			return Ya(i, Ua.decode(o)), J(o, a, r), l.encode(i);
		}
	};
};
function to(e) {
	let t = eo(e), { HASH256: n, HASH512: r, KDF: i } = e, { secretCoder: a, lengths: o } = t, s = Fa("secretKey", o.secretKey, o.publicKey, 32, 32);
	return {
		info: { type: "ml-kem" },
		lengths: {
			...o,
			seed: 64,
			msg: 32,
			msgRand: 32,
			secretKey: s.bytesLen
		},
		keygen: (e = Ma(64)) => {
			U(e, 64, "seed");
			let { publicKey: r, secretKey: i } = t.keygen(e.subarray(0, 32)), a = n(r), o = s.encode([
				i,
				r,
				a,
				e.subarray(32)
			]);
			return J(i, a), {
				publicKey: r,
				secretKey: o
			};
		},
		getPublicKey: (e) => {
			let [t, n, r, i] = s.decode(e);
			return Uint8Array.from(n);
		},
		encapsulate: (i, s = Ma(32)) => {
			U(i, o.publicKey, "publicKey"), U(s, 32, "message");
			let c = i.subarray(0, 384 * e.K), l = a.encode(a.decode(Pa(c)));
			if (!Na(l, c)) throw J(l), Error("ML-KEM.encapsulate: wrong publicKey modulus");
			J(l);
			let u = r.create().update(s).update(n(i)).digest(), d = t.encrypt(i, s, u.subarray(32, 64));
			return J(u.subarray(32)), {
				cipherText: d,
				sharedSecret: u.subarray(0, 32)
			};
		},
		decapsulate: (e, a) => {
			U(a, s.bytesLen, "secretKey"), U(e, o.cipherText, "cipherText");
			let c = s.bytesLen - 96, l = c + 32;
			if (!Na(n(a.subarray(c / 2, l)), a.subarray(l, l + 32))) throw Error("invalid secretKey: hash check failed");
			let [u, d, f, p] = s.decode(a), m = t.decrypt(e, u), h = r.create().update(m).update(f).digest(), g = h.subarray(0, 32), _ = t.encrypt(d, m, h.subarray(32, 64)), v = Na(e, _), y = i.create({ dkLen: 32 }).update(p).update(e).digest();
			return J(m, _, v ? y : g), v ? g : y;
		}
	};
}
function no(e, t, n) {
	return Ta.create({ dkLen: e }).update(t).update(new Uint8Array([n])).digest();
}
var ro = {
	HASH256: xa,
	HASH512: Sa,
	KDF: Ta,
	XOF: za,
	PRF: no
};
({
	...ro,
	...Ga[512]
});
var io = /* @__PURE__ */ to({
	...ro,
	...Ga[768]
}), ao = /* @__PURE__ */ to({
	...ro,
	...Ga[1024]
});
// node_modules/@noble/post-quantum/hybrid.js
function oo(e, t = !1) {
	let n = e.lengths, r = e.keygen;
	if (t) {
		let t = e.Point.Fn;
		if (!t) throw Error("No Point.Fn");
		r = (r = Ma(n.seed)) => {
			U(r, n.seed, "seed");
			let i = t.isLE ? Nn(r) : Mn(r), a = t.toBytes(t.create(i));
			return {
				secretKey: a,
				publicKey: e.getPublicKey(a)
			};
		};
	}
	return {
		lengths: {
			secretKey: n.secretKey,
			publicKey: n.publicKey,
			seed: n.seed
		},
		keygen: r,
		getPublicKey: (t) => e.getPublicKey(t)
	};
}
function so(e, t = !1) {
	let n = oo(e, t);
	if (!e.getSharedSecret) throw Error("wrong curve");
	return {
		lengths: {
			...n.lengths,
			msg: n.lengths.seed,
			cipherText: n.lengths.publicKey
		},
		keygen: n.keygen,
		getPublicKey: n.getPublicKey,
		encapsulate(t, n = Ma(e.lengths.seed)) {
			let r = this.keygen(n).secretKey, i = this.decapsulate(t, r), a = e.getPublicKey(r);
			return J(r), {
				sharedSecret: i,
				cipherText: a
			};
		},
		decapsulate(t, n) {
			let r = e.getSharedSecret(n, t);
			return e.lengths.publicKeyHasPrefix ? r.subarray(1) : r;
		}
	};
}
function co(e, t) {
	return Fa(t, ...e.map((e) => {
		if (typeof e.lengths[t] != "number") throw Error("wrong length: " + t);
		return e.lengths[t];
	}));
}
function lo(e) {
	return (t, n) => e(t, { dkLen: n });
}
function uo(e, t, ...n) {
	let r = co(n, "seed"), i = co(n, "publicKey");
	e === void 0 && (e = r.bytesLen), an(e);
	function a(i) {
		U(i, e);
		let a = r.decode(t(i, r.bytesLen)), o = n.map((e, t) => e.keygen(a[t]));
		return {
			secretKey: o.map((e) => e.secretKey),
			publicKey: o.map((e) => e.publicKey)
		};
	}
	return {
		info: { lengths: {
			seed: e,
			publicKey: i.bytesLen,
			secretKey: e
		} },
		getPublicKey(e) {
			return this.keygen(e).publicKey;
		},
		keygen(t = Ma(e)) {
			let { publicKey: n, secretKey: r } = a(t), o = i.encode(n);
			return J(n), J(r), {
				secretKey: t,
				publicKey: o
			};
		},
		expandDecapsulationKey: a,
		realSeedLen: e
	};
}
function fo(e, t, n, r, ...i) {
	let a = uo(e, n, ...i), o = co(i, "cipherText"), s = co(i, "publicKey"), c = co(i, "msg");
	return t === void 0 && (t = c.bytesLen), an(t), {
		lengths: {
			...a.info.lengths,
			msg: t,
			msgRand: c.bytesLen,
			cipherText: o.bytesLen
		},
		getPublicKey: a.getPublicKey,
		keygen: a.keygen,
		encapsulate(e, t = Ma(c.bytesLen)) {
			let n = s.decode(e), a = c.decode(t), l = i.map((e, t) => e.encapsulate(n[t], a[t])), u = l.map((e) => e.sharedSecret), d = l.map((e) => e.cipherText), f = {
				sharedSecret: r(n, d, u),
				cipherText: o.encode(d)
			};
			return J(u, d), f;
		},
		decapsulate(e, t) {
			let n = o.decode(e), { publicKey: s, secretKey: c } = a.expandDecapsulationKey(t);
			return r(s, n, i.map((e, t) => e.decapsulate(n[t], c[t])));
		}
	};
}
function po(e, t, n, r, i) {
	return on(r), on(i), fo(32, 32, lo(r), (t, n, r) => i(W(r[0], r[1], n[1], t[1], Ln(e))), t, n);
}
po("QSF-KEM(ML-KEM-768,P-256)-XOF(SHAKE256)-KDF(SHA3-256)", io, so(Qi, !0), Ta, xa), po("QSF-KEM(ML-KEM-1024,P-384)-XOF(SHAKE256)-KDF(SHA3-256)", ao, so($i, !0), Ta, xa);
function mo(e, t, n, r, i) {
	return on(r), on(i), fo(32, 32, lo(r), (t, n, r) => {
		let a = W(r[0], r[1], n[0], t[0], n[1], t[1], Ln(e)), o = W(Ln("hybrid_prk"), a), s = ea(i, o), c = W(Pn(32, 2), Ln("shared_secret"), Ln("")), l = ra(i, s, c, 32);
		return J(s, c, o, a), l;
	}, t, n);
}
var ho = so(Yi);
mo("KitchenSink-KEM(ML-KEM-768,X25519)-XOF(SHAKE256)-KDF(HKDF-SHA-256)", io, ho, Ta, Bi);
var go = /* @__PURE__ */ fo(32, 32, lo(Ta), (e, t, n) => xa(W(n[0], n[1], t[1], e[1], Ln("\\.//^\\"))), io, ho);
function _o(e, t, n, r) {
	let i = e.Point.Fn;
	if (!i) throw Error("no Point.Fn");
	function a(n) {
		let r;
		for (let e = 0, a = t;; e = a, a += t) {
			if (a > n.length) throw Error("rejection sampling failed");
			if (r = i.fromBytes(n.subarray(e, a), !0), i.isValidNot0(r)) break;
		}
		let a = i.toBytes(i.create(r));
		return {
			secretKey: a,
			publicKey: e.getPublicKey(a, !1)
		};
	}
	return {
		lengths: {
			secretKey: t,
			publicKey: n,
			seed: r,
			msg: r,
			cipherText: n
		},
		keygen(e = Ma(r)) {
			return U(e, r, "seed"), a(e);
		},
		getPublicKey(t) {
			return e.getPublicKey(t, !1);
		},
		encapsulate(t, n = Ma(r)) {
			U(n, r, "rand");
			let { secretKey: i } = a(n), o = this.decapsulate(t, i), s = e.getPublicKey(i, !1);
			return J(i), {
				sharedSecret: o,
				cipherText: s
			};
		},
		decapsulate(t, n) {
			return e.getSharedSecret(n, t).subarray(1);
		}
	};
}
function vo(e, t, n, r) {
	let { secretKey: i, publicKeyUncompressed: a } = n.lengths;
	if (!i || !a) throw Error("wrong curve");
	let o = _o(n, i, a, r), s = 64 + r;
	return fo(32, 32, (e) => {
		U(e, 32);
		let t = Ta(e, { dkLen: s });
		return W(t.subarray(0, 64), t.subarray(64, s));
	}, (t, n, r) => xa(W(r[0], r[1], n[1], t[1], Ln(e))), t, o);
}
var yo = /* @__PURE__ */ vo("MLKEM768-P256", io, Qi, 128), bo = go, xo = yo;
// node_modules/@noble/curves/utils.js
function So(e, t, n = () => {}) {
	if (!Array.isArray(e)) throw TypeError(`"${t}" expected array, got type=${typeof e}`);
	for (let r = 0; r < e.length; r++) n(e[r], `${t}[${r}]`);
	return e;
}
var X = (e, t, n) => D(e, t, n), Co = E;
function wo(e, t = "") {
	if (typeof e != "string") {
		let n = t && `"${t}" `;
		throw TypeError(n + "expected string, got type=" + typeof e);
	}
	return e;
}
function To(e, t = "object") {
	if (typeof e != "object" || !e || Array.isArray(e)) throw TypeError(t === "object" ? "expected valid options object" : `"${t}" expected object, got type=${typeof e}`);
	return e;
}
function Eo(e, t) {
	if (typeof e != "function") throw TypeError(`"${t}" is invalid: expected function, got ${typeof e}`);
	return e;
}
var Do = ae, Oo = (...e) => ue(...e), ko = (e) => se(e), Ao = w, jo = (e) => pe(e), Mo = /* @__PURE__ */ BigInt(0), No = /* @__PURE__ */ BigInt(1), Po = (e) => e ? `"${e}" ` : "";
function Fo(e, t = "") {
	if (typeof e != "boolean") throw TypeError(Po(t) + "expected boolean, got type=" + typeof e);
	return e;
}
function Io(e) {
	if (typeof e == "bigint") {
		if (!Go(e)) throw RangeError("positive bigint expected, got " + e);
	} else Co(e);
	return e;
}
function Lo(e, t = "") {
	if (typeof e != "number") {
		let n = t && `"${t}" `;
		throw TypeError(n + "expected number, got type=" + typeof e);
	}
	if (!Number.isSafeInteger(e)) {
		let n = t && `"${t}" `;
		throw RangeError(n + "expected safe integer, got " + e);
	}
}
function Ro(e) {
	let t = Io(e).toString(16);
	return t.length & 1 ? "0" + t : t;
}
function zo(e) {
	if (typeof e != "string") throw TypeError("hex string expected, got " + typeof e);
	return e === "" ? Mo : BigInt("0x" + e);
}
function Bo(e) {
	return zo(ae(e));
}
function Vo(e) {
	return zo(ae(Wo(D(e)).reverse()));
}
function Ho(e, t) {
	if (E(t), t === 0) throw Error("zero output length is invalid");
	e = Io(e);
	let n = t * 2, r = e.toString(16);
	if (r.length > n) throw RangeError("number is too large");
	return se(r.padStart(n, "0"));
}
function Uo(e, t) {
	return Ho(e, t).reverse();
}
function Wo(e) {
	return Uint8Array.from(X(e));
}
function Go(e) {
	return typeof e == "bigint" && Mo <= e;
}
function Ko(e, t, n) {
	return Go(e) && Go(t) && Go(n) && t <= e && e < n;
}
function qo(e, t, n, r) {
	if (!Ko(t, n, r)) throw RangeError("expected valid " + e + ": " + n + " <= n < " + r + ", got " + t);
}
function Jo(e) {
	if (e < Mo) throw Error("expected non-negative bigint, got " + e);
	return e === Mo ? 0 : e.toString(2).length;
}
var Yo = (e) => (Lo(e, "n"), (No << BigInt(e)) - No);
function Xo(e, t, n) {
	if (E(e, "hashLen"), E(t, "qByteLen"), typeof n != "function") throw TypeError("hmacFn must be a function");
	let r = (e) => new Uint8Array(e), i = Uint8Array.of(), a = Uint8Array.of(0), o = Uint8Array.of(1), s = r(e), c = r(e), l = 0, u = () => {
		s.fill(1), c.fill(0), l = 0;
	}, d = (...e) => n(c, Oo(s, ...e)), f = (e = i) => {
		c = d(a, e), s = d(), e.length !== 0 && (c = d(o, e), s = d());
	}, p = () => {
		if (l++ >= 1e3) throw Error("drbg: tried max amount of iterations");
		let e = 0, n = [];
		for (; e < t;) {
			s = d();
			let t = s.slice();
			n.push(t), e += s.length;
		}
		return Oo(...n);
	};
	return (e, t) => {
		u(), f(e);
		let n;
		for (; (n = t(p())) === void 0;) f();
		return u(), n;
	};
}
function Zo(e, t = {}, n = {}, r = "object") {
	To(e, r), To(t, "fields"), To(n, "optFields");
	function i(t, n, i) {
		let a = r === "object" ? `param "${String(t)}"` : `"${r}.${String(t)}"`, o = e[t];
		if (!Object.hasOwn(e, t) && (i ? o !== void 0 : n !== "function")) throw TypeError(`${a} is invalid: expected own property`);
		if (i && o === void 0) return;
		let s = typeof o;
		if (s !== n || o === null) throw TypeError(`${a} is invalid: expected ${n}, got ${s}`);
	}
	let a = (e, t) => Object.entries(e).forEach(([e, n]) => i(e, n, t));
	a(t, !1), a(n, !0);
}
// node_modules/@noble/curves/abstract/modular.js
var Z = /* @__PURE__ */ BigInt(0), Q = /* @__PURE__ */ BigInt(1), Qo = /* @__PURE__ */ BigInt(2), $o = /* @__PURE__ */ BigInt(3), es = /* @__PURE__ */ BigInt(4), ts = /* @__PURE__ */ BigInt(5), ns = /* @__PURE__ */ BigInt(7), rs = /* @__PURE__ */ BigInt(8), is = /* @__PURE__ */ BigInt(9), as = /* @__PURE__ */ BigInt(15), os = /* @__PURE__ */ BigInt(16), ss = /* @__PURE__ */ BigInt("0x10000000000000000");
function $(e, t) {
	if (t <= Z) throw Error("mod: expected positive modulus, got " + t);
	let n = e % t;
	return n >= Z ? n : t + n;
}
function cs(e, t, n) {
	if (n <= Q) throw Error("pow: expected modulus > 1, got " + n);
	if (typeof t != "bigint") throw TypeError("invalid exponent: expected bigint, got " + typeof t);
	if (t < Z) throw Error("invalid exponent, negatives unsupported");
	if (t === Z) return Q;
	if (t === Q) return e;
	let r = e % n;
	if (r < Z && (r += n), t < ss) {
		let e = Q;
		for (; t > Z;) t & Q && (e = e * r % n), r = r * r % n, t >>= Q;
		return e;
	}
	let i = [];
	for (; t > Z;) i.push(Number(t & as)), t >>= es;
	let a = Array(16);
	a[0] = Q, a[1] = r;
	for (let e = 2; e < 16; e++) a[e] = a[e - 1] * r % n;
	let o = a[i[i.length - 1]];
	for (let e = i.length - 2; e >= 0; e--) {
		o = o * o % n, o = o * o % n, o = o * o % n, o = o * o % n;
		let t = i[e];
		t !== 0 && (o = o * a[t] % n);
	}
	return o;
}
function ls(e, t, n) {
	if (n <= Q) throw Error("pow2: expected modulus > 1, got " + n);
	if (t < Z) throw Error("pow2: expected non-negative exponent, got " + t);
	let r = e;
	for (; t-- > Z;) r *= r, r %= n;
	return r;
}
function us(e, t) {
	if (e === Z) throw Error("invert: expected non-zero number");
	if (t <= Q) throw Error("invert: expected modulus > 1, got " + t);
	let n = $(e, t), r = t, i = Z, a = Q;
	for (; n !== Z;) {
		let e = r / n, t = r - n * e, o = i - a * e;
		r = n, n = t, i = a, a = o;
	}
	if (r !== Q) throw Error("invert: does not exist");
	return $(i, t);
}
function ds(e, t) {
	if (t <= Q) throw Error("invertCt: expected prime modulus > 1, got " + t);
	let n = $(e, t);
	if (n === Z) throw Error("invertCt: expected non-zero number");
	let r = cs(n, t - Qo, t);
	if ($(n * r, t) !== Q) throw Error("invertCt: does not exist");
	return r;
}
function fs(e, t, n) {
	let r = e;
	if (!r.eql(r.sqr(t), n)) throw Error("Cannot find square root");
}
function ps(e, t) {
	if ((e & Q) === Z) throw Error(t + ": expected odd modulus, got " + e);
}
function ms(e, t) {
	let n = e, r = (n.ORDER + Q) / es, i = n.pow(t, r);
	return fs(n, i, t), i;
}
function hs(e, t) {
	let n = e, r = (n.ORDER - ts) / rs, i = n.mul(t, Qo), a = n.pow(i, r), o = n.mul(t, a), s = n.mul(n.mul(o, Qo), a), c = n.mul(o, n.sub(s, n.ONE));
	return fs(n, c, t), c;
}
function gs(e) {
	let t = Ds(e), n = _s(e), r = n(t, t.neg(t.ONE)), i = n(t, r), a = n(t, t.neg(r)), o = (e + ns) / os;
	return ((e, t) => {
		let n = e, s = n.pow(t, o), c = n.mul(s, r), l = n.mul(s, i), u = n.mul(s, a), d = n.eql(n.sqr(c), t), f = n.eql(n.sqr(l), t);
		s = n.cmov(s, c, d), c = n.cmov(u, l, f);
		let p = n.eql(n.sqr(c), t), m = n.cmov(s, c, p);
		return fs(n, m, t), m;
	});
}
function _s(e) {
	if (e < $o) throw Error("sqrt is not defined for small field");
	ps(e, "tonelliShanks");
	let t = e - Q, n = 0;
	for (; t % Qo === Z;) t /= Qo, n++;
	let r = Qo, i = Ds(e);
	for (; Cs(i, r) === 1;) if (r++ > 1e3) throw Error("Cannot find square root: probably non-prime P");
	if (n === 1) return ms;
	let a = i.pow(r, t), o = (t + Q) / Qo;
	return function(e, r) {
		let i = e;
		if (i.is0(r)) return r;
		if (Cs(i, r) !== 1) throw Error("Cannot find square root");
		let s = n, c = i.mul(i.ONE, a), l = i.pow(r, t), u = i.pow(r, o);
		for (; !i.eql(l, i.ONE);) {
			if (i.is0(l)) throw Error("Cannot find square root: probably non-prime P");
			let e = 1, t = i.sqr(l);
			for (; !i.eql(t, i.ONE);) if (e++, t = i.sqr(t), e === s) throw Error("Cannot find square root");
			let n = Q << BigInt(s - e - 1), r = i.pow(c, n);
			s = e, c = i.sqr(r), l = i.mul(l, c), u = i.mul(u, r);
		}
		return u;
	};
}
function vs(e) {
	return ps(e, "Fp.sqrt"), e % es === $o ? ms : e % rs === ts ? hs : e % os === is ? gs(e) : _s(e);
}
var ys = (e, t) => ($(e, t) & Q) === Q, bs = [
	"create",
	"isValid",
	"is0",
	"neg",
	"inv",
	"sqrt",
	"sqr",
	"eql",
	"add",
	"sub",
	"mul",
	"pow",
	"div",
	"addN",
	"subN",
	"mulN",
	"sqrN"
];
function xs(e) {
	if (To(e, "field"), typeof e.ORDER != "bigint") throw TypeError("param \"ORDER\" is invalid: expected bigint, got " + typeof e.ORDER);
	Lo(e.BYTES, "BYTES"), Lo(e.BITS, "BITS");
	for (let t of bs) Eo(e[t], "field." + t);
	if (e.BYTES < 1 || e.BITS < 1) throw Error("invalid field: expected BYTES/BITS > 0");
	if (e.ORDER <= Q) throw Error("invalid field: expected ORDER > 1, got " + e.ORDER);
	return e;
}
function Ss(e, t, n = !1) {
	xs(e), So(t, "nums"), Fo(n, "passZero");
	let r = e, i = Array(t.length).fill(n ? r.ZERO : void 0), a = t.reduce((e, t, n) => r.is0(t) ? e : (i[n] = e, r.mul(e, t)), r.ONE), o = r.inv(a);
	return t.reduceRight((e, t, n) => r.is0(t) ? e : (i[n] = r.mul(e, i[n]), r.mul(e, t)), o), i;
}
function Cs(e, t) {
	xs(e);
	let n = e;
	ps(n.ORDER, "FpLegendre");
	let r = (n.ORDER - Q) / Qo, i = n.pow(t, r), a = n.eql(i, n.ONE), o = n.eql(i, n.ZERO), s = n.eql(i, n.neg(n.ONE));
	if (!a && !o && !s) throw Error("invalid Legendre symbol result");
	return a ? 1 : o ? 0 : -1;
}
function ws(e, t) {
	if (t !== void 0 && Co(t), e <= Z) throw Error("invalid n length: expected positive n, got " + e);
	if (t !== void 0 && t < 1) throw Error("invalid n length: expected positive bit length, got " + t);
	let n = Jo(e);
	if (t !== void 0 && t < n) throw Error(`invalid n length: expected nBitLength (${t}) >= bitLen(n) (${n})`);
	let r = t === void 0 ? n : t;
	return {
		nBitLength: r,
		nByteLength: Math.ceil(r / 8)
	};
}
var Ts = /* @__PURE__ */ new WeakMap(), Es = class {
	ORDER;
	BITS;
	BYTES;
	isLE;
	ZERO = Z;
	ONE = Q;
	_lengths;
	_mod;
	constructor(e, t = {}) {
		if (e <= Q) throw Error("invalid field: expected ORDER > 1, got " + e);
		let n;
		this.isLE = !1, typeof t == "object" && t && (typeof t.BITS == "number" && (n = t.BITS), typeof t.sqrt == "function" && Object.defineProperty(this, "sqrt", {
			value: t.sqrt,
			enumerable: !0
		}), typeof t.isLE == "boolean" && (this.isLE = t.isLE), t.allowedLengths && (this._lengths = Object.freeze(t.allowedLengths.slice())), typeof t.modFromBytes == "boolean" && (this._mod = t.modFromBytes));
		let { nBitLength: r, nByteLength: i } = ws(e, n);
		if (i > 2048) throw Error("invalid field: expected ORDER of <= 2048 bytes");
		this.ORDER = e, this.BITS = r, this.BYTES = i, Object.freeze(this);
	}
	create(e) {
		return $(e, this.ORDER);
	}
	isValid(e) {
		if (typeof e != "bigint") throw TypeError("invalid field element: expected bigint, got " + typeof e);
		return Z <= e && e < this.ORDER;
	}
	is0(e) {
		return e === Z;
	}
	isValidNot0(e) {
		return !this.is0(e) && this.isValid(e);
	}
	isOdd(e) {
		return (e & Q) === Q;
	}
	neg(e) {
		return $(-e, this.ORDER);
	}
	eql(e, t) {
		return e === t;
	}
	sqr(e) {
		return $(e * e, this.ORDER);
	}
	add(e, t) {
		return $(e + t, this.ORDER);
	}
	sub(e, t) {
		return $(e - t, this.ORDER);
	}
	mul(e, t) {
		return $(e * t, this.ORDER);
	}
	pow(e, t) {
		return cs(e, t, this.ORDER);
	}
	div(e, t) {
		return $(e * us(t, this.ORDER), this.ORDER);
	}
	sqrN(e) {
		return e * e;
	}
	addN(e, t) {
		return e + t;
	}
	subN(e, t) {
		return e - t;
	}
	mulN(e, t) {
		return e * t;
	}
	inv(e) {
		return us(e, this.ORDER);
	}
	sqrt(e) {
		let t = Ts.get(this);
		return t || Ts.set(this, t = vs(this.ORDER)), t(this, e);
	}
	toBytes(e) {
		return this.isLE ? Uo(e, this.BYTES) : Ho(e, this.BYTES);
	}
	fromBytes(e, t = !1) {
		X(e);
		let { _lengths: n, BYTES: r, isLE: i, ORDER: a, _mod: o } = this;
		if (n) {
			if (e.length < 1 || !n.includes(e.length) || e.length > r) throw Error("Field.fromBytes: expected " + n + " bytes, got " + e.length);
			let t = new Uint8Array(r);
			t.set(e, i ? 0 : t.length - e.length), e = t;
		}
		if (e.length !== r) throw Error("Field.fromBytes: expected " + r + " bytes, got " + e.length);
		let s = i ? Vo(e) : Bo(e);
		if (o && (s = $(s, a)), !t && !this.isValid(s)) throw Error("invalid field element: outside of range 0..ORDER");
		return s;
	}
	invertBatch(e) {
		return Ss(this, e, !0);
	}
	cmov(e, t, n) {
		return Fo(n, "condition"), n ? t : e;
	}
};
function Ds(e, t = {}) {
	return Object.freeze(Es.prototype), new Es(e, t);
}
function Os(e) {
	if (typeof e != "bigint") throw Error("field order must be bigint");
	if (e <= Q) throw Error("field order must be greater than 1");
	let t = Jo(e - Q);
	return Math.ceil(t / 8);
}
function ks(e) {
	let t = Os(e);
	return t + Math.ceil(t / 2);
}
function As(e, t, n = !1) {
	X(e);
	let r = e.length, i = Os(t), a = Math.max(ks(t), 16);
	if (r < a || r > 1024) throw Error("expected " + a + "-1024 bytes of input, got " + r);
	let o = $(n ? Vo(e) : Bo(e), t - Q) + Q;
	return n ? Uo(o, i) : Ho(o, i);
}
// node_modules/@noble/curves/abstract/curve.js
var js = /* @__PURE__ */ BigInt(0), Ms = /* @__PURE__ */ BigInt(1), Ns = /* @__PURE__ */ BigInt(4), Ps = 16, Fs = 128, Is = 5, Ls = 2 ** 31;
function Rs(e) {
	let t = e;
	if (typeof t != "function") throw TypeError("\"Point\" expected constructor, got type=" + typeof e);
	Eo(t.fromAffine, "Point.fromAffine"), Eo(t.fromBytes, "Point.fromBytes"), Eo(t.fromHex, "Point.fromHex"), To(t.BASE, "Point.BASE"), To(t.ZERO, "Point.ZERO"), xs(t.Fp), xs(t.Fn);
}
function zs(e, t) {
	Rs(e), Us(t, e);
	let n = Ss(e.Fp, t.map((e) => e.Z));
	return t.map((t, r) => e.fromAffine(t.toAffine(n[r])));
}
function Bs(e, t, n = 1) {
	if (!Number.isSafeInteger(e) || e < n || e > t) throw Error("invalid window size, expected [" + n + ".." + t + "], got W=" + e);
}
function Vs(e, t) {
	let n = e * (4 * t + 128);
	if (n > Ls) throw Error("invalid window size: table would need ~" + Math.ceil(n / 2 ** 20) + " MiB, max " + Ls / 2 ** 20 + " MiB");
}
function Hs(e, t) {
	if (e !== void 0) {
		Eo(e, "randomBytes");
		try {
			let n = e(t);
			if (!Ao(n) || n.length !== t) return;
		} catch {
			return;
		}
		return e;
	}
}
function Us(e, t) {
	So(e, "points"), e.forEach((e, n) => {
		if (!(e instanceof t)) throw Error("invalid point at index " + n);
	});
}
function Ws(e, t, n) {
	if (!Array.isArray(e)) throw Error("array of scalars expected");
	e.forEach((e, r) => {
		if (!(n === void 0 ? t.isValid(e) : Go(e) && e < n)) throw Error("invalid scalar at index " + r);
	});
}
var Gs = /* @__PURE__ */ new WeakMap();
function Ks(e) {
	return Gs.get(e) || 1;
}
function qs(e, t) {
	let n = e.double(), r = [e];
	for (let e = 1; e < t; e++) r.push(r[e - 1].add(n));
	return r;
}
function Js(e, t) {
	let n = 2 ** t, r = n / 2, i = BigInt(n - 1), a = [];
	for (; e > js;) {
		let t = 0;
		e & Ms && (t = Number(e & i), t >= r && (t -= n), e -= BigInt(t)), a.push(t), e >>= Ms;
	}
	return a;
}
function Ys(e, t, n) {
	let r = 2 ** t, i = r / 2, a = BigInt(r - 1), o = BigInt(t), s = [];
	for (let t = 0; t < n; t++) {
		let t = Number(e & a);
		e >>= o, t > i && (t -= r, e += Ms), s.push(t);
	}
	if (e !== js) throw Error("invalid wnaf");
	return s;
}
function Xs(e, t, n) {
	let r = 0;
	for (let e of n) r = Math.max(r, e.length);
	let i = e;
	for (let e = r - 1; e >= 0; e--) {
		e !== r - 1 && (i = i.double());
		for (let r = 0; r < n.length; r++) {
			let a = n[r][e];
			if (a) {
				let e = t[r][Math.abs(a) - 1 >> 1];
				i = i.add(a < 0 ? e.negate() : e);
			}
		}
	}
	return i;
}
var Zs = class {
	Point;
	BASE;
	ZERO;
	randomBytes;
	wnafPrecomputes = /* @__PURE__ */ new WeakMap();
	baseCanBeBlinded;
	bits;
	constructor(e, t) {
		Rs(e), this.randomBytes = Hs(t, Ps), this.Point = e, this.BASE = e.BASE, this.ZERO = e.ZERO, this.bits = e.Fn.BITS;
	}
	buildWnafTable(e, t, n) {
		let r = Math.ceil(n / t) + 1, i = 2 ** (t - 1), a = [], o = e;
		for (let e = 0; e < r; e++) {
			let e = o;
			for (let t = 0; t < i; t++) a.push(e), e = e.add(o);
			o = a[a.length - 1].double();
		}
		return {
			W: t,
			bits: n,
			windows: r,
			comp: a
		};
	}
	wnafCachedCT(e, t) {
		let { W: n, windows: r, comp: i } = e, a = 2 ** (n - 1), o = Ys(t, n, r), s = this.ZERO, c = this.BASE;
		for (let e = 0; e < r; e++) {
			let t = o[e], n = e * a, r = Math.abs(t) - 1, l = i[n];
			for (let e = 1; e < a; e++) l = e === r ? i[n + e] : l;
			let u = l.negate();
			t === 0 ? c = c.add(i[n]) : s = s.add(t < 0 ? u : l);
		}
		return {
			p: s,
			f: c
		};
	}
	getWnafPrecomputes(e, t, n, r) {
		let i = this.wnafPrecomputes.get(t), a = i?.find((t) => t.W === e && t.bits === n);
		return a || (a = this.buildWnafTable(t, e, n), typeof r == "function" && (a = {
			...a,
			comp: r(a.comp)
		}), i || (i = [], this.wnafPrecomputes.set(t, i)), i.push(a)), a;
	}
	assertPoint(e) {
		if (!(e instanceof this.Point)) throw TypeError("\"point\" expected Point instance, got type=" + typeof e);
	}
	validateMulInput(e, t) {
		if (this.assertPoint(e), !Ko(t, Ms, this.Point.Fn.ORDER)) throw Error("invalid scalar");
	}
	runCT(e, t, n, r) {
		let i = Ks(e);
		return i === 1 ? this.fixedWindowCT(e, t, n) : this.wnafCachedCT(this.getWnafPrecomputes(i, e, n, r), t);
	}
	mulCT(e, t, n) {
		return this.validateMulInput(e, t), this.runCT(e, t, this.bits, n);
	}
	mulCTBlinded(e, t, n) {
		if (this.validateMulInput(e, t), this.randomBytes === void 0) throw Error("randomBytes is required for scalar blinding");
		let r = this.Point.Fn.BITS + Fs, i = this.randomBytes(Ps);
		if (!Ao(i) || i.length !== Ps) throw Error("randomBytes returned invalid byte array");
		i[0] = i[0] & 63 | 128;
		let a = t + Bo(i) * this.Point.Fn.ORDER;
		return this.runCT(e, a, r, n);
	}
	fixedWindowCT(e, t, n) {
		let r = Is, i = Yo(r), a = Array(32);
		a[0] = this.ZERO;
		for (let t = 1; t < 32; t++) a[t] = a[t - 1].add(e);
		let o = Math.ceil(n / r), s = this.ZERO;
		for (let e = o - 1; e >= 0; e--) {
			if (e !== o - 1) for (let e = 0; e < r; e++) s = s.double();
			let n = Number(t >> BigInt(e * r) & i), c = a[0];
			for (let e = 1; e < 32; e++) c = e === n ? a[e] : c;
			s = s.add(c);
		}
		return {
			p: s,
			f: s
		};
	}
	shouldBlind(e, t) {
		return this.randomBytes === void 0 ? !1 : t === Ms || e === this.BASE && (this.baseCanBeBlinded === void 0 && (this.baseCanBeBlinded = this.mulUnsafe(this.BASE, this.Point.Fn.ORDER).is0()), this.baseCanBeBlinded);
	}
	mulSecret(e, t, n, r) {
		return this.shouldBlind(e, n) ? this.mulCTBlinded(e, t, r) : this.mulCT(e, t, r);
	}
	mulUnsafe(e, t, n) {
		if (this.assertPoint(e), !Go(t)) throw Error("invalid scalar");
		let r = Ks(e);
		if (r === 1 || t >= this.Point.Fn.ORDER) return Qs(this.Point, [e], [t], !0);
		let i = this.getWnafPrecomputes(r, e, this.bits, n);
		return this.wnafCachedCT(i, t).p;
	}
	setWindowSize(e, t) {
		this.assertPoint(e), Bs(t, this.bits), Vs((Math.ceil((this.bits + Fs) / t) + 1) * 2 ** (t - 1), this.Point.Fp.BYTES), Gs.set(e, t), this.wnafPrecomputes.delete(e);
	}
	hasWindowSize(e) {
		return Ks(e) !== 1;
	}
};
function Qs(e, t, n, r = !1) {
	if (Rs(e), Us(t, e), Fo(r, "allowOversized"), Ws(n, e.Fn, r ? e.Fn.ORDER ** Ns : void 0), t.length !== n.length) throw Error("arrays of points and scalars must have equal length");
	let i = t.map((e) => qs(e, 4)), a = n.map((e) => Js(e, 4));
	return Xs(e.ZERO, i, a);
}
function $s(e, t, n) {
	if (t) {
		if (t.ORDER !== e) throw Error("Field.ORDER must match order: Fp == p, Fn == n");
		return xs(t), t;
	}
	return Ds(e, { isLE: n });
}
function ec(e, t, n = {}, r) {
	if (e !== "weierstrass" && e !== "edwards") throw Error("expected curve type \"weierstrass\" or \"edwards\"");
	if (r === void 0 && (r = e === "edwards"), !t || typeof t != "object") throw Error(`expected valid ${e} CURVE object`);
	Zo(n);
	for (let e of [
		"p",
		"n",
		"h"
	]) {
		let n = t[e];
		if (!(Go(n) && n !== js)) throw Error(`CURVE.${e} must be positive bigint`);
	}
	let i = $s(t.p, n.Fp, r), a = $s(t.n, n.Fn, r), o = [
		"Gx",
		"Gy",
		"a",
		e === "weierstrass" ? "b" : "d"
	];
	for (let e of o) if (!i.isValid(t[e])) throw Error(`CURVE.${e} must be valid field element of CURVE.Fp`);
	return t = Object.freeze(Object.assign({}, t)), {
		CURVE: t,
		Fp: i,
		Fn: a
	};
}
function tc(e, t) {
	return function(n) {
		let r = e(n);
		return {
			secretKey: r,
			publicKey: t(r)
		};
	};
}
// node_modules/@noble/curves/abstract/der.js
var nc = /* @__PURE__ */ BigInt(0), rc = {
	Err: class extends Error {
		constructor(e = "") {
			super(e);
		}
	},
	_tlv: {
		encode: (e, t) => {
			let { Err: n } = rc;
			if (Lo(e, "tag"), e < 0 || e > 255) throw new n("tlv.encode: wrong tag");
			if (wo(t, "data"), t.length & 1) throw new n("tlv.encode: unpadded data");
			let r = t.length / 2, i = Ro(r);
			if (i.length / 2 & 128) throw new n("tlv.encode: long form length too big");
			let a = r > 127 ? Ro(i.length / 2 | 128) : "";
			return Ro(e) + a + i + t;
		},
		decode(e, t) {
			let { Err: n } = rc;
			t = X(t, void 0, "DER data");
			let r = 0;
			if (e < 0 || e > 255) throw new n("tlv.decode: wrong tag");
			if (t.length < 2 || t[r++] !== e) throw new n("tlv.decode: wrong tlv");
			let i = t[r++], a = !!(i & 128), o = 0;
			if (!a) o = i;
			else {
				let e = i & 127;
				if (!e) throw new n("tlv.decode(long): indefinite length not supported");
				if (e > 4) throw new n("tlv.decode(long): byte length is too big");
				let a = t.subarray(r, r + e);
				if (a.length !== e) throw new n("tlv.decode: length bytes not complete");
				if (a[0] === 0) throw new n("tlv.decode(long): zero leftmost byte");
				for (let e of a) o = o << 8 | e;
				if (r += e, o < 128) throw new n("tlv.decode(long): not minimal encoding");
			}
			let s = t.subarray(r, r + o);
			if (s.length !== o) throw new n("tlv.decode: wrong value length");
			return {
				v: s,
				l: t.subarray(r + o)
			};
		}
	},
	_int: {
		encode(e) {
			let { Err: t } = rc;
			if (Io(e), e < nc) throw new t("integer: negative integers are not allowed");
			let n = Ro(e);
			if (Number.parseInt(n[0], 16) & 8 && (n = "00" + n), n.length & 1) throw new t("unexpected DER parsing assertion: unpadded hex");
			return n;
		},
		decode(e) {
			let { Err: t } = rc;
			if (e.length < 1) throw new t("invalid signature integer: empty");
			if (e[0] & 128) throw new t("invalid signature integer: negative");
			if (e.length > 1 && e[0] === 0 && !(e[1] & 128)) throw new t("invalid signature integer: unnecessary leading zero");
			return Bo(e);
		}
	},
	toSig(e, t) {
		let { Err: n, _int: r, _tlv: i } = rc;
		if (t !== void 0 && (Lo(t, "maxScalarBytes"), t < 1)) throw new n("invalid signature: maxScalarBytes must be positive");
		let a = X(e, void 0, "signature"), { v: o, l: s } = i.decode(48, a);
		if (s.length) throw new n("invalid signature: left bytes after parsing");
		let { v: c, l } = i.decode(2, o), { v: u, l: d } = i.decode(2, l);
		if (d.length) throw new n("invalid signature: left bytes after parsing");
		if (t !== void 0 && (c.length > t || u.length > t)) throw new n("invalid signature: integer too large");
		return {
			r: r.decode(c),
			s: r.decode(u)
		};
	},
	hexFromSig(e) {
		let { _tlv: t, _int: n } = rc;
		Zo(e, {
			r: "bigint",
			s: "bigint"
		}, {}, "sig");
		let r = t.encode(2, n.encode(e.r)) + t.encode(2, n.encode(e.s));
		return t.encode(48, r);
	}
}, ic = (Object.freeze(rc._tlv), Object.freeze(rc._int), Object.freeze(rc)), ac = (e, t) => (e + (e >= 0 ? t : -t) / dc) / t;
function oc(e, t, n) {
	qo("scalar", e, lc, n);
	let [[r, i], [a, o]] = t, s = ac(o * e, n), c = ac(-i * e, n), l = e - s * r - c * a, u = -s * i - c * o, d = l < lc, f = u < lc;
	d && (l = -l), f && (u = -u);
	let p = Yo(Math.ceil(Jo(n) / 2)) + uc;
	if (l < lc || l >= p || u < lc || u >= p) throw Error("splitScalar (endomorphism): failed for k");
	return {
		k1neg: d,
		k1: l,
		k2neg: f,
		k2: u
	};
}
function sc(e) {
	if (![
		"compact",
		"recovered",
		"der"
	].includes(e)) throw Error("Signature format must be \"compact\", \"recovered\", or \"der\"");
	return e;
}
function cc(e, t) {
	Zo(e);
	let n = {};
	for (let r of Object.keys(t)) n[r] = e[r] === void 0 ? t[r] : e[r];
	return Fo(n.lowS, "lowS"), Fo(n.prehash, "prehash"), n.format !== void 0 && sc(n.format), n;
}
var lc = /* @__PURE__ */ BigInt(0), uc = /* @__PURE__ */ BigInt(1), dc = /* @__PURE__ */ BigInt(2), fc = /* @__PURE__ */ BigInt(3), pc = /* @__PURE__ */ BigInt(4);
function mc(e, t = {}) {
	let n = ec("weierstrass", e, t), r = n.Fp, i = n.Fn, a = n.CURVE, { h: o, n: s } = a;
	Zo(t, {}, {
		allowInfinityPoint: "boolean",
		clearCofactor: "function",
		isTorsionFree: "function",
		fromBytes: "function",
		toBytes: "function",
		endo: "object",
		randomBytes: "function"
	});
	let { endo: c, allowInfinityPoint: l, clearCofactor: u, isTorsionFree: d, fromBytes: f, toBytes: p } = t, m = t.randomBytes === void 0 ? jo : t.randomBytes;
	if (c && (!r.is0(a.a) || typeof c.beta != "bigint" || !Array.isArray(c.basises))) throw Error("invalid endo: expected \"beta\": bigint and \"basises\": array");
	let h = c ? {
		beta: c.beta,
		basises: c.basises.map((e) => [...e])
	} : void 0, g = gc(r, i);
	function _() {
		if (!r.isOdd) throw Error("compression is not supported: Field does not have .isOdd()");
	}
	function v(e, t, n) {
		if (t.is0()) {
			if (!l) throw Error("bad point: ZERO");
			return Uint8Array.of(0);
		}
		let { x: i, y: a } = t.toAffine(), o = r.toBytes(i);
		return Fo(n, "isCompressed"), n ? (_(), Oo(hc(!r.isOdd(a)), o)) : Oo(Uint8Array.of(4), o, r.toBytes(a));
	}
	function y(e) {
		X(e, void 0, "Point");
		let { publicKey: t, publicKeyUncompressed: n } = g, i = e.length, a = e[0], o = e.subarray(1);
		if (l && i === 1 && a === 0) return {
			x: r.ZERO,
			y: r.ZERO
		};
		if (i === t && (a === 2 || a === 3)) {
			let e = r.fromBytes(o);
			if (!r.isValid(e)) throw Error("bad point: is not on curve, wrong x");
			let t = w(e), n;
			try {
				n = r.sqrt(t);
			} catch (e) {
				let t = e instanceof Error ? ": " + e.message : "";
				throw Error("bad point: is not on curve, sqrt error" + t);
			}
			_();
			let i = r.isOdd(n);
			return (a & 1) == 1 !== i && (n = r.neg(n)), {
				x: e,
				y: n
			};
		}
		if (i === n && a === 4) {
			let e = r.BYTES, t = r.fromBytes(o.subarray(0, e)), n = r.fromBytes(o.subarray(e, e * 2));
			if (!T(t, n)) throw Error("bad point: is not on curve");
			return {
				x: t,
				y: n
			};
		}
		throw Error(`bad point: got length ${i}, expected compressed=${t} or uncompressed=${n}`);
	}
	let b = p === void 0 ? v : p, x = f === void 0 ? y : f, S = r.mul(a.b, fc), C = r.is0(a.a) ? (e) => r.ZERO : (e) => r.mul(a.a, e);
	function w(e) {
		let t = r.sqr(e), n = r.mul(t, e);
		return r.add(r.add(n, r.mul(e, a.a)), a.b);
	}
	function T(e, t) {
		let n = r.sqr(t), i = w(e);
		return r.eql(n, i);
	}
	if (!T(a.Gx, a.Gy)) throw Error("bad curve params: generator point");
	let E = r.mul(r.pow(a.a, fc), pc), D = r.mul(r.sqr(a.b), BigInt(27));
	if (r.is0(r.add(E, D))) throw Error("bad curve params: a or b");
	function O(e, t, n = !1) {
		if (!r.isValid(t) || n && r.is0(t)) throw Error(`bad point coordinate ${e}`);
		return typeof t == "object" && t ? r.create(t) : t;
	}
	function k(e) {
		if (!(e instanceof N)) throw Error("Weierstrass Point expected");
	}
	function A(e) {
		if (!h || !h.basises) throw Error("no endo");
		return oc(e, h.basises, i.ORDER);
	}
	function j(e, t, n, a) {
		if (!i.isValid(a)) throw RangeError("invalid scalar: out of range");
		if (h) {
			let { k1neg: i, k1: o, k2neg: s, k2: c } = A(a), l = new N(r.mul(n.X, h.beta), n.Y, n.Z);
			e.push(i ? n.negate() : n, s ? l.negate() : l), t.push(o, c);
		} else e.push(n), t.push(a);
	}
	let M = /* @__PURE__ */ new WeakSet();
	class N {
		static BASE = new N(a.Gx, a.Gy, r.ONE);
		static ZERO = new N(r.ZERO, r.ONE, r.ZERO);
		static Fp = r;
		static Fn = i;
		X;
		Y;
		Z;
		constructor(e, t, n) {
			this.X = O("x", e), this.Y = O("y", t, !0), this.Z = O("z", n), Object.freeze(this);
		}
		static CURVE() {
			return a;
		}
		static fromAffine(e) {
			let { x: t, y: n } = e || {};
			if (!e || !r.isValid(t) || !r.isValid(n)) throw Error("invalid affine point");
			if (e instanceof N) throw Error("projective point not allowed");
			return r.is0(t) && r.is0(n) ? N.ZERO : new N(t, n, r.ONE);
		}
		static fromBytes(e) {
			let t = N.fromAffine(x(X(e, void 0, "point")));
			return t.assertValidity(), t;
		}
		static fromHex(e) {
			return N.fromBytes(ko(e));
		}
		get x() {
			return this.toAffine().x;
		}
		get y() {
			return this.toAffine().y;
		}
		precompute(e = 6, t = !0) {
			return F.setWindowSize(this, e), t || this.multiply(fc), this;
		}
		assertValidity() {
			let e = this;
			if (e.is0()) {
				if (l && r.is0(e.X) && r.eql(e.Y, r.ONE) && r.is0(e.Z)) return;
				throw Error("bad point: ZERO");
			}
			if (M.has(e)) return;
			let { x: t, y: n } = e.toAffine();
			if (!r.isValid(t) || !r.isValid(n)) throw Error("bad point: x or y not field elements");
			if (!T(t, n)) throw Error("bad point: equation left != right");
			if (!e.isTorsionFree()) throw Error("bad point: not in prime-order subgroup");
			M.add(e);
		}
		hasEvenY() {
			let { y: e } = this.toAffine();
			if (!r.isOdd) throw Error("Field doesn't support isOdd");
			return !r.isOdd(e);
		}
		equals(e) {
			k(e);
			let { X: t, Y: n, Z: i } = this, { X: a, Y: o, Z: s } = e, c = r.eql(r.mul(t, s), r.mul(a, i)), l = r.eql(r.mul(n, s), r.mul(o, i));
			return c && l;
		}
		negate() {
			return new N(this.X, r.neg(this.Y), this.Z);
		}
		double() {
			let { X: e, Y: t, Z: n } = this, i = r.ZERO, a = r.ZERO, o = r.ZERO, s = r.mul(e, e), c = r.mul(t, t), l = r.mul(n, n), u = r.mul(e, t);
			return u = r.add(u, u), o = r.mul(e, n), o = r.add(o, o), i = C(o), a = r.mul(S, l), a = r.add(i, a), i = r.sub(c, a), a = r.add(c, a), a = r.mul(i, a), i = r.mul(u, i), o = r.mul(S, o), l = C(l), u = r.sub(s, l), u = C(u), u = r.add(u, o), o = r.add(s, s), s = r.add(o, s), s = r.add(s, l), s = r.mul(s, u), a = r.add(a, s), l = r.mul(t, n), l = r.add(l, l), s = r.mul(l, u), i = r.sub(i, s), o = r.mul(l, c), o = r.add(o, o), o = r.add(o, o), new N(i, a, o);
		}
		add(e) {
			k(e);
			let { X: t, Y: n, Z: i } = this, { X: a, Y: o, Z: s } = e, c = r.ZERO, l = r.ZERO, u = r.ZERO, d = r.mul(t, a), f = r.mul(n, o), p = r.mul(i, s), m = r.add(t, n), h = r.add(a, o);
			m = r.mul(m, h), h = r.add(d, f), m = r.sub(m, h), h = r.add(t, i);
			let g = r.add(a, s);
			return h = r.mul(h, g), g = r.add(d, p), h = r.sub(h, g), g = r.add(n, i), c = r.add(o, s), g = r.mul(g, c), c = r.add(f, p), g = r.sub(g, c), u = C(h), c = r.mul(S, p), u = r.add(c, u), c = r.sub(f, u), u = r.add(f, u), l = r.mul(c, u), f = r.add(d, d), f = r.add(f, d), p = C(p), h = r.mul(S, h), f = r.add(f, p), p = r.sub(d, p), p = C(p), h = r.add(h, p), d = r.mul(f, h), l = r.add(l, d), d = r.mul(g, h), c = r.mul(m, c), c = r.sub(c, d), d = r.mul(m, f), u = r.mul(g, u), u = r.add(u, d), new N(c, l, u);
		}
		subtract(e) {
			return k(e), this.add(e.negate());
		}
		is0() {
			return this.equals(N.ZERO);
		}
		multiply(e) {
			if (!i.isValidNot0(e)) throw RangeError("invalid scalar: out of range");
			let { p: t, f: n } = F.mulSecret(this, e, o, P);
			return P([t, n])[0];
		}
		multiplyUnsafe(e) {
			let t = this, n = e;
			if (!i.isValid(n)) throw RangeError("invalid scalar: out of range");
			if (n === lc || t.is0()) return N.ZERO;
			if (n === uc) return t;
			if (F.hasWindowSize(this)) return F.mulUnsafe(t, n, P);
			let r = [], a = [];
			return j(r, a, t, n), Qs(N, r, a);
		}
		mulAddUnsafe(e, t, n) {
			k(t);
			let r = [], i = [];
			return j(r, i, this, e), j(r, i, t, n), Qs(N, r, i);
		}
		toAffine(e) {
			let t = this, n = e;
			if (n != null && !r.isValid(n)) throw RangeError("\"invertedZ\" expected valid field element");
			let { X: i, Y: a, Z: o } = t;
			if (r.eql(o, r.ONE)) return {
				x: i,
				y: a
			};
			let s = t.is0();
			n ??= s ? r.ONE : r.inv(o);
			let c = r.mul(i, n), l = r.mul(a, n), u = r.mul(o, n);
			if (s) return {
				x: r.ZERO,
				y: r.ZERO
			};
			if (!r.eql(u, r.ONE)) throw Error("invZ was invalid");
			return {
				x: c,
				y: l
			};
		}
		isTorsionFree() {
			return o === uc ? !0 : d ? d(N, this) : F.mulUnsafe(this, s).is0();
		}
		clearCofactor() {
			return o === uc ? this : u ? u(N, this) : this.multiplyUnsafe(o);
		}
		isSmallOrder() {
			return o === uc ? this.is0() : this.clearCofactor().is0();
		}
		toBytes(e = !0) {
			return Fo(e, "isCompressed"), this.assertValidity(), b(N, this, e);
		}
		toHex(e = !0) {
			return Do(this.toBytes(e));
		}
		toString() {
			return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
		}
	}
	let P = (e) => zs(N, e), F = new Zs(N, m);
	return F.bits >= 6 && N.BASE.precompute(6), Object.freeze(N.prototype), Object.freeze(N), N;
}
function hc(e) {
	return Uint8Array.of(e ? 2 : 3);
}
function gc(e, t) {
	return {
		secretKey: t.BYTES,
		publicKey: 1 + e.BYTES,
		publicKeyUncompressed: 1 + 2 * e.BYTES,
		publicKeyHasPrefix: !0,
		signature: 2 * t.BYTES
	};
}
function _c(e, t = {}) {
	Rs(e);
	let { Fn: n } = e, r = t.randomBytes === void 0 ? jo : t.randomBytes, i = Object.assign(gc(e.Fp, n), { seed: Math.max(ks(n.ORDER), 16) });
	function a(e) {
		try {
			let t = n.fromBytes(e);
			return n.isValidNot0(t);
		} catch {
			return !1;
		}
	}
	function o(t, n) {
		let { publicKey: r, publicKeyUncompressed: a } = i;
		try {
			let i = t.length;
			return n === !0 && i !== r || n === !1 && i !== a ? !1 : !e.fromBytes(t).is0();
		} catch {
			return !1;
		}
	}
	function s(e) {
		return e = e === void 0 ? r(i.seed) : e, As(X(e, i.seed, "seed"), n.ORDER);
	}
	function c(t, r = !0) {
		return e.BASE.multiply(n.fromBytes(t)).toBytes(r);
	}
	function l(e) {
		let { secretKey: t, publicKey: r, publicKeyUncompressed: a } = i, o = n._lengths;
		if (!Ao(e)) return;
		let s = X(e, void 0, "key").length, c = s === r || s === a, l = s === t || !!o?.includes(s);
		if (!(c && l)) return c;
	}
	function u(t, r, i = !0) {
		if (l(t) === !0) throw Error("first arg must be private key");
		if (l(r) === !1) throw Error("second arg must be public key");
		let a = n.fromBytes(t), o = e.fromBytes(r);
		if (o.is0()) throw Error("invalid public key: point at infinity");
		return o.multiply(a).toBytes(i);
	}
	let d = {
		isValidSecretKey: a,
		isValidPublicKey: o,
		randomSecretKey: s
	}, f = tc(s, c);
	return Object.freeze(d), Object.freeze(i), Object.freeze({
		getPublicKey: c,
		getSharedSecret: u,
		keygen: f,
		Point: e,
		utils: d,
		lengths: i
	});
}
function vc(e, t, n = {}) {
	Rs(e);
	let r = t;
	O(r), Zo(n, {}, {
		hmac: "function",
		lowS: "boolean",
		randomBytes: "function",
		bits2int: "function",
		bits2int_modN: "function"
	});
	let i = Object.assign({}, n), a = i.randomBytes === void 0 ? jo : i.randomBytes, o = i.hmac === void 0 ? (e, t) => ge(r, e, t) : i.hmac, { Fp: s, Fn: c } = e, { ORDER: l, BITS: u } = c, d = ks(l), f = Hs(a, d), { keygen: p, getPublicKey: m, getSharedSecret: h, utils: g, lengths: _ } = _c(e, i), v = {
		prehash: !0,
		lowS: typeof i.lowS != "boolean" || i.lowS,
		format: "compact",
		extraEntropy: !1
	}, y = l * dc + uc < s.ORDER;
	function b(e) {
		return e > l >> uc;
	}
	function x(e, t) {
		if (!c.isValidNot0(t)) throw Error(`invalid signature ${e}: out of range 1..Point.Fn.ORDER`);
		return t;
	}
	function S() {
		if (!s.isOdd) throw Error("Field doesn't support isOdd");
	}
	function C(e, t, n) {
		return S(), (e === n ? 0 : 2) | Number(s.isOdd(t));
	}
	function w() {
		if (y) throw Error("\"recovered\" sig type is not supported for cofactor >2 curves");
	}
	function T(e, t) {
		sc(t);
		let n = _.signature;
		return X(e, t === "compact" ? n : t === "recovered" ? n + 1 : void 0);
	}
	class E {
		r;
		s;
		recovery;
		constructor(e, t, n) {
			if (this.r = x("r", e), this.s = x("s", t), n != null) {
				if (w(), ![
					0,
					1,
					2,
					3
				].includes(n)) throw Error("invalid recovery id");
				this.recovery = n;
			}
			Object.freeze(this);
		}
		static fromBytes(e, t = v.format) {
			T(e, t);
			let n;
			if (t === "der") {
				if (e.length > 2 * c.BYTES + 16) throw new ic.Err("invalid signature: DER signature too long");
				let { r: t, s: n } = ic.toSig(X(e), c.BYTES + 1);
				return new E(t, n);
			}
			t === "recovered" && (n = e[0], t = "compact", e = e.subarray(1));
			let r = _.signature / 2, i = e.subarray(0, r), a = e.subarray(r, r * 2);
			return new E(c.fromBytes(i), c.fromBytes(a), n);
		}
		static fromHex(e, t) {
			return this.fromBytes(ko(e), t);
		}
		assertRecovery() {
			let { recovery: e } = this;
			if (e == null) throw Error("invalid recovery id: must be present");
			return e;
		}
		addRecoveryBit(e) {
			return new E(this.r, this.s, e);
		}
		recoverPublicKey(t) {
			let { r: n, s: r } = this, i = this.assertRecovery(), a = i === 2 || i === 3 ? n + l : n;
			if (!s.isValid(a)) throw Error("invalid recovery id: sig.r+curve.n != R.x");
			let o = s.toBytes(a), u = e.fromBytes(Oo(hc(!(i & 1)), o)), d = c.inv(a), f = k(X(t, void 0, "msgHash")), p = c.create(-f * d), m = c.create(r * d), h = e.BASE.mulAddUnsafe(p, u, m);
			if (h.is0()) throw Error("invalid recovery: point at infinify");
			return h.assertValidity(), h;
		}
		hasHighS() {
			return b(this.s);
		}
		toBytes(e = v.format) {
			if (sc(e), e === "der") return ko(ic.hexFromSig(this));
			let { r: t, s: n } = this, r = c.toBytes(t), i = c.toBytes(n);
			return e === "recovered" ? (w(), Oo(Uint8Array.of(this.assertRecovery()), r, i)) : Oo(r, i);
		}
		toHex(e) {
			return Do(this.toBytes(e));
		}
	}
	Object.freeze(E.prototype), Object.freeze(E);
	let D = i.bits2int === void 0 ? function(e) {
		if (e.length > 8192) throw Error("input is too large");
		let t = Bo(e), n = e.length * 8 - u;
		return n > 0 ? t >> BigInt(n) : t;
	} : i.bits2int, k = i.bits2int_modN === void 0 ? function(e) {
		return c.create(D(e));
	} : i.bits2int_modN, A = Yo(u);
	function j(e) {
		return qo("num < 2^" + u, e, lc, A), c.toBytes(e);
	}
	function M(e, t) {
		return X(e, void 0, "message"), t ? X(r(e), void 0, "prehashed message") : e;
	}
	function N(t, n, r) {
		let { lowS: i, prehash: o, extraEntropy: s } = cc(r, v);
		t = M(t, o);
		let u = k(t), p = c.fromBytes(n);
		if (!c.isValidNot0(p)) throw Error("invalid private key");
		let m = [j(p), j(u)];
		if (s != null && s !== !1) {
			let e = s === !0 ? a(_.secretKey) : s;
			m.push(X(e, void 0, "extraEntropy"));
		}
		let h = Oo(...m), g = u;
		function x(t) {
			let n = D(t);
			if (!c.isValidNot0(n)) return;
			let r = e.BASE.multiply(n).toAffine(), a = c.create(r.x);
			if (a === lc) return;
			let o;
			if (f !== void 0) {
				let e = Bo(As(f(d), l)), t = c.inv(c.mul(e, n)), r = c.mul(e, g), i = c.mul(e, p);
				o = c.create(t * c.create(r + i * a));
			} else {
				let e = ds(n, l);
				o = c.create(e * c.create(g + a * p));
			}
			if (o === lc) return;
			let s = C(r.x, r.y, a), u = o;
			return i && b(o) && (u = c.neg(o), s ^= 1), new E(a, u, y ? void 0 : s);
		}
		return {
			seed: h,
			k2sig: x
		};
	}
	function P(e, t, n = {}) {
		let { seed: i, k2sig: a } = N(e, t, n);
		return Xo(r.outputLen, c.BYTES, o)(i, a).toBytes(n.format);
	}
	function F(t, n, r, i = {}) {
		let { lowS: a, prehash: o, format: s } = cc(i, v);
		if (r = X(r, void 0, "publicKey"), n = M(n, o), !Ao(t)) {
			let e = t instanceof E ? ", use sig.toBytes()" : "";
			throw Error("verify expects Uint8Array signature" + e);
		}
		T(t, s);
		try {
			let i = E.fromBytes(t, s), o = e.fromBytes(r);
			if (o.is0() || a && i.hasHighS()) return !1;
			let { r: l, s: u } = i, d = k(n), f = c.inv(u), p = c.create(d * f), m = c.create(l * f), h = e.BASE.mulAddUnsafe(p, o, m);
			if (h.is0()) return !1;
			let g = h.toAffine();
			return !(c.create(g.x) !== l || s === "recovered" && i.recovery !== C(g.x, g.y, l));
		} catch {
			return !1;
		}
	}
	function I(e, t, n = {}) {
		let { prehash: r } = cc(n, v);
		return t = M(t, r), E.fromBytes(e, "recovered").recoverPublicKey(t).toBytes();
	}
	return Object.freeze({
		keygen: p,
		getPublicKey: m,
		getSharedSecret: h,
		utils: g,
		lengths: _,
		Point: e,
		sign: P,
		verify: F,
		recoverPublicKey: I,
		Signature: E,
		hash: r
	});
}
var yc = /* @__PURE__ */ vc(/* @__PURE__ */ mc({
	p: BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
	n: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
	h: BigInt(1),
	a: BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
	b: BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
	Gx: BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
	Gy: BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
}), z), bc = /* @__PURE__ */ BigInt(0), xc = /* @__PURE__ */ BigInt(1), Sc = /* @__PURE__ */ BigInt(2), Cc = /* @__PURE__ */ BigInt(4), wc = /* @__PURE__ */ BigInt(8);
function Tc(e, t, n, r) {
	let i = e.sqr(n), a = e.sqr(r), o = e.add(e.mul(t.a, i), a), s = e.add(e.ONE, e.mul(t.d, e.mul(i, a)));
	return e.eql(o, s);
}
function Ec(e, t = {}) {
	Zo(t, {}, {}, "extraOpts");
	let n = t, r = ec("edwards", e, n, n.FpFnLE), { Fp: i, Fn: a } = r, o = r.CURVE, { h: s } = o;
	if (Cs(i, o.a) !== 1) throw Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");
	if (Cs(i, o.d) !== -1) throw Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");
	Zo(n, {}, {
		uvRatio: "function",
		randomBytes: "function"
	});
	let c = n.randomBytes === void 0 ? jo : n.randomBytes, l = Sc << BigInt(i.BYTES * 8) - xc;
	function u(e) {
		if (!i.isOdd) throw Error("Field does not have .isOdd()");
		return i.isOdd(e);
	}
	let d = n.uvRatio === void 0 ? (e, t) => {
		try {
			return {
				isValid: !0,
				value: i.sqrt(i.div(e, t))
			};
		} catch {
			return {
				isValid: !1,
				value: bc
			};
		}
	} : n.uvRatio;
	if (!Tc(i, o, o.Gx, o.Gy)) throw Error("bad curve params: generator point");
	let f = i.eql(o.a, i.neg(i.ONE)) ? (e) => i.neg(e) : i.eql(o.a, i.ONE) ? (e) => e : (e) => i.mul(o.a, e);
	function p(e, t, n = !1) {
		let r = n ? xc : bc;
		return qo("coordinate " + e, t, r, l), t;
	}
	function m(e) {
		if (!(e instanceof h)) throw Error("EdwardsPoint expected");
	}
	class h {
		static BASE = new h(o.Gx, o.Gy, i.ONE, i.mul(o.Gx, o.Gy));
		static ZERO = new h(i.ZERO, i.ONE, i.ONE, i.ZERO);
		static Fp = i;
		static Fn = a;
		X;
		Y;
		Z;
		T;
		constructor(e, t, n, r) {
			this.X = p("x", e), this.Y = p("y", t), this.Z = p("z", n, !0), this.T = p("t", r), Object.freeze(this);
		}
		static CURVE() {
			return o;
		}
		static fromAffine(e) {
			if (e instanceof h) throw Error("extended point not allowed");
			let { x: t, y: n } = e || {};
			return p("x", t), p("y", n), new h(t, n, i.ONE, i.mul(t, n));
		}
		static fromBytes(e, t = !1) {
			let n = i.BYTES, { a: r, d: a } = o;
			e = Wo(X(e, n, "point")), Fo(t, "zip215");
			let s = Wo(e), c = e[n - 1];
			s[n - 1] = c & -129;
			let f = Vo(s);
			qo("point.y", f, bc, t ? l : i.ORDER);
			let p = i.sqr(f), m = i.sub(p, i.ONE), g = i.sub(i.mulN(a, p), r), { isValid: _, value: v } = d(m, g);
			if (!_) throw Error("bad point: invalid y coordinate");
			let y = u(v), b = !!(c & 128);
			if (!t && i.is0(v) && b) throw Error("bad point: x=0 and x_0=1");
			return b !== y && (v = i.neg(v)), h.fromAffine({
				x: v,
				y: f
			});
		}
		static fromHex(e, t = !1) {
			return h.fromBytes(ko(e), t);
		}
		get x() {
			return this.toAffine().x;
		}
		get y() {
			return this.toAffine().y;
		}
		precompute(e = 6, t = !0) {
			return _.setWindowSize(this, e), t || this.multiply(Sc), this;
		}
		assertValidity() {
			let e = this, { a: t, d: n } = o;
			if (e.is0()) throw Error("bad point: ZERO");
			let { X: r, Y: a, Z: s, T: c } = e, l = i.sqr(r), u = i.sqr(a), d = i.sqr(s), f = i.sqr(d), p = i.mul(l, t), m = i.mul(i.add(p, u), d), h = i.add(f, i.mul(n, i.mul(l, u)));
			if (!i.eql(m, h)) throw Error("bad point: equation left != right (1)");
			let g = i.mul(r, a), _ = i.mul(s, c);
			if (!i.eql(g, _)) throw Error("bad point: equation left != right (2)");
		}
		equals(e) {
			m(e);
			let { X: t, Y: n, Z: r } = this, { X: a, Y: o, Z: s } = e, c = i.mul(t, s), l = i.mul(a, r), u = i.mul(n, s), d = i.mul(o, r);
			return i.eql(c, l) && i.eql(u, d);
		}
		is0() {
			return this.equals(h.ZERO);
		}
		negate() {
			return new h(i.neg(this.X), this.Y, this.Z, i.neg(this.T));
		}
		double() {
			let { X: e, Y: t, Z: n } = this, r = i.sqr(e), a = i.sqr(t), o = i.mul(i.sqr(n), Sc), s = f(r), c = i.addN(e, t), l = i.sub(i.subN(i.sqr(c), r), a), u = i.addN(s, a), d = i.subN(u, o), p = i.subN(s, a), m = i.mul(l, d), g = i.mul(u, p), _ = i.mul(l, p), v = i.mul(d, u);
			return new h(m, g, v, _);
		}
		add(e) {
			m(e);
			let { d: t } = o, { X: n, Y: r, Z: a, T: s } = this, { X: c, Y: l, Z: u, T: d } = e, p = i.mul(n, c), g = i.mul(r, l), _ = i.mul(i.mulN(s, t), d), v = i.mul(a, u), y = i.sub(i.subN(i.mulN(i.addN(n, r), i.addN(c, l)), p), g), b = i.subN(v, _), x = i.addN(v, _), S = i.sub(g, f(p)), C = i.mul(y, b), w = i.mul(x, S), T = i.mul(y, S), E = i.mul(b, x);
			return new h(C, w, E, T);
		}
		subtract(e) {
			return m(e), this.add(e.negate());
		}
		multiply(e) {
			if (!a.isValidNot0(e)) throw RangeError("invalid scalar: expected 1 <= sc < curve.n");
			let { p: t, f: n } = _.mulSecret(this, e, s, g);
			return g([t, n])[0];
		}
		multiplyUnsafe(e) {
			if (!a.isValid(e)) throw RangeError("invalid scalar: expected 0 <= sc < curve.n");
			return e === bc ? h.ZERO : this.is0() || e === xc ? this : _.mulUnsafe(this, e, g);
		}
		isSmallOrder() {
			return this.clearCofactor().is0();
		}
		isTorsionFree() {
			return _.mulUnsafe(this, o.n).is0();
		}
		toAffine(e) {
			let t = this, n = e;
			if (n != null && typeof n != "bigint") throw TypeError("\"invertedZ\" expected bigint, got type=" + typeof n);
			let { X: r, Y: a, Z: o } = t, s = t.is0();
			n ??= s ? i.create(wc) : i.inv(o);
			let c = i.mul(r, n), l = i.mul(a, n), u = i.mul(o, n);
			if (s) return {
				x: i.ZERO,
				y: i.ONE
			};
			if (!i.eql(u, i.ONE)) throw Error("invZ was invalid");
			return {
				x: c,
				y: l
			};
		}
		clearCofactor() {
			return s === xc ? this : s === Sc ? this.double() : s === Cc ? this.double().double() : s === wc ? this.double().double().double() : this.multiplyUnsafe(s);
		}
		toBytes() {
			let { x: e, y: t } = this.toAffine(), n = i.toBytes(t);
			return n[n.length - 1] |= u(e) ? 128 : 0, n;
		}
		toHex() {
			return Do(this.toBytes());
		}
		toString() {
			return `<Point ${this.is0() ? "ZERO" : this.toHex()}>`;
		}
	}
	let g = (e) => zs(h, e), _ = new Zs(h, c);
	return _.bits >= 6 && h.BASE.precompute(6), Object.freeze(h.prototype), Object.freeze(h), h;
}
// node_modules/@noble/curves/abstract/montgomery.js
var Dc = /* @__PURE__ */ BigInt(0), Oc = /* @__PURE__ */ BigInt(1), kc = /* @__PURE__ */ BigInt(2);
function Ac(e, t) {
	return e + t - (t >> Oc << Oc);
}
function jc(e) {
	let t = BigInt(6) * e;
	return (n, r, i) => {
		let a = r + i, o = ((t + i - r) * n + r) % e;
		return {
			x_2: o,
			x_3: a - o
		};
	};
}
function Mc(e) {
	return Zo(e, {
		P: "bigint",
		type: "string",
		adjustScalarBytes: "function",
		powPminus2: "function"
	}, {
		randomBytes: "function",
		scalarMultBase: "function"
	}), Object.freeze({ ...e });
}
function Nc(e) {
	let t = Mc(e), { P: n, type: r, adjustScalarBytes: i, powPminus2: a, randomBytes: o } = t, s = t.scalarMultBase, c = r === "x25519";
	if (!c && r !== "x448") throw Error("invalid type");
	let l = o === void 0 ? jo : o, u = c ? 255 : 448, d = jc(n), f = c ? 32 : 56, p = BigInt(c ? 9 : 5), m = BigInt(c ? 121665 : 39081), h = c ? kc ** BigInt(254) : kc ** BigInt(447), g = h + (c ? BigInt(8) * (kc ** BigInt(251) - Oc) : BigInt(4) * (kc ** BigInt(445) - Oc)) + Oc, _ = (e) => $(e, n), v = y(p);
	function y(e) {
		return Uo(_(e), f);
	}
	function b(e) {
		let t = Wo(X(e, f, "uCoordinate"));
		return c && (t[31] &= 127), _(Vo(t));
	}
	function x(e) {
		return Vo(i(Wo(X(e, f, "scalar"))));
	}
	let S = new Set(c ? [
		Dc,
		Oc,
		n - Oc,
		BigInt("325606250916557431795983626356110631294008115727848805560023387167927233504"),
		BigInt("39382357235489614581723060781553021112529911719440698176882885853963445705823")
	] : [
		Dc,
		Oc,
		n - Oc
	]);
	function C(e, t) {
		let n = b(t);
		if (S.has(n)) throw Error("invalid private or public key received");
		let r = D(n, x(e));
		if (r === Dc) throw Error("invalid private or public key received");
		return y(r);
	}
	function w(e) {
		if (s === void 0) return C(e, v);
		let t = x(e);
		qo("scalar", t, h, g);
		let n = _(s(t));
		if (n === Dc) throw Error("invalid private or public key received");
		return y(n);
	}
	let T = w, E = C;
	function D(e, t) {
		qo("u", e, Dc, n), qo("scalar", t, h, g);
		let r = t, i = e, o = Oc, s = Dc, c = e, l = Oc, f = r ^ r >> Oc;
		for (let e = BigInt(u - 1); e >= Dc; e--) {
			let t = Ac(n, f >> e);
			({x_2: o, x_3: c} = d(t, o, c)), {x_2: s, x_3: l} = d(t, s, l);
			let r = o + s, a = _(r * r), u = o - s, p = _(u * u), h = a - p, g = c + l, v = c - l, y = _(v * r), b = _(g * u), x = y + b, S = y - b;
			c = _(x * x), l = _(i * _(S * S)), o = _(a * p), s = _(h * (a + _(m * h)));
		}
		let p = Ac(n, r);
		({x_2: o, x_3: c} = d(p, o, c)), {x_2: s, x_3: l} = d(p, s, l);
		let v = a(s);
		return _(o * v);
	}
	let O = {
		secretKey: f,
		publicKey: f,
		seed: f
	}, k = (e) => (e = e === void 0 ? l(f) : e, X(e, O.seed, "seed"), e), A = { randomSecretKey: k };
	return Object.freeze(O), Object.freeze(A), Object.freeze({
		keygen: tc(k, T),
		getSharedSecret: E,
		getPublicKey: T,
		scalarMult: C,
		scalarMultBase: w,
		utils: A,
		GuBytes: v.slice(),
		lengths: O
	});
}
// node_modules/@noble/curves/ed25519.js
var Pc = /* @__PURE__ */ BigInt(0), Fc = /* @__PURE__ */ BigInt(1), Ic = /* @__PURE__ */ BigInt(2), Lc = /* @__PURE__ */ BigInt(3), Rc = /* @__PURE__ */ BigInt(5), zc = /* @__PURE__ */ BigInt(8), Bc = /* @__PURE__ */ BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"), Vc = {
	p: Bc,
	n: BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),
	h: zc,
	a: BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
	d: BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),
	Gx: BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
	Gy: BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")
};
function Hc(e) {
	let t = BigInt(10), n = BigInt(20), r = BigInt(40), i = BigInt(80), a = Bc, o = e * e % a * e % a, s = ls(ls(o, Ic, a) * o % a, Fc, a) * e % a, c = ls(s, Rc, a) * s % a, l = ls(c, t, a) * c % a, u = ls(l, n, a) * l % a, d = ls(u, r, a) * u % a;
	return {
		pow_p_5_8: ls(ls(ls(ls(d, i, a) * d % a, i, a) * d % a, t, a) * c % a, Ic, a) * e % a,
		b2: o
	};
}
function Uc(e) {
	return e[0] &= 248, e[31] &= 127, e[31] |= 64, e;
}
var Wc = /* @__PURE__ */ BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");
function Gc(e, t) {
	let n = Bc, r = $(t * t * t, n), i = Hc(e * $(r * r * t, n)).pow_p_5_8, a = $(e * r * i, n), o = $(t * a * a, n), s = a, c = $(a * Wc, n), l = o === e, u = o === $(-e, n), d = o === $(-e * Wc, n);
	return l && (a = s), (u || d) && (a = c), ys(a, n) && (a = $(-a, n)), {
		isValid: l || u,
		value: a
	};
}
var Kc = /* @__PURE__ */ Ec(Vc, { uvRatio: Gc }), qc = /* @__PURE__ */ (() => {
	let e = Bc, t = (t) => {
		let { pow_p_5_8: n, b2: r } = Hc(t);
		return $(ls(n, Lc, e) * r, e);
	};
	return Nc({
		P: e,
		type: "x25519",
		powPminus2: t,
		adjustScalarBytes: Uc,
		scalarMultBase: (n) => {
			let r = $(n, Kc.Fn.ORDER);
			if (r === Pc) return Pc;
			let i = Kc.BASE.multiply(r);
			return $((i.Z + i.Y) * t($(i.Z - i.Y, e)), e);
		}
	});
})(), Jc = !1;
async function Yc(e, t) {
	try {
		return await e();
	} catch (e) {
		if (e instanceof ReferenceError || e instanceof DOMException && e.name === "NotSupportedError") return await t();
		throw e;
	}
}
async function Xc(e, t) {
	return await Yc(async () => {
		let n = el(e) ? e : await $c(e), r = await crypto.subtle.importKey("raw", tl(t), { name: "X25519" }, Jc, []);
		return new Uint8Array(await crypto.subtle.deriveBits({
			name: "X25519",
			public: r
		}, n, 256));
	}, () => {
		if (el(e)) throw Error("CryptoKey provided but X25519 WebCrypto is not supported");
		return qc.scalarMult(e, t);
	});
}
async function Zc(e) {
	return await Yc(async () => Xc(e, qc.GuBytes), () => {
		if (el(e)) throw Error("CryptoKey provided but X25519 WebCrypto is not supported");
		return qc.scalarMultBase(e);
	});
}
var Qc = /* @__PURE__ */ new Uint8Array([
	48,
	46,
	2,
	1,
	0,
	48,
	5,
	6,
	3,
	43,
	101,
	110,
	4,
	34,
	4,
	32
]);
async function $c(e) {
	if (e.length !== 32) throw Error("X25519 private key must be 32 bytes");
	let t = new Uint8Array([...Qc, ...e]);
	return crypto.subtle.importKey("pkcs8", t, { name: "X25519" }, Jc, ["deriveBits"]);
}
function el(e) {
	return typeof CryptoKey < "u" && e instanceof CryptoKey;
}
function tl(e) {
	return e;
}
// node_modules/age-encryption/dist/io.js
function nl(e) {
	let t = e.reduce(((e, t) => e + t.length), 0), n = new Uint8Array(t), r = 0;
	for (let t of e) n.set(t, r), r += t.length;
	return n;
}
function rl(e, ...t) {
	return e.pipeThrough(new TransformStream({ start(e) {
		for (let n of t) e.enqueue(n);
	} }));
}
function il(e) {
	return new ReadableStream({ start(t) {
		t.enqueue(e), t.close();
	} });
}
async function al(e) {
	if (!(e instanceof ReadableStream)) throw Error("readAll expects a ReadableStream<Uint8Array>");
	return new Uint8Array(await new Response(e).arrayBuffer());
}
// node_modules/age-encryption/dist/format.js
var ol = class {
	args;
	body;
	constructor(e, t) {
		this.args = e, this.body = t;
	}
};
function sl(e) {
	let t = [];
	t.push("age-encryption.org/v1\n");
	for (let n of e) {
		t.push("-> " + n.args.join(" ") + "\n");
		for (let e = 0; e < n.body.length; e += 48) {
			let r = e + 48;
			r > n.body.length && (r = n.body.length), t.push(Xe.encode(n.body.subarray(e, r)) + "\n");
		}
		n.body.length % 48 == 0 && t.push("\n");
	}
	return t.push("---"), new TextEncoder().encode(t.join(""));
}
function cl(e, t) {
	return nl([sl(e), new TextEncoder().encode(" " + Xe.encode(t) + "\n")]);
}
// node_modules/age-encryption/dist/recipients.js
var ll = class {
	recipient;
	constructor(e) {
		let { prefix: t, words: n } = at.decode(e, !1), r = at.fromWords(n);
		if (!e.startsWith("age1pq1") || t.toLowerCase() !== "age1pq" || r.length !== 1216) throw Error("invalid recipient");
		this.recipient = r;
	}
	wrapFileKey(e) {
		let { cipherText: t, sharedSecret: n } = bo.encapsulate(this.recipient), { key: r, nonce: i } = pl(ul, n, new TextEncoder().encode("age-encryption.org/mlkem768x25519")), a = nn(r, i).encrypt(e);
		return [new ol(["mlkem768x25519", Xe.encode(t)], a)];
	}
}, ul = 25722, dl = 80, fl = 16;
function pl(e, t, n) {
	let r = ml(e), i = hl(r, void 0, "psk_id_hash", /* @__PURE__ */ new Uint8Array()), a = hl(r, void 0, "info_hash", n), o = new Uint8Array(1 + i.length + a.length);
	o[0] = 0, o.set(i, 1), o.set(a, 1 + i.length);
	let s = hl(r, t, "secret", /* @__PURE__ */ new Uint8Array());
	return {
		key: gl(r, s, "key", o, 32),
		nonce: gl(r, s, "base_nonce", o, 12)
	};
}
function ml(e) {
	let t = /* @__PURE__ */ new Uint8Array(10);
	return t.set(new TextEncoder().encode("HPKE"), 0), t[4] = e >> 8 & 255, t[5] = e & 255, t[6] = 0, t[7] = 1, t[8] = 0, t[9] = 3, t;
}
function hl(e, t, n, r) {
	let i = new Uint8Array(7 + e.length + n.length + r.length), a = 0;
	return i.set(new TextEncoder().encode("HPKE-v1"), a), a += 7, i.set(e, a), a += e.length, i.set(new TextEncoder().encode(n), a), a += n.length, i.set(r, a), _e(z, i, t);
}
function gl(e, t, n, r, i) {
	let a = new Uint8Array(9 + e.length + n.length + r.length), o = 0;
	return a[o] = i >> 8 & 255, a[o + 1] = i & 255, o += 2, a.set(new TextEncoder().encode("HPKE-v1"), o), o += 7, a.set(e, o), o += e.length, a.set(new TextEncoder().encode(n), o), o += n.length, a.set(r, o), be(z, t, a, i);
}
function _l(e) {
	e.length !== yc.lengths.publicKeyUncompressed && (e = yc.Point.fromBytes(e).toBytes(!1));
	let t = yc.utils.randomSecretKey(), n = yc.getPublicKey(t, !1), r = yc.getSharedSecret(t, e, !0).subarray(1), i = new Uint8Array(n.length + e.length);
	i.set(n, 0), i.set(e, n.length);
	let a = /* @__PURE__ */ new Uint8Array(5);
	return a.set(new TextEncoder().encode("KEM"), 0), a[3] = 0, a[4] = 16, {
		encapsulatedKey: n,
		sharedSecret: gl(a, hl(a, void 0, "eae_prk", r), "shared_secret", i, 32)
	};
}
var vl = class {
	recipient;
	constructor(e) {
		let t = at.decodeToBytes(e);
		if (!e.startsWith("age1tag1") || t.prefix.toLowerCase() !== "age1tag" || t.bytes.length !== 33) throw Error("invalid recipient");
		this.recipient = t.bytes;
	}
	wrapFileKey(e) {
		let { encapsulatedKey: t, sharedSecret: n } = _l(this.recipient), r = new TextEncoder().encode("age-encryption.org/p256tag"), i = (() => {
			let e = z(this.recipient).subarray(0, 4), n = new Uint8Array(t.length + e.length);
			return n.set(t, 0), n.set(e, t.length), _e(z, n, r).subarray(0, 4);
		})(), { key: a, nonce: o } = pl(fl, n, r), s = nn(a, o).encrypt(e);
		return [new ol([
			"p256tag",
			Xe.encode(i),
			Xe.encode(t)
		], s)];
	}
}, yl = class {
	recipient;
	constructor(e) {
		let { prefix: t, words: n } = at.decode(e, !1), r = at.fromWords(n);
		if (!e.startsWith("age1tagpq1") || t.toLowerCase() !== "age1tagpq" || r.length !== 1249) throw Error("invalid recipient");
		this.recipient = r;
	}
	wrapFileKey(e) {
		let { cipherText: t, sharedSecret: n } = xo.encapsulate(this.recipient), r = new TextEncoder().encode("age-encryption.org/mlkem768p256tag"), i = (() => {
			let e = z(this.recipient.subarray(1184)).subarray(0, 4), n = new Uint8Array(t.length + e.length);
			return n.set(t, 0), n.set(e, t.length), _e(z, n, r).subarray(0, 4);
		})(), { key: a, nonce: o } = pl(dl, n, r), s = nn(a, o).encrypt(e);
		return [new ol([
			"mlkem768p256tag",
			Xe.encode(i),
			Xe.encode(t)
		], s)];
	}
}, bl = class {
	recipient;
	constructor(e) {
		let t = at.decodeToBytes(e);
		if (!e.startsWith("age1") || t.prefix.toLowerCase() !== "age" || t.bytes.length !== 32) throw Error("invalid recipient");
		this.recipient = t.bytes;
	}
	async wrapFileKey(e) {
		let t = pe(32), n = await Zc(t), r = await Xc(t, this.recipient), i = new Uint8Array(n.length + this.recipient.length);
		i.set(n), i.set(this.recipient, n.length);
		let a = xe(z, r, i, new TextEncoder().encode("age-encryption.org/v1/X25519"), 32);
		return [new ol(["X25519", Xe.encode(n)], Sl(e, a))];
	}
}, xl = class {
	passphrase;
	logN;
	constructor(e, t) {
		this.passphrase = e, this.logN = t;
	}
	wrapFileKey(e) {
		let t = pe(16), n = /* @__PURE__ */ new Uint8Array(44);
		n.set(new TextEncoder().encode("age-encryption.org/v1/scrypt")), n.set(t, 28);
		let r = mt(this.passphrase, n, {
			N: 2 ** this.logN,
			r: 8,
			p: 1,
			dkLen: 32
		});
		return [new ol([
			"scrypt",
			Xe.encode(t),
			this.logN.toString()
		], Sl(e, r))];
	}
};
function Sl(e, t) {
	return nn(t, /* @__PURE__ */ new Uint8Array(12)).encrypt(e);
}
// node_modules/age-encryption/dist/stream.js
var Cl = 16, wl = 65536;
function Tl(e) {
	let t = /* @__PURE__ */ new Uint8Array(12), n = () => {
		for (let e = t.length - 2; e >= 0 && (t[e]++, t[e] === 0); e--);
	}, r = new Uint8Array(wl), i = 0;
	return new TransformStream({
		transform(a, o) {
			for (; a.length > 0;) {
				if (i === r.length) {
					let a = nn(e, t).encrypt(r);
					o.enqueue(a), n(), i = 0;
				}
				let s = Math.min(r.length - i, a.length);
				r.set(a.subarray(0, s), i), i += s, a = a.subarray(s);
			}
		},
		flush(n) {
			t[11] = 1;
			let a = nn(e, t).encrypt(r.subarray(0, i));
			n.enqueue(a);
		}
	});
}
function El(e) {
	return e + Cl * Math.max(1, Math.ceil(e / wl));
}
// node_modules/age-encryption/dist/index.js
var Dl = class {
	passphrase = null;
	scryptWorkFactor = 18;
	recipients = [];
	setPassphrase(e) {
		if (this.passphrase !== null) throw Error("can encrypt to at most one passphrase");
		if (this.recipients.length !== 0) throw Error("can't encrypt to both recipients and passphrases");
		this.passphrase = e;
	}
	setScryptWorkFactor(e) {
		this.scryptWorkFactor = e;
	}
	addRecipient(e) {
		if (this.passphrase !== null) throw Error("can't encrypt to both recipients and passphrases");
		if (typeof e == "string") {
			if (e.startsWith("age1pq1")) this.recipients.push(new ll(e));
			else if (e.startsWith("age1tag1")) this.recipients.push(new vl(e));
			else if (e.startsWith("age1tagpq1")) this.recipients.push(new yl(e));
			else if (e.startsWith("age1")) this.recipients.push(new bl(e));
			else throw Error("unrecognized recipient type");
		} else this.recipients.push(e);
	}
	async encrypt(e) {
		let t = pe(16), n = [], r = this.recipients;
		this.passphrase !== null && (r = [new xl(this.passphrase, this.scryptWorkFactor)]);
		for (let e of r) n.push(...await e.wrapFileKey(t));
		let i = cl(n, ge(z, xe(z, t, void 0, new TextEncoder().encode("header"), 32), sl(n))), a = pe(16), o = Tl(xe(z, t, a, new TextEncoder().encode("payload"), 32));
		return e instanceof ReadableStream ? Object.assign(rl(e.pipeThrough(o), i, a), { size: (e) => El(e) + i.length + a.length }) : (typeof e == "string" && (e = new TextEncoder().encode(e)), await al(rl(il(e).pipeThrough(o), i, a)));
	}
}, Ol = new TextEncoder().encode("TGR1"), kl = 16, Al = "0123456789abcdefghijklmnopqrstuvwxyz";
function jl() {
	let e = "rec_";
	for (; e.length < 28;) for (let t of crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(32))) t < 252 && e.length < 28 && (e += Al[t % 36]);
	return e;
}
function Ml(e, t, n) {
	return {
		recording_id: e,
		conference_id: t,
		thread: btoa(String.fromCharCode(...crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(16)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
		started_at: n.toISOString(),
		encoding: "PCMU"
	};
}
function Nl(e) {
	let n = (e) => new t("bad_recipients", e);
	if (e.length === 0) throw n("A recording needs at least one public key (age1…).");
	if (e.length > kl) throw n(`${kl} public keys are the limit.`);
	let r = e.filter((e) => e.startsWith("age1pq1")).length;
	if (r > 0 && r < e.length) throw n("Keys of the post-quantum kind (age1pq1…) and others cannot be mixed.");
	let i = new Dl();
	return e.forEach((e, t) => {
		try {
			i.addRecipient(e);
		} catch {
			throw n(`Recipient ${t + 1} is not an age public key (age1…).`);
		}
	}), i;
}
function Pl(e, t) {
	return async ({ sound: n, events: r, end: i, seq: a, start: o, samples: s }) => {
		let c = {
			...e,
			seq: a,
			start: o,
			samples: s,
			...r.length > 0 ? { events: r } : {},
			...i ? { end: i } : {}
		}, l = new TextEncoder().encode(`${JSON.stringify(c)}\n`), u = new Uint8Array(l.length + (n?.length ?? 0));
		u.set(l), n && u.set(n, l.length);
		let d = await t.encrypt(u);
		u.fill(0);
		let f = new Uint8Array(8 + d.length);
		return f.set(Ol), new DataView(f.buffer).setUint32(4, d.length), f.set(d, 8), f;
	};
}
// sdk/recorder/source.ts
async function Fl(e, n, r) {
	let i = new AudioContext(), a = new Audio();
	a.muted = !0;
	try {
		await i.audioWorklet.addModule(String(n));
	} catch {
		throw i.close(), new t("recorder_failed", "The recorder could not be loaded: is recorder.worklet.js served beside recorder.js?");
	}
	let o = new AudioWorkletNode(i, "tonegate-recorder", {
		numberOfInputs: 2,
		numberOfOutputs: 1,
		channelCount: 1,
		channelCountMode: "explicit"
	});
	o.port.onmessage = ({ data: e }) => r(e), o.connect(i.destination), i.createMediaStreamSource(new MediaStream([e.outgoing])).connect(o, 0, 0);
	let s, c, l = () => {
		let t = e.stream.getAudioTracks()[0];
		if (!t || t === c) return;
		c = t, s?.disconnect();
		let n = new MediaStream([t]);
		a.srcObject = n, a.play().catch(() => {}), s = i.createMediaStreamSource(n), s.connect(o, 0, 1);
	};
	l();
	let u = e.on("state", l);
	return i.state === "suspended" && i.resume().catch(() => {}), {
		rate: i.sampleRate,
		close() {
			u(), o.port.postMessage("stop"), o.port.onmessage = null, a.srcObject = null, i.close().catch(() => {});
		}
	};
}
// sdk/recorder/mulaw.ts
var Il = 132, Ll = 32635;
function Rl(e) {
	let t = Math.max(-32635, Math.min(Ll, Math.round(e * 32768))), n = t < 0 ? 128 : 0, r = Math.abs(t) + Il, i = Math.max(0, 24 - Math.clz32(r));
	return ~(n | i << 4 | r >> i + 3 & 15) & 255;
}
// sdk/recorder/tape.ts
var zl = 4e3, Bl = 20, Vl = 6912e5, Hl = class {
	done;
	#e;
	#t;
	#n = new Uint8Array(2 * zl);
	#r = 0;
	#i = !1;
	#a = 0;
	#o = 0;
	#s = 0;
	#c = [];
	#l = 0;
	#u = Promise.resolve();
	#d = !1;
	#f;
	constructor(e, t) {
		this.#e = e, this.#t = t, this.done = new Promise((e, t) => this.#f = {
			resolve: e,
			reject: t
		}), this.done.catch(() => {}), this.#m();
	}
	get position() {
		return this.#o + this.#a + this.#r;
	}
	push(e, t, n) {
		for (let r = 0; r < e && !this.#d; r++) this.#n[2 * this.#r] = t ? Rl(t[r]) : 255, this.#n[2 * this.#r + 1] = n ? Rl(n[r]) : 255, this.#r++, (t || n) && (this.#i = !0), this.#r === 4e3 && this.#p();
	}
	gap(e) {
		this.#d || e <= 0 || (this.#m(), this.event({
			type: "gap",
			reason: "late",
			samples: e
		}), this.#g(e));
	}
	event(e) {
		this.#d || this.#c.push({
			...e,
			at: this.position
		});
	}
	end(e) {
		return this.#d || this.#m(e), this.done;
	}
	#p() {
		if (this.position >= Vl) return this.#m("failed");
		if (this.#l < Bl) return this.#m();
		this.#a += this.#r, this.#h();
	}
	#m(e) {
		if (this.#a > 0) {
			let e = this.#a;
			this.#a = 0, this.#c.push({
				type: "gap",
				reason: "overload",
				at: this.#o,
				samples: e
			}), this.#g(e);
		}
		let t = this.#i ? this.#n.slice(0, 2 * this.#r) : void 0;
		(this.#r > 0 || e || this.#s === 0) && this.#g(this.#r, t, e), this.#h(), e && (this.#d = !0, this.#u.then(() => this.#f.resolve()));
	}
	#h() {
		this.#n.fill(0), this.#r = 0, this.#i = !1;
	}
	#g(e, t, n) {
		let r = {
			seq: this.#s++,
			start: this.#o,
			samples: e,
			events: this.#c,
			...n ? { end: n } : {},
			...t ? { sound: t } : {}
		};
		this.#o += e, this.#c = [], this.#l++, this.#u = this.#u.then(async () => {
			let e = await this.#e(r);
			r.sound?.fill(0), await this.#t(r.seq, e), this.#l--;
		}), this.#u.catch((e) => {
			this.#d = !0, this.#h(), this.#f.reject(e);
		});
	}
}, Ul = /* @__PURE__ */ new Set([4429, 4503]);
function Wl(e, t, n) {
	let r = Math.min(8e3, 250 * 2 ** e), i = r / 2 + r / 2 * n();
	return Ul.has(t) ? Math.max(2e3, i) : i;
}
// sdk/recorder/upload.ts
var Gl = /* @__PURE__ */ new Set([
	408,
	425,
	429
]), Kl = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
async function ql(e, n, r = Xl) {
	let i = new URL(n.url, globalThis.location?.href);
	if (i.protocol !== "https:" && !(i.protocol === "http:" && Kl.test(i.hostname))) throw new t("bad_url", "A recording is uploaded over HTTPS.");
	let a = new Uint8Array(await crypto.subtle.digest("SHA-256", await e.arrayBuffer())), o = {
		size: e.size,
		sha256: [...a].map((e) => e.toString(16).padStart(2, "0")).join("")
	}, s = {
		...n.headers,
		"Content-Type": "application/octet-stream",
		"Repr-Digest": `sha-256=:${btoa(String.fromCharCode(...a))}:`,
		...n.token ? { Authorization: `Bearer ${n.token}` } : {},
		...n.leg ? { "Tonegate-Leg": n.leg } : {}
	}, c = (t, r) => fetch(i, {
		method: t,
		headers: {
			...s,
			...r > 0 ? { "Upload-Offset": String(r) } : {}
		},
		credentials: "omit",
		redirect: "error",
		...t === "PUT" ? { body: e.slice(r) } : {},
		...n.signal ? { signal: n.signal } : {}
	}).catch(() => void 0), l = n.attempts ?? 5, u = 0;
	for (let e = 1;; e++) {
		let t = await Jl(await c("PUT", u), o, n);
		if (!t) return o;
		if (t.why.code === "upload_conflict" && t.have === void 0) {
			let e = await c("HEAD", 0);
			if (e?.ok && Yl(e, o.size)) return o;
		}
		if (!t.again || e >= l || n.signal?.aborted) throw t.why;
		u = t.have ?? 0, t.have === void 0 && await r(Wl(e, 0, Math.random));
	}
}
async function Jl(e, n, { confirm: r }) {
	if (!e) return {
		again: !0,
		why: new t("upload_failed", "The recording could not be uploaded: the server cannot be reached.")
	};
	let { status: i } = e;
	if (i === 409) {
		let r = Number(e.headers.get("Upload-Offset") ?? NaN), i = new t("upload_conflict", "The server has something else of this recording.");
		return r >= 0 && r < n.size ? {
			again: !0,
			why: i,
			have: r
		} : {
			again: !1,
			why: i
		};
	}
	if (!e.ok) return {
		again: i >= 500 || i === 422 || Gl.has(i),
		why: new t("upload_refused", `The recording was not taken: HTTP ${i}.`)
	};
	if (r === "status" || Yl(e, n.size)) return;
	let a = await e.json().catch(() => null);
	if (a?.sha256 !== n.sha256 || a.size !== n.size) return {
		again: !0,
		why: new t("upload_unconfirmed", "What arrived is not known to be what was sent. The recording is kept.")
	};
}
var Yl = ({ headers: e }, t) => e.get("Upload-Complete") === "?1" && e.get("Upload-Offset") === String(t), Xl = (e) => new Promise((t) => setTimeout(t, e)), Zl = 1e4, Ql = 500, $l = 1e3;
async function eu(e, n) {
	if (!/^conf_[0-9a-z]{24}$/.test(e.conferenceId)) throw new t("not_connected", "The leg is on no call yet.");
	if (e.state === "left" || e.state === "failed") throw new t("left", "The call has ended.");
	let r = Nl(n.recipients), i = new cu(e, n, await s.open(), (e) => Pl(e, r));
	try {
		await i.begin(n.worklet ?? new URL("recorder.worklet.js", su));
	} catch (e) {
		throw i.abandon(), e;
	}
	return i;
}
var tu = () => ou((e) => e.list()), nu = (e) => ou(async (t) => (await t.read(e)).file), ru = (e) => au(e, (t) => t.remove(e)), iu = (e, t) => au(e, async (n) => {
	let { file: r, numbers: i } = await n.read(e), a = await ql(r, t);
	return await n.remove(e, i), a;
});
async function au(e, t) {
	let n = await h(e);
	try {
		return await ou(t);
	} finally {
		await n();
	}
}
async function ou(e) {
	let t = await s.open();
	try {
		return await e(t);
	} finally {
		t.close();
	}
}
var su = import.meta.url, cu = class {
	recordingId = jl();
	conferenceId;
	state = "recording";
	#e;
	#t;
	#n;
	#r;
	#i = new e();
	#a;
	#o;
	#s;
	#c;
	#l;
	#u = 0;
	#d;
	#f;
	#p = async () => {};
	constructor(e, t, n, r) {
		this.#e = e, this.conferenceId = e.conferenceId, this.#t = t, this.#n = n, this.#r = r, this.#a = e.on("state", (e, t) => this.#y(e, t));
	}
	on(e, t) {
		return this.#i.on(e, t);
	}
	async begin(e) {
		this.#p = await h(this.recordingId), this.#o = await Fl(this.#e, e, (e) => this.#m(e));
		let n = setTimeout(() => this.#d?.reject(new t("no_sound", "The browser lets no sound run: a click on the page may be missing.")), Zl);
		try {
			await new Promise((e, t) => this.#d = {
				resolve: e,
				reject: t
			});
		} finally {
			clearTimeout(n);
		}
	}
	abandon() {
		this.#S(), this.#n.close(), this.#p();
	}
	pause() {
		this.#l?.request(!0);
	}
	resume() {
		this.#l?.request(!1);
	}
	stop() {
		return this.#b("stopped");
	}
	#m({ one: e, two: t, until: n }) {
		if (!this.#o || this.#f) return;
		let r = n - e.length / this.#o.rate * 1e3;
		if (Math.abs(Date.now() - r) > $l) return;
		this.#c || this.#h(r);
		let i = this.#c, a = Math.round((n - this.#u) * g / 1e3) - i.position - Math.round(e.length * g / this.#o.rate);
		a > Ql * 8e3 / 1e3 && i.gap(a);
		let [o, s] = this.#s, c = this.#l.keeps(r), l = new Float32Array(e.length), [u, d] = [o.push(c.one ? e : l), s.push(c.two ? t : l)];
		i.push(u.length, c.one ? u : void 0, c.two ? d : void 0);
	}
	#h(e) {
		this.#u = e;
		let { rate: t } = this.#o;
		this.#s = [new b(t), new b(t)];
		let n = new Hl(this.#r(Ml(this.recordingId, this.conferenceId, new Date(e))), async (e, t) => {
			await this.#n.add(this.recordingId, e, t), this.#d?.resolve();
		});
		this.#c = n, this.#l = new m(this.#e, n, this.#t.duringCapture ?? "masked", this.#t.pages, () => this.#g()), n.done.catch((e) => this.#v(e)), this.#g();
	}
	#g() {
		let e = this.#l && this.#l.pauses.size > 0 ? "paused" : "recording";
		this.#f || this.#_(e);
	}
	#_(e) {
		e !== this.state && (this.state = e, this.#i.emit("state", e));
	}
	#v(e) {
		this.#S(), this.#_("failed"), this.#n.close(), this.#p();
		let n = e instanceof DOMException && e.name === "QuotaExceededError" ? new t("storage_full", "The browser has no room left: the recording ends here.") : new t("recorder_failed", "The recording could not be stored: it ends here.");
		this.#d?.reject(n), this.#i.emit("error", n);
	}
	#y(e, t) {
		(e === "left" || e === "failed") && this.#b(t.reason === "ended" ? "conference_ended" : "stopped").catch(() => {});
	}
	#b(e) {
		return this.#f ??= this.#x(e);
	}
	async #x(e) {
		this.#S(), this.#c && await this.#c.end(e), this.#n.close(), await this.#p(), this.state !== "failed" && this.#_("stopped");
	}
	#S() {
		this.#a(), this.#l?.close(), this.#o?.close(), this.#o = void 0;
	}
};
export { ru as discardRecording, eu as recordLeg, nu as sealedRecording, iu as uploadRecording, tu as waitingRecordings };
