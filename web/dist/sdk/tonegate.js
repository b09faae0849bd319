// sdk/env.ts
function e() {
	return {
		WebSocket: globalThis.WebSocket,
		RTCPeerConnection: globalThis.RTCPeerConnection,
		MediaStream: globalThis.MediaStream,
		getUserMedia: (e) => navigator.mediaDevices ? navigator.mediaDevices.getUserMedia(e) : Promise.reject(new DOMException("no media devices here", "SecurityError")),
		audioCapabilities: () => globalThis.RTCRtpReceiver?.getCapabilities?.("audio") ?? null,
		createAudioContext: () => new AudioContext(),
		onOnline: (e) => (globalThis.addEventListener("online", e), () => globalThis.removeEventListener("online", e)),
		random: Math.random
	};
}
// sdk/errors.ts
var t = class extends Error {
	code;
	detail;
	constructor(e, t, n) {
		super(`${e}: ${t}`), this.name = "TonegateError", this.code = e, this.detail = t, n !== void 0 && (this.pointer = n);
	}
}, n = 1e4, r = class {
	#e;
	#t;
	constructor(e) {
		this.#t = e;
	}
	get waiting() {
		return this.#e !== void 0;
	}
	start(e, r, i) {
		return this.#e ? Promise.reject(new t("busy", `Another ${this.#t} is under way.`)) : new Promise((a, o) => {
			let s = setTimeout(() => {
				this.refuse(new t("timeout", "The server did not confirm in time.")), i?.();
			}, n);
			this.#e = {
				done: r,
				resolve: a,
				reject: o,
				timer: s
			}, e() || this.refuse(new t("not_connected", "The server cannot be reached right now."));
		});
	}
	told(e) {
		this.#e?.done(e) && this.#n()?.resolve(e);
	}
	refuse(e) {
		let t = this.#n();
		return t?.reject(e), t !== void 0;
	}
	#n() {
		let e = this.#e;
		return this.#e = void 0, clearTimeout(e?.timer), e;
	}
}, i = /* @__PURE__ */ new Set([
	"completed",
	"failed",
	"cancelled",
	"expired"
]), a = class {
	current = null;
	#e = new r("capture command");
	#t = "";
	start(e) {
		let t = this.current?.captureId;
		return this.#r("capture_start", e, (e) => e.captureId !== t);
	}
	finish(e, t) {
		let n = (t) => i.has(t) || e === "capture_complete" && t === "submitting";
		return this.#n(e, t, (e) => n(e.state));
	}
	retry(e, t) {
		let n = (t) => t?.fields.find((t) => t.name === e)?.attempt ?? 0, r = n(this.current);
		return this.#n("capture_retry", t, (e) => n(e) > r);
	}
	#n(e, n, r) {
		let a = this.current;
		return !a || i.has(a.state) ? Promise.reject(new t("no_capture", "No secure capture is under way.")) : this.#r(e, n, (e) => e.captureId === a.captureId && r(e));
	}
	progress(e) {
		this.current = e, this.#e.told(e);
	}
	refuse(e, t) {
		return (t === void 0 || t === this.#t) && this.#e.refuse(e);
	}
	#r(e, t, n) {
		return this.#e.waiting || (this.#t = e), this.#e.start(t, n);
	}
}, o = /^[0-9A-D*#,]+$/, s = class {
	#e = Promise.resolve();
	#t = !1;
	#n;
	#r;
	constructor(e) {
		this.#r = e;
	}
	send(e, { duration: n = 100, gap: r = 70 } = {}) {
		let i = e.toUpperCase();
		if (!o.test(i)) return Promise.reject(new t("bad_digits", "Only 0-9, A-D, * and # can be sent."));
		if (!(n >= 40 && n <= 6e3) || !(r >= 30 && r <= 6e3)) return Promise.reject(new t("bad_digits", "Keys last 40 to 6000 ms with gaps of at least 30 ms."));
		let a = this.#e.then(() => this.#i(i, n, r));
		return this.#e = a.catch(() => {}), a;
	}
	close() {
		this.#t = !0, this.#n?.(new t("left", "The call ended before all keys were sent."));
	}
	#i(e, n, r) {
		let i = this.#r();
		return this.#t ? Promise.reject(new t("left", "The call has ended.")) : i?.canInsertDTMF ? new Promise((a, o) => {
			let s = e.split(",").length - 1, c = (e.length - s) * (n + r) + s * 2e3, l = (e) => {
				clearTimeout(d), i.removeEventListener("tonechange", u), this.#n = void 0, e ? o(e) : a();
			}, u = (e) => {
				e.tone === "" && l();
			}, d = setTimeout(() => l(new t("dtmf_stalled", "The browser did not finish sending the keys.")), c * 2 + 3e3);
			this.#n = l, i.addEventListener("tonechange", u);
			try {
				i.insertDTMF(e, n, r);
			} catch {
				l(new t("dtmf_unavailable", "The browser refused to send keys."));
			}
		}) : Promise.reject(new t("dtmf_unavailable", "This leg cannot send keys as named events now."));
	}
}, c = class {
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
}, l = (e) => (e ?? []).map((e) => typeof e == "string" ? { urls: e } : e), u = (e) => ({
	legId: e.leg_id,
	role: e.role,
	kind: e.kind,
	state: e.state,
	onHold: e.on_hold === !0
}), d = (e) => ({
	state: e.state,
	mode: e.mode,
	armed: e.armed,
	talk: e.talk === !0
}), f = (e) => ({
	state: e.state,
	...m({
		reason: e.reason,
		delivery: e.delivery
	})
}), p = (e) => e.map((e) => ({
	legId: e.leg_id,
	dbm0: e.dbm0
})), m = (e) => Object.fromEntries(Object.entries(e).filter(([, e]) => e !== void 0)), h = (e) => ({
	type: "capture_start",
	...m({
		fields: e.fields,
		connector: e.connector,
		action: e.action,
		amount: e.amount && {
			value: e.amount.value,
			currency: e.amount.currency
		},
		mask: e.mask,
		max_digits: e.maxDigits,
		on_demand: e.onDemand,
		release_on_submit: e.releaseOnSubmit
	})
}), g = (e) => ({
	name: e.name,
	state: e.state,
	digitsEntered: e.digits_entered,
	masked: e.masked,
	...m({
		brand: e.brand,
		attempt: e.attempt,
		reason: e.reason,
		lastFour: e.state === "valid" ? /•.*?(\d{4})$/.exec(e.masked)?.[1] : void 0
	})
}), _ = (e) => ({
	captureId: e.capture_id,
	state: e.state,
	fields: (e.fields ?? []).map(g),
	...m({
		reason: e.reason,
		connector: e.connector,
		receipt: e.receipt,
		failure: e.failure
	})
}), v = 512;
function y(e) {
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
function b(e) {
	return y(e).replace(/[?#].*$/s, "").replace(/\p{Nd}(?:\P{Nd}{0,3}\p{Nd}){6,}/gu, "•").slice(0, v);
}
function x(e, t = () => location.pathname) {
	let n = () => {
		let n = t();
		b(n) !== e.page && e.reportPage(n);
	}, { navigation: r } = globalThis;
	return r?.addEventListener("currententrychange", n), addEventListener("popstate", n), addEventListener("hashchange", n), n(), () => {
		r?.removeEventListener("currententrychange", n), removeEventListener("popstate", n), removeEventListener("hashchange", n);
	};
}
// sdk/peer.ts
var S = 2500, C = 1e4, w = class {
	pc;
	sender;
	#e;
	#t = !1;
	#n = "nothing";
	#r = !1;
	#i;
	#a;
	#o = [];
	#s = !1;
	#c = !1;
	constructor(e, t, n) {
		this.#e = n, this.pc = new t.RTCPeerConnection({
			iceServers: e.iceServers,
			bundlePolicy: "max-bundle"
		});
		let r = this.pc.addTransceiver(e.track, { direction: "sendrecv" });
		this.sender = r.sender, T(r, t.audioCapabilities(), e.telephoneEvent), this.pc.ontrack = (e) => n.track(e.track), this.pc.onicecandidate = (e) => this.#f(e.candidate), this.pc.onconnectionstatechange = () => this.#p(), this.#l("offer");
	}
	resumed() {
		if (this.#r) this.#o = [], this.#d(), this.#l("restart");
		else {
			for (let e of this.#o.splice(0)) this.#e.send(e);
			this.#n === "nothing" ? this.#s || this.#l("restart") : this.#l(this.#n);
		}
	}
	async answer(e) {
		if (!(!this.#r || this.#c)) {
			this.#d();
			try {
				await this.pc.setRemoteDescription({
					type: "answer",
					sdp: e
				});
			} catch {
				this.#e.failed(new t("bad_answer", "The server's answer could not be used."));
				return;
			}
			this.#n !== "nothing" && this.#l(this.#n);
		}
	}
	async remoteCandidate(e) {
		await this.pc.addIceCandidate(e).catch(() => {});
	}
	get awaitingAnswer() {
		return this.#r;
	}
	close() {
		this.#c = !0, this.#d(), clearTimeout(this.#a), this.pc.close();
	}
	#l(e) {
		this.#c || (this.#t || this.#r ? this.#n = e : (this.#n = "nothing", this.#u(e)));
	}
	async #u(e) {
		this.#t = !0;
		try {
			let t = await this.pc.createOffer({ iceRestart: e === "restart" });
			if (this.#c) return;
			await this.pc.setLocalDescription(t);
		} catch {
			this.#c || this.#e.failed(new t("offer_failed", "The browser could not make an offer."));
			return;
		} finally {
			this.#t = !1;
		}
		if (!this.#c) {
			if (!this.#e.send({
				type: "offer",
				sdp: this.pc.localDescription?.sdp ?? ""
			})) this.#o = [], this.#n = "restart";
			else {
				this.#r = !0;
				for (let e of this.#o.splice(0)) this.#e.send(e);
				this.#i = setTimeout(() => {
					this.#r = !1, this.#l("restart");
				}, C);
			}
		}
	}
	#d() {
		this.#r = !1, clearTimeout(this.#i);
	}
	#f(e) {
		let t = {
			type: "candidate",
			candidate: e?.candidate ?? "",
			sdp_mid: e?.sdpMid ?? null,
			sdp_mline_index: e?.sdpMLineIndex ?? null
		};
		(this.#t || !this.#e.send(t)) && this.#o.push(t);
	}
	#p() {
		if (!this.#c) switch (clearTimeout(this.#a), this.pc.connectionState) {
			case "connected":
				this.#m(!0);
				break;
			case "disconnected":
				this.#m(!1), this.#a = setTimeout(() => this.#l("restart"), S);
				break;
			case "failed": this.#m(!1), this.#l("restart");
		}
	}
	#m(e) {
		this.#s !== e && (this.#s = e, this.#e.media(e));
	}
};
function T(e, t, n) {
	let r = (e) => {
		switch (e.mimeType.toLowerCase()) {
			case "audio/pcmu": return 0;
			case "audio/pcma": return 1;
			case "audio/telephone-event": return n && e.clockRate === 8e3 ? 2 : -1;
			default: return -1;
		}
	}, i = (t?.codecs ?? []).filter((e) => r(e) >= 0).sort((e, t) => r(e) - r(t));
	i.some((e) => r(e) < 2) && e.setCodecPreferences?.(i);
}
// sdk/recording.ts
var E = class {
	current = null;
	#e = new r("pause or resumption");
	async ask(e, n) {
		if (!this.#e.waiting && this.current && D(e, this.current)) {
			if (this.current.reason === "capture") throw new t("capture_pauses", "The recording goes on when the secure capture is over.");
		} else await this.#e.start(n, (t) => D(e, t));
	}
	told(e) {
		this.current = e, this.#e.told(e);
	}
	refuse(e) {
		return this.#e.refuse(e);
	}
}, D = (e, { state: t, reason: n }) => e === "paused" ? t === "paused" && n === void 0 : t === "recording" || t === "paused" && n === "capture", O = {
	4400: ["bad_message", "The server did not understand this client."],
	4401: ["token_rejected", "The token is invalid, has expired or was used before."],
	4403: ["forbidden", "The token does not allow this."],
	4404: ["conference_not_found", "The call has ended or never existed."],
	4409: ["superseded", "This leg was taken over by a newer connection."]
};
function k(e) {
	let n = O[e];
	return n && new t(n[0], n[1]);
}
var A = /* @__PURE__ */ new Set([4429, 4503]);
function j(e, t, n) {
	let r = Math.min(8e3, 250 * 2 ** e), i = r / 2 + r / 2 * n();
	return A.has(t) ? Math.max(2e3, i) : i;
}
// sdk/signaling.ts
var M = "tonegate.v1", N = 1e4, P = 5e3, F = class {
	#e;
	#t;
	#n = !1;
	#r = !1;
	#i = 0;
	#a;
	#o;
	#s;
	#c;
	#l = 0;
	#u = !0;
	#d;
	#f;
	#p;
	#m;
	constructor(e, t, n) {
		this.#f = e, this.#p = t, this.#m = n, this.#a = Date.now() + e.connectTimeout, this.#d = t.onOnline(() => {
			this.#o !== void 0 && (clearTimeout(this.#o), this.#h());
		});
	}
	start() {
		this.#h();
	}
	get up() {
		return this.#n;
	}
	send(e) {
		return this.#n ? (this.#e?.send(JSON.stringify(e)), !0) : !1;
	}
	close() {
		this.#r = !0, this.#d(), clearTimeout(this.#o), this.#y(1e3);
	}
	#h() {
		this.#o = void 0;
		let e;
		try {
			e = new this.#p.WebSocket(this.#f.url, M);
		} catch {
			this.#b(new t("bad_url", "The signalling address is not a WebSocket address."));
			return;
		}
		this.#e = e;
		let n = setTimeout(() => r(0), 8e3), r = (t) => {
			clearTimeout(n), this.#e === e && this.#v(t);
		};
		e.onopen = () => {
			clearTimeout(n);
			let t = this.#t ? {
				type: "join",
				leg_id: this.#t.id,
				resume: this.#t.resume
			} : {
				type: "join",
				token: this.#f.token
			};
			e.send(JSON.stringify(t));
		}, e.onmessage = (t) => {
			this.#e === e && this.#g(t.data);
		}, e.onclose = (e) => r(e.code), e.onerror = null;
	}
	#g(e) {
		let t;
		try {
			t = JSON.parse(String(e));
		} catch {
			return;
		}
		switch (this.#u = !0, t.type) {
			case "joined": {
				let e = this.#t === void 0;
				this.#t = {
					id: t.leg_id,
					resume: t.resume
				}, this.#n = !0, this.#s = setTimeout(() => {
					this.#i = 0;
				}, P), this.#c = setInterval(() => this.#_(), N), this.#m.joined(t, e);
				return;
			}
			case "bye":
				this.close(), this.#m.bye(t.reason);
				return;
			case "pong": return;
			default: this.#m.message(t);
		}
	}
	#_() {
		if (this.#u) this.#u = !1, this.send({
			type: "ping",
			n: ++this.#l
		});
		else {
			let e = this.#e;
			this.#v(0), e?.close(4e3);
		}
	}
	#v(e) {
		let n = this.#n;
		if (this.#y(), this.#r) return;
		let r = k(e);
		if (r) return this.#b(r);
		if (n && e === 1e3) return this.close(), this.#m.bye("ended");
		n && (this.#a = Date.now() + this.#f.reconnectTimeout, this.#m.down());
		let i = j(this.#i++, e, this.#p.random);
		if (Date.now() + i >= this.#a) return this.#b(this.#t ? new t("reconnect_timeout", "The connection to the server could not be restored.") : new t("connect_timeout", "The server could not be reached."));
		this.#o = setTimeout(() => this.#h(), i);
	}
	#y(e) {
		this.#n = !1, this.#u = !0, clearTimeout(this.#s), clearInterval(this.#c);
		let t = this.#e;
		this.#e = void 0, e !== void 0 && t?.close(e);
	}
	#b(e) {
		this.close(), this.#m.final(e);
	}
}, I = class {
	#e = new r("press");
	press(e, t) {
		return this.#e.start(e, () => !0, t);
	}
	get pressed() {
		return this.#e.waiting;
	}
	opened() {
		this.#e.told();
	}
	end(e) {
		return this.#e.refuse(e);
	}
}, L = class {
	state = "together";
	#e = new r("transfer");
	async start(e, t) {
		await this.#e.start(t, (t) => t === (e === "ivr" ? "with_ivr" : "together"));
	}
	moved(e) {
		this.state = e, this.#e.told(e);
	}
	end(e) {
		return this.#e.refuse(e);
	}
}, R = /* @__PURE__ */ new Set([
	"no_common_codec",
	"bad_offer",
	"codec_changed"
]), z = class {
	id = "";
	conferenceId = "";
	role = "customer";
	grants = [];
	demonstration = !1;
	connectors = [];
	state = "connecting";
	legs = [];
	masking = {
		state: "mute",
		mode: "mute",
		armed: !1,
		talk: !1
	};
	page;
	resumeSecret = "";
	muted = !1;
	stream;
	#e = new c();
	#t;
	#n;
	#r;
	#i;
	#a;
	#o = new a();
	#s = new I();
	#c = new L();
	#l = new E();
	#u;
	#d = !1;
	#f = !1;
	#p;
	#m;
	admitted;
	constructor(e, n, r) {
		this.#t = e, this.#n = r, this.#r = n, this.stream = new r.MediaStream(), this.#a = new s(() => this.#u?.sender.dtmf ?? null), this.admitted = new Promise((e, t) => {
			this.#m = {
				resolve: e,
				reject: t
			};
		}), this.#i = new F({
			url: e.url,
			token: e.token,
			connectTimeout: e.connectTimeout ?? 15e3,
			reconnectTimeout: e.reconnectTimeout ?? 35e3
		}, r, {
			joined: (e, t) => this.#_(e, t),
			message: (e) => this.#x(e),
			down: () => {
				let e = new t("not_connected", "The connection to the server was lost.");
				this.#s.end(e), this.#l.refuse(e), this.#c.end(e), this.#O("signaling_lost");
			},
			final: (e) => this.#k(e),
			bye: (e) => this.#A("left", { reason: e })
		}), this.#i.start();
	}
	get capture() {
		return this.#o.current;
	}
	get transferState() {
		return this.#c.state;
	}
	get recording() {
		return this.#l.current;
	}
	get outgoing() {
		return this.#r.track;
	}
	get listening() {
		return this.#s.pressed || this.masking.talk;
	}
	on(e, t) {
		return this.#e.on(e, t);
	}
	mute(e) {
		this.#g || (this.muted = e, this.#r.track.enabled = !e, this.#i.send({
			type: "mute",
			muted: e
		}));
	}
	hold(e, n) {
		(this.#g || !this.#i.send({
			type: "hold",
			on_hold: e,
			leg_id: n ?? this.id
		})) && this.#e.emit("error", new t("not_connected", "The server cannot be reached right now."));
	}
	transfer(e) {
		return this.#c.start(e, () => this.#i.send({
			type: "transfer",
			to: e
		}));
	}
	sendDigits(e, n) {
		return this.#t.telephoneEvent === !1 ? Promise.reject(new t("dtmf_unavailable", "This leg joined without named events.")) : this.#a.send(e, n);
	}
	startCapture(e = {}) {
		return this.#o.start(() => this.#i.send(h(e)));
	}
	retryField(e) {
		return this.#o.retry(e, () => this.#i.send({
			type: "capture_retry",
			field: e
		}));
	}
	completeCapture() {
		return this.#o.finish("capture_complete", () => this.#i.send({ type: "capture_complete" }));
	}
	cancelCapture() {
		return this.#o.finish("capture_cancel", () => this.#i.send({ type: "capture_cancel" }));
	}
	pressTalk() {
		return this.#s.press(() => this.#i.send({ type: "talk_press" }), () => this.releaseTalk());
	}
	releaseTalk() {
		this.#i.send({ type: "talk_release" }), this.#s.end(new t("talk_released", "It was released before it opened."));
	}
	pauseRecording() {
		return this.#l.ask("paused", () => this.#i.send({
			type: "recording",
			state: "paused"
		}));
	}
	resumeRecording() {
		return this.#l.ask("recording", () => this.#i.send({
			type: "recording",
			state: "recording"
		}));
	}
	reportPage(e) {
		this.#g || (this.page = b(e), this.#h(), this.#e.emit("page", this.page));
	}
	#h() {
		this.page !== void 0 && this.grants.includes("page") && this.#i.send({
			type: "page",
			page: this.page
		});
	}
	leave() {
		this.#g || (this.#i.send({ type: "leave" }), this.#A("left", { reason: "left" }));
	}
	async getStats() {
		if (!this.#u) throw new t("not_connected", "The leg has no media yet.");
		return this.#u.pc.getStats();
	}
	get #g() {
		return this.state === "left" || this.state === "failed";
	}
	#_(e, t) {
		this.id = e.leg_id, this.conferenceId = e.conference_id, this.role = e.role, this.grants = e.grants, this.resumeSecret = e.resume, this.demonstration = e.demonstration, this.connectors = e.connectors ?? [], this.#C(e.legs.map(u)), this.#w(d(e.masking)), e.transfer && this.#T(e.transfer.state), e.capture && this.#E(_(e.capture)), e.recording && this.#D(f(e.recording)), this.#h(), t ? (this.#v(e.ice_servers), this.#m.resolve(), this.muted && this.#i.send({
			type: "mute",
			muted: !0
		})) : (this.#i.send({
			type: "mute",
			muted: this.muted
		}), this.#u?.resumed(), this.#O());
	}
	#v(e) {
		this.#u = new w({
			track: this.#r.track,
			iceServers: l(e?.length ? e : this.#t.iceServers),
			telephoneEvent: this.#t.telephoneEvent !== !1
		}, this.#n, {
			send: (e) => this.#i.send(e),
			track: (e) => this.#b(e),
			media: (e) => {
				this.#d = e, this.#O(e ? void 0 : "media_lost");
			},
			failed: (e) => this.#k(e)
		}), this.#y(this.#t.connectTimeout ?? 15e3);
	}
	#y(e) {
		clearTimeout(this.#p), this.#p = setTimeout(() => this.#k(new t("media_timeout", "No audio path to the server could be established.")), e);
	}
	#b(e) {
		for (let e of this.stream.getTracks()) this.stream.removeTrack(e);
		this.stream.addTrack(e);
		let { audioElement: n } = this.#t;
		n && (n.srcObject = this.stream, n.play()?.catch(() => {
			this.#e.emit("error", new t("autoplay_blocked", "The browser will play the call after the next click on the page."));
		}));
	}
	#x(e) {
		switch (e.type) {
			case "answer":
				this.#u?.answer(e.sdp);
				break;
			case "candidate":
				this.#u?.remoteCandidate({
					candidate: e.candidate,
					sdpMid: e.sdp_mid ?? null,
					sdpMLineIndex: e.sdp_mline_index ?? null
				});
				break;
			case "leg_joined":
			case "leg_left":
			case "leg_state": {
				let t = u(e), n = this.legs.some((e) => e.legId === t.legId);
				this.#C(n ? this.legs.map((e) => e.legId === t.legId ? t : e) : [...this.legs, t]);
				break;
			}
			case "masking":
				this.#w(d(e));
				break;
			case "capture_progress":
				this.#E(_(e));
				break;
			case "transfer":
				this.#T(e.state);
				break;
			case "recording":
				this.#D(f(e));
				break;
			case "level":
				this.#e.emit("level", p(e.levels));
				break;
			case "quality":
				this.#e.emit("quality", {
					lost: e.lost,
					concealed: e.concealed,
					received: e.received
				});
				break;
			case "error":
				this.#S(new t(e.code, e.detail, e.pointer), e.re);
				break;
			case "going_away": this.#e.emit("error", new t("going_away", e.reason));
		}
	}
	#S(e, t) {
		if (e.code !== "bad_candidate") {
			if ((t === void 0 ? R.has(e.code) : t === "offer") && this.#u?.awaitingAnswer) return this.#k(e);
			t === "talk_press" && this.#s.end(e) || t === "transfer" && this.#c.end(e) || t === "recording" && this.#l.refuse(e) || this.#o.refuse(e, t) || this.#e.emit("error", e);
		}
	}
	#C(e) {
		this.legs = e, this.#e.emit("legs", [...e]);
	}
	#w(e) {
		this.masking = e, e.talk && this.#s.opened(), this.#e.emit("masking", e);
	}
	#T(e) {
		this.#c.moved(e), this.#e.emit("transfer", e);
	}
	#E(e) {
		this.#o.progress(e), this.#e.emit("capture", e);
	}
	#D(e) {
		this.#l.told(e), this.#e.emit("recording", e);
	}
	#O(e) {
		if (this.#g) return;
		this.#d && clearTimeout(this.#p);
		let t;
		this.#d && this.#i.up ? (this.#f = !0, t = "connected") : (t = this.#f ? "reconnecting" : "connecting", !this.#d && e === "media_lost" && this.#y(this.#t.reconnectTimeout ?? 35e3)), t !== this.state && (this.state = t, this.#e.emit("state", t, e ? { reason: e } : {}));
	}
	#k(e) {
		this.#A("failed", { error: e });
	}
	#A(e, n) {
		if (this.#g) return;
		this.state = e, clearTimeout(this.#p), this.#i.close(), this.#a.close(), this.#u?.close(), this.#r.release();
		let r = new t("left", "The call has ended.");
		this.#o.refuse(r), this.#s.end(r), this.#c.end(r), this.#l.refuse(r), this.#e.emit("state", e, n);
		let i = n.error;
		i && this.#e.emit("error", i), this.#m.reject(i ?? r);
	}
}, B = {
	NotAllowedError: ["microphone_denied", "Access to the microphone was refused."],
	SecurityError: ["microphone_insecure", "Browsers give the microphone only to pages served over HTTPS."],
	NotFoundError: ["microphone_missing", "No microphone was found."],
	OverconstrainedError: ["microphone_missing", "The chosen microphone was not found."],
	NotReadableError: ["microphone_busy", "The microphone is in use by another program."],
	AbortError: ["microphone_busy", "The microphone could not be started."]
};
async function V(e, n) {
	let { microphone: r = !0 } = e;
	if (r === !1) return H(n);
	if (r !== !0) {
		let e = r.getAudioTracks()[0];
		if (!e) throw new t("no_audio_track", "The stream given as microphone has no audio track.");
		return {
			track: e,
			release() {}
		};
	}
	let { deviceId: i, ...a } = e.audioProcessing ?? {};
	try {
		let e = (await n.getUserMedia({
			audio: {
				echoCancellation: !0,
				noiseSuppression: !0,
				autoGainControl: !0,
				...a,
				...i ? { deviceId: { exact: i } } : {}
			},
			video: !1
		})).getAudioTracks()[0];
		if (!e) throw new DOMException("empty stream", "NotFoundError");
		return {
			track: e,
			release: () => e.stop()
		};
	} catch (e) {
		let [n, r] = B[e.name] ?? ["microphone_failed", "The microphone could not be opened."];
		throw new t(n, r);
	}
}
function H(e) {
	let n = e.createAudioContext(), r = n.createConstantSource();
	r.offset.value = 0;
	let i = n.createMediaStreamDestination();
	r.connect(i), r.start(), n.state === "suspended" && n.resume().catch(() => {});
	let a = i.stream.getAudioTracks()[0];
	if (!a) throw new t("microphone_failed", "This browser made no silent track.");
	return {
		track: a,
		release() {
			a.stop(), n.close().catch(() => {});
		}
	};
}
// sdk/tonegate.ts
async function U(t) {
	let n = e(), r = new z(t, await V(t, n), n);
	return await r.admitted, r;
}
export { t as TonegateError, x as followPages, U as joinConference };
