package dtmf

import "tonegate/internal/audio"

// mask writes the spans of a frame: what was heard in it, the hang-over of
// what was heard before, and all of it where the network says that a named
// event is on, or that a suspicious moment was lost.
func (d *Detector) mask(ev *Evidence, heard *Reception) {
	const whole = audio.FrameSamples
	if heard.Passed > 0 { // what followed on it is lost
		d.lastEnd = min(d.lastEnd, max(d.lastEnd-heard.Passed, crossFade-hang))
	}
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
	if heard.Anew { // the end of a tone may come first, too short to be noticed
		d.found.extend(crossFade - hang)
	}
	switch {
	case heard.Covered || d.repeated > 0 || heard.Concealed && !heard.Blank:
		d.found.extend(whole - hang + crossFade)
	case heard.Concealed:
		d.found.extend(crossFade - hang)
	}
	until := d.found.until - whole + heard.Waited
	// No time passes, to the mask, while its tone may only be late.
	if heard.Absent && d.absent < absentTime {
		until = max(d.found.until-whole, d.lastEnd)
		d.absent += whole
	} else if !heard.Absent {
		d.absent = 0
	}
	d.lastEnd = max(until, -never)
	ev.clean = max(0, -d.lastEnd)
	if end := min(d.found.until+hang, whole); end > -LookAhead {
		ev.spans[0] = Span{-LookAhead, int16(end)}
		ev.nSpans = 1
	}
	d.suspected = ev.nSpans > 0
	ev.suspicious = d.suspected
}

// pressed reports the keys that both transports brought, each once.
func (d *Detector) pressed(ev *Evidence, heard *Reception) {
	named := &heard.Event
	if d.waits {
		ev.unnamed = d.pairs.expire(d.now, d.held.on && d.held.last > -longestBreak)
	}
	if heard.Muted {
		d.nConfirmed = 0
	}
	for _, r := range d.confirmed[:d.nConfirmed] {
		onset := int64(r.first + hop)
		ev.counts.InBand++
		s := sighting{key: r.key, earliest: d.now + onset, latest: d.now + onset, hidden: d.copies && d.copied == r.key}
		other, paired := d.pairs.sight(inBand, s)
		d.waits = true
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
		d.waits = true
		d.namedAt[p.key] = latest
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
// the latest. Its timestamp says so, if its sender can be believed: the event
// lies among the audio that waits, or not far from it.
func (d *Detector) place(p press, heard *Reception) (earliest, latest int64) {
	end := audio.FrameSamples + int64(min(heard.Ahead, audio.SampleRate))
	offset := int64(int32(p.timestamp - heard.Timestamp))
	if heard.Timed && p.timed && offset > -timedBehind-int64(p.samples) && offset < end+timedAhead {
		return d.now + offset - eventLag, d.now + offset
	}
	return d.now + end - int64(p.samples), d.now + end
}

func (e *Evidence) press(k Key) {
	if int(e.nKeys) < len(e.keys) {
		e.keys[e.nKeys] = k
		e.nKeys++
	}
}

// toIVR decides what an external IVR is sent, and what it must not be sent a
// second time.
func (d *Detector) toIVR(ev *Evidence, heard *Reception) {
	m := d.moment(heard)
	if d.waits {
		d.relays.update(&heard.Event)
		ev.relay = d.relays.next(m)
	}
	d.copyBegins(m)
	if end := max(d.copyGoesOn(heard.Concealed), d.interrupted(ev, heard)); end > 0 {
		ev.copies[0] = Span{0, int16(end)}
		ev.nCopies = 1
	}
	if d.waits {
		d.waits = d.pairs.audio.n+d.pairs.named.n+d.relays.n > 0
	}
}

// copyBegins notes whether what the audio brings is a copy of a key that the IVR
// has got: a tone that is seen and went there as an event, or what will be left
// behind a hole of the tone before it.
func (d *Detector) copyBegins(m moment) {
	if m.hole && m.sounding && d.now-d.namedAt[m.key] < namedLately {
		d.copied, d.copies, d.copyEnd = m.key, true, d.now+audio.FrameSamples
	}
	if d.copies && d.now-d.copyEnd > copyGap {
		d.copies = false
	}
	if d.copies && d.found.seen[d.copied] {
		return
	}
	if key, starts := d.copyStarts(); starts {
		d.copied, d.copies = key, true
	}
}

// copyGoesOn returns up to where in the frame the copy reaches; zero is nowhere.
func (d *Detector) copyGoesOn(concealed bool) int32 {
	const whole = audio.FrameSamples
	switch {
	case !d.copies:
		return 0
	case d.found.seen[d.copied]:
		end := min(d.found.until, whole)
		d.copyEnd = d.now + int64(end)
		return end
	case concealed:
		// Made up from the copy, as often as not.
		d.copyEnd = d.now + whole
		return whole
	default:
		return 0 // an interruption of the copy, or what follows it
	}
}

// moment describes the frame to the relay.
func (d *Detector) moment(heard *Reception) moment {
	m := moment{now: d.now, hole: heard.Covered}
	for _, r := range [2]*run{&d.candidate, &d.held} {
		if r.on && r.last+r.concealed > -touchGap {
			m.sounding, m.key = true, r.key
			m.tooShort = r.last-r.first < enough
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
	if !d.waits {
		return 0, false
	}
	for i := range d.pairs.named.n {
		s := d.pairs.named.at(i)
		if d.found.seen[s.key] && d.now-s.latest <= pairLimit && d.relays.started(s.relay) {
			return s.key, true
		}
	}
	return 0, false
}
