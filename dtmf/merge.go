package dtmf

import "tonegate/internal/audio"

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
	if heard.Concealed || d.repeated > 0 {
		d.found.extend(whole - hang + crossFade)
	}
	d.lastEnd = max(d.found.until-whole, -never)
	if end := min(d.found.until+hang, whole); end > -LookAhead {
		ev.spans[0] = Span{-LookAhead, int16(end)}
		ev.nSpans = 1
	}
	d.suspected = ev.nSpans > 0
	ev.suspicious = d.suspected
}

// pressed reports the keys that both transports brought, each once.
func (d *Detector) pressed(ev *Evidence, heard Reception) {
	named := heard.Event
	d.pairs.expire(d.now)
	end := d.now + audio.FrameSamples + int64(min(heard.Ahead, audio.SampleRate))
	if heard.Muted {
		d.nConfirmed = 0
	}
	for _, r := range d.confirmed[:d.nConfirmed] {
		onset := int64(r.first + hop)
		ev.counts.InBand++
		ev.counts.DelaySamples += uint32(int64(audio.FrameSamples) - onset)
		s := sighting{key: r.key, earliest: d.now + onset, latest: d.now + onset}
		other, paired := d.pairs.sight(inBand, s)
		if paired {
			d.relays.cancel(other.relay)
			continue
		}
		ev.press(r.key)
	}
	for _, p := range named.begun[:named.nBegun] {
		ev.counts.Named++
		s := sighting{key: p.key, earliest: end - int64(p.samples), latest: end, relay: p.id}
		if _, paired := d.pairs.sight(byName, s); paired {
			continue
		}
		ev.press(p.key)
		d.relays.queue(p, end)
	}
}

func (e *Evidence) press(k Key) {
	if int(e.nKeys) < len(e.keys) {
		e.keys[e.nKeys] = k
		e.nKeys++
	}
}

// toIVR decides what an external IVR is sent, and what it must not be sent a
// second time.
func (d *Detector) toIVR(ev *Evidence, named NamedEvents) {
	d.relays.update(named)
	proving := d.candidate.on && d.candidate.last > 0
	ev.relay = d.relays.next(d.now, proving, d.candidate.key)
	if d.copies && !d.found.seen[d.copied] {
		d.copies = false
	}
	if !d.copies {
		d.copied, d.copies = d.copyStarts()
	}
	if !d.copies {
		return
	}
	if end := min(d.found.until, audio.FrameSamples); end > 0 {
		ev.copies[0] = Span{0, int16(end)}
		ev.nCopies = 1
	}
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
