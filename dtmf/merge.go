package dtmf

import "tonegate/internal/audio"

const (
	silenceAfter = 120 * audio.SamplesPerMs // a key's end, at most
	risesBy      = 5                        // times in energy
	silentFloor  = 40                       // RMS: 2 ms of a key at -36 dBm0 per tone have four times as much
)

// mask writes the spans of a frame: what was heard in it, the hang-over of
// what was heard before, and all of it where the network says that a named
// event is on, or that a suspicious moment was lost.
func (d *Detector) mask(ev *Evidence, heard Reception) {
	const whole = audio.FrameSamples
	d.found.extend(d.lastEnd)
	// A loss may hide a key's onset: a fragment of a tone too short to be
	// noticed may end the frame before, and concealment would repeat it, here or
	// on the way. What the delay line still holds is doubtful as well.
	if d.wary && d.repeats() {
		d.repeated++
	} else {
		d.repeated = 0
	}
	if heard.Event.Active {
		d.found.extend(whole)
	}
	doubt := heard.Concealed || heard.Covered || d.repeated > 0
	if doubt && !d.fellSilent(heard.Concealed || heard.Covered) {
		d.found.extend(whole - hang + crossFade)
	}
	d.lastEnd = max(d.found.until-whole, -never)
	if end := min(d.found.until+hang, whole); end > -LookAhead {
		ev.spans[0] = Span{-LookAhead, int16(end)}
		ev.nSpans = 1
	}
	d.suspected = doubt || ev.nSpans > 0
	ev.suspicious = d.suspected
}

// fellSilent reports that a frame which concealment made up, here or on the way,
// has nothing of a tone in it: because what was heard last and what was made of
// it are fainter than any tone, or because a key was just over when the frame
// was lost here, and nothing of another can have begun.
func (d *Detector) fellSilent(madeHere bool) bool {
	const last = longestLag
	x := d.front.high[maxWindow-last:]
	energy := max(alternating(x[:last]), alternating(x[last:]))
	if energy < silentFloor*silentFloor*last {
		return true
	}
	h := &d.held
	over := h.on && h.last+h.concealed-audio.FrameSamples < -last/2 && h.last > -silenceAfter
	return madeHere && over && !d.rises() && !d.mayBegin()
}

// rises reports whether something began in the last milliseconds before the
// frame, too short for any window to tell what.
func (d *Detector) rises() bool {
	const new, old = 4, 12
	var now, before float32
	for b := range new {
		now += d.front.energies[oldBlocks-1-b] / new
	}
	for b := range old {
		before += d.front.energies[oldBlocks-1-new-b] / old
	}
	return now > risesBy*before
}

// mayBegin reports whether anything in a frame or right before it might be a few
// milliseconds of a key, with much less wanted than for a suspicion.
func (d *Detector) mayBegin() bool {
	wary := d.eagerness
	defer func() { d.eagerness = wary }()
	d.eagerness *= beginsFactor
	for end := 0; end <= newBlocks; end += 2 {
		for i := range windows {
			w := &windows[i]
			if w.blocks > 10 {
				continue
			}
			if g := d.front.look(oldBlocks+end-w.blocks, oldBlocks+end); g.tonal(w.raw * d.eagerness) {
				if _, found := d.pairIn(w, end, &g); found {
					return true
				}
			}
		}
	}
	return false
}

// pressed reports the keys that both transports brought, each once.
func (d *Detector) pressed(ev *Evidence, heard Reception) {
	named := heard.Event
	d.pairs.expire(d.now)
	if heard.Muted {
		d.nConfirmed = 0
	}
	for _, r := range d.confirmed[:d.nConfirmed] {
		onset := int64(r.first + hop)
		ev.counts.InBand++
		ev.counts.DelaySamples += uint32(int64(audio.FrameSamples) - onset)
		s := sighting{key: r.key, earliest: d.now + onset, latest: d.now + onset, hidden: d.copies && d.copied == r.key}
		other, paired := d.pairs.sight(inBand, s)
		if paired {
			if !s.hidden {
				d.relays.carry(other.relay)
			}
			continue
		}
		ev.press(r.key)
	}
	for _, p := range named.begun[:named.nBegun] {
		ev.counts.Named++
		earliest, latest := d.place(p, heard)
		s := sighting{key: p.key, earliest: earliest, latest: latest, relay: p.id}
		other, paired := d.pairs.sight(byName, s)
		d.relays.queue(p, latest)
		if paired {
			if !other.hidden {
				d.relays.carry(p.id)
			}
			continue
		}
		ev.press(p.key)
	}
}

// place returns where in the stream a named event began, at the earliest and at
// the latest. Its timestamp says so, unless that is beyond belief.
func (d *Detector) place(p press, heard Reception) (earliest, latest int64) {
	if heard.Timed && p.timed {
		if offset := int64(int32(p.timestamp - heard.Timestamp)); offset > -timedLimit && offset < timedLimit {
			return d.now + offset - eventLag, d.now + offset
		}
	}
	latest = d.now + audio.FrameSamples + int64(min(heard.Ahead, audio.SampleRate))
	return latest - int64(p.samples), latest
}

func (e *Evidence) press(k Key) {
	if int(e.nKeys) < len(e.keys) {
		e.keys[e.nKeys] = k
		e.nKeys++
	}
}

// toIVR decides what an external IVR is sent, and what it must not be sent a
// second time.
func (d *Detector) toIVR(ev *Evidence, heard Reception) {
	d.relays.update(heard.Event)
	m := d.moment(heard)
	ev.relay = d.relays.next(m)
	if m.hole && m.sounding && m.short {
		// What is left of the tone behind the hole belongs to the same key.
		d.copied, d.copies, d.copyEnd = m.key, true, d.now+audio.FrameSamples
	}
	const whole = audio.FrameSamples
	if d.copies && d.now-d.copyEnd > copyGap {
		d.copies = false
	}
	if !d.copies || !d.found.seen[d.copied] {
		if key, starts := d.copyStarts(); starts {
			d.copied, d.copies = key, true
		}
	}
	if !d.copies {
		return
	}
	end := min(d.found.until, whole)
	switch {
	case d.found.seen[d.copied]:
		d.copyEnd = d.now + int64(end)
	case heard.Concealed:
		// Made up from the copy, as often as not.
		end = whole
		d.copyEnd = d.now + whole
	}
	if end > 0 {
		ev.copies[0] = Span{0, int16(end)}
		ev.nCopies = 1
	}
}

// moment describes the frame to the relay.
func (d *Detector) moment(heard Reception) moment {
	m := moment{now: d.now, hole: heard.Covered}
	for _, r := range [2]*run{&d.candidate, &d.held} {
		if r.on && r.last+r.concealed > -touchGap {
			m.sounding, m.key = true, r.key
			m.short = r.last-r.first < enough
			m.proving = r == &d.candidate && r.last > 0
			return m
		}
	}
	return m
}

// copyStarts reports whether a tone in this frame looks like a key that went
// to the IVR as an event and has not been heard in-band yet. It does not wait
// for confirmation: that would let the IVR hear the tone's first 40 ms.
func (d *Detector) copyStarts() (Key, bool) {
	for i := range d.pairs.named.n {
		s := d.pairs.named.at(i)
		if d.found.seen[s.key] && d.now-s.latest <= pairLimit && d.relays.started(s.relay) {
			return s.key, true
		}
	}
	return 0, false
}
