package bridge

import (
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// wipeHeard zeroes what a leg's structures still hold of audio that was played:
// the past that concealment would repeat, and the keys that wait for a copy of
// theirs. What is still to be heard stays, and what the next tick overwrites is
// left to it.
func (l *leg) wipeHeard() {
	l.buffer.Forget()
	if d, ok := l.ears.(*dtmf.Detector); ok {
		d.Forget()
	}
}

// wipe zeroes all of a leg that is gone: the detector's windows and keys, the
// jitter buffer, the gates' delay lines.
func (l *leg) wipe() {
	l.buffer.Wipe()
	l.events, l.gate, l.aside = dtmf.EventReceiver{}, mask.Gate{}, mask.Gate{}
	if d, ok := l.ears.(*dtmf.Detector); ok {
		d.Wipe()
	}
	l.detector = dtmf.Detector{}
	*l.voices = voices{}
	l.said, l.evidence = audio.Frame{}, dtmf.Evidence{}
}

// Wipe zeroes everything that the conference holds of audio and keys. It is for
// the end of a call: the conference has no legs afterwards.
func (c *Conference) Wipe() {
	for i, l := range c.legs {
		if l != nil {
			l.wipe()
			c.legs[i], c.ids[i] = nil, 0
		}
	}
	c.cfg.Workspace.Wipe()
	c.tone, c.sustain, c.sender, c.forIVR = dtmf.ToneGenerator{}, dtmf.ToneGenerator{}, dtmf.EventSender{}, audio.Frame{}
}

// Wipe zeroes the keys that the last tick put out, and what was there before it. The
// mixes are the workspace's, and are wiped with it.
func (o *Output) Wipe() {
	o.wipeKeys()
	o.Mixes = nil
}

// wipeKeys empties the lists of keys, and what lies behind their ends.
func (o *Output) wipeKeys() {
	clear(o.Events[:cap(o.Events)])
	clear(o.Pressed[:cap(o.Pressed)])
	o.Events, o.Pressed = o.Events[:0], o.Pressed[:0]
}
